from django import template
from django.utils.safestring import SafeString

from policy_drafts.text import markup

register = template.Library()


@register.filter
def policy_text(html: str) -> SafeString:
    """A policy's text, cleaned once more, to be shown beside another: without addresses."""
    return markup.safe(markup.without_marks(html))
