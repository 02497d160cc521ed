"""Templates as people lay them out, without the indents that nobody sees in a page."""

import re

from django.template import Origin
from django.template.loaders import filesystem

INDENT = re.compile(r"\n[ \t]+")
KEEPS_SPACE = re.compile(r"<(pre|textarea)\b")


class Loader(filesystem.Loader):
    """Reads our templates without the white space at the beginning of each line.

    A browser shows a line break with and without an indent as one space (CSS Text 3, 4.1), so the
    indents, a tenth of a page, are not sent. A template with text that is shown as it was typed
    (`<pre>`, `<textarea>`) is left alone.
    """

    def get_contents(self, origin: Origin) -> str:
        contents = super().get_contents(origin)
        return contents if KEEPS_SPACE.search(contents) else INDENT.sub("\n", contents)
