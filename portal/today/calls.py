"""Which call a page of staff's is asked for."""

from collections.abc import Iterable

from collective.models import Call


def one_of(calls: Iterable[Call], slug: str | None) -> Call | None:
    """The call with this slug: one of those that the page names, or any other; None for none."""
    if not slug:
        return None
    named = next((row for row in calls if row.slug == slug), None)
    return named or Call.objects.filter(slug=slug).first()
