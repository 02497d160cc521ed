from django.utils.html import format_html
from django.utils.safestring import SafeString

HTML = (
    '<span class="choice__label">{}<span class="vh">{}</span></span> '
    '<span class="choice__hint">{}</span>'
)


def choice_with_hint(label: str, hint: str) -> SafeString:
    """What a choice is called, and beneath it what it means; heard as two sentences."""
    return format_html(HTML, label, "." if hint else "", hint)
