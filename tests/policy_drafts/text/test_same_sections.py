"""Which section of a file is which of ours, by titles and words."""

import pytest

from policy_drafts.text.same_sections import Titled, same_sections

LISTEN = Titled("Listening", "<p>We listen to each person first.</p><p>Then we act together.</p>")
MONEY = Titled("Money", "<p>We pay £75 for a session.</p><p>It is paid within ten days.</p>")
HEARD = Titled("Being heard", "<p>We listen to every person first.</p><p>Then we act together.</p>")
OTHER = Titled("Animals", "<p>Zebras are welcome anywhere.</p><p>Okapis are too.</p>")
EMPTY = Titled("Later", "")
ROWS = {
    "by title, in another order": ([LISTEN, MONEY], [MONEY, LISTEN], {0: 1, 1: 0}),
    "a title in capitals": ([LISTEN], [Titled("LISTENING", "")], {0: 0}),
    "another title, nearly the same words": ([MONEY, LISTEN], [HEARD], {0: 1}),
    "other words": ([LISTEN, MONEY], [OTHER], {}),
    "the title goes before the words": ([LISTEN, MONEY], [Titled("Money", HEARD.html)], {0: 1}),
    "each once": ([LISTEN], [HEARD, HEARD], {0: 0}),
    "a few of its words": ([LISTEN], [Titled("Resting", "<p>Then we rest together.</p>")], {}),
    "no words": ([EMPTY], [Titled("Soon", "")], {}),
}


@pytest.mark.parametrize(("old", "new", "found"), ROWS.values(), ids=ROWS)
def test_section_is_found_by_its_title_and_else_by_its_words(old, new, found):
    assert same_sections(old, new) == found
