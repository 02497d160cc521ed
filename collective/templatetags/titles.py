"""A page's title: what came of the last press, then its heading, then whose page it is.

The title is what a screen reader says first of a page, before any banner. It is taken from the
heading, so that the two cannot say different things.
"""

import re

from django import template
from django.forms import BaseForm, BaseFormSet
from django.template.base import NodeList, Parser, Token
from django.template.context import Context
from django.utils.html import conditional_escape, strip_tags
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

HEADING = re.compile(r"<h1\b[^>]*>(.*?)</h1>", re.DOTALL)
# No page has this of itself: a null byte is refused wherever somebody types.
PLACE = "\0heading\0"
# Around what is wrong with a form, or with what it asked for.
SUMMARY = 'class="summary"'


@register.simple_tag(takes_context=True)
def outcome(context: Context) -> SafeString:
    """What came of the last press, as plain words with a space behind; "" for nothing."""
    said = [strip_tags(conditional_escape(message)) for message in context.get("messages") or ()]
    return mark_safe("".join(f"{words} " for words in said))


@register.simple_tag(takes_context=True)
def error_first(context: Context) -> str:
    """Return "Error: " where a form that the page has by any name must be filled in again."""
    return "Error: " if any(map(_has_errors, context.flatten().values())) else ""


def _has_errors(value: object) -> bool:
    """Whether this is a form with errors, a set of forms with some, or a list with such a form."""
    if isinstance(value, BaseFormSet):
        return bool(value.is_bound and value.total_error_count())
    rows = value if isinstance(value, list | tuple) else [value]
    return any(isinstance(row, BaseForm) and row.errors for row in rows)


@register.simple_tag
def heading() -> SafeString:
    """Where the words of the heading will stand, in a page `titled_by_heading`."""
    return mark_safe(PLACE)


class TitledByHeading(template.Node):
    """What stands between the tags, with the words of its first heading in their place."""

    def __init__(self, nodes: NodeList) -> None:
        self.nodes = nodes

    def render(self, context: Context) -> SafeString:
        page = self.nodes.render(context)
        found = HEADING.search(page)
        words = " ".join(strip_tags(found[1]).split()) if found else ""
        error = "Error: " if SUMMARY in page else ""
        return mark_safe(page.replace(PLACE, words, 1).replace("<title>", f"<title>{error}", 1))


@register.tag
def titled_by_heading(parser: Parser, token: Token) -> TitledByHeading:
    """Begin a page whose title has its heading. Raises TemplateSyntaxError where it never ends."""
    nodes = parser.parse(("endtitled_by_heading",))
    parser.delete_first_token()
    return TitledByHeading(nodes)
