"""The pages that every page's foot links to.

A new site starts with these; staff write them in the admin.
"""

from collective.models import Community, Page
from collective.pages import accessibility, privacy

NOT_YET = (
    "<p>We have not written this page yet. Please call us or write to us, and we will tell you.</p>"
)
DANGER = '<p>If you or somebody else is in danger now, call <a href="tel:999">999</a> first.</p>'
FIRST = {
    "about": ("About us", NOT_YET),
    "ways-of-working": ("Ways of working", NOT_YET),
    "privacy": ("How we use what you share", privacy.first_version()),
    "accessibility": ("Accessibility statement", accessibility.statement()),
    "support": ("Someone to talk to", DANGER),
    "worried": ("Worried about someone?", DANGER + NOT_YET),
    "told-of-harm": ("If somebody tells you of harm", DANGER + NOT_YET),
    "contact": ("Contact", NOT_YET),
}


def ensure() -> None:
    """Add those that are missing, and the row of settings; what staff wrote stays as it is."""
    Community.objects.get_or_create(pk=1)
    for slug, (title, body) in FIRST.items():
        more = {"title": title, "body": body, "shows_support_lines": slug == "support"}
        Page.objects.get_or_create(slug=slug, defaults=more)
        # one that nobody has written since an older version began it
        Page.objects.filter(slug=slug, body=NOT_YET).exclude(body=body).update(body=body)
