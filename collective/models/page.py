from django.db import models
from django.urls import reverse

from collective.safety import fixed_addresses
from collective.safety.markup import RichTextField
from collective.typed.fields import LineField

# Our own pages and mails link to these by name.
LINKED_PAGES = (
    *("about", "ways-of-working", "privacy", "accessibility", "support"),
    *("worried", "told-of-harm", "contact"),
)
WORRIED = "worried"  # the last part of the address of “Worried about someone?”


class Page(models.Model):
    """A page that staff write: about us, ways of working, accessibility."""

    slug = models.SlugField(
        max_length=60,
        unique=True,
        help_text="The last part of the page's address. It stays once the page is there.",
    )
    title = LineField(max_length=120)
    body = RichTextField()
    shows_support_lines = models.BooleanField(default=False)
    bsl_video = models.URLField(
        "film in British Sign Language",
        blank=True,
        default="",
        db_default="",
        help_text="The address of a film that says the same in BSL. Empty: nothing is shown.",
    )
    updated_at = models.DateTimeField(auto_now=True)

    address_is_fixed = True

    class Meta:
        ordering = ["title"]
        triggers = [fixed_addresses.always(), fixed_addresses.kept(*LINKED_PAGES)]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("page", args=[self.slug])

    @property
    def is_linked_by_name(self) -> bool:
        """Do our own pages link to it? Then it cannot be deleted."""
        return self.slug in LINKED_PAGES

    @property
    def names_who_listens(self) -> bool:
        """Is it “Worried about someone?”, which says whom to ring or write to?"""
        return self.slug == WORRIED
