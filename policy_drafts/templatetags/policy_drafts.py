from django import template
from django.utils.safestring import SafeString

from policy_drafts.text import change_words, markup
from policy_drafts.text.diffs import Row, SectionChange

register = template.Library()


@register.filter
def policy_text(html: str) -> SafeString:
    """A policy's text, cleaned once more, to be shown beside another: without addresses."""
    return markup.safe(markup.without_marks(html))


@register.filter
def happened(row: Row) -> str:
    """What happened to a block: "New: a point in a list"."""
    return change_words.label(row)


@register.filter
def changed_in_words(change: SectionChange) -> str:
    """What changed in a section: "2 paragraphs changed and one is new"."""
    return change_words.of_section(change)


@register.filter
def in_short(changes: list[SectionChange]) -> str:
    """What changed in a draft: "12 sections changed. 88 sections have not changed"."""
    return change_words.of_draft(changes)
