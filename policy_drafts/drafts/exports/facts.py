"""What every file of a draft says of it: number, date, audience, check sum; and its pictures."""

from urllib.parse import urlsplit

from lxml.html import HtmlElement

from collective.templatetags.collective import long_day
from policy_drafts.models import Audience, Draft, Policy, PolicyPicture


def facts(draft: Draft, audience: str) -> list[tuple[str, str]]:
    """[(what, words)] for the first page."""
    return [
        ("Draft", str(draft.number)),
        ("Published", long_day(draft.published_at)),
        ("For", Audience(audience).label),
        ("SHA-256", draft.sha256),
    ]


def pictures(policy: Policy) -> dict[str, PolicyPicture]:
    """{address: picture} of a policy, by the address with which it stands in the text."""
    return {row.get_absolute_url(): row for row in PolicyPicture.objects.filter(policy=policy)}


def picture_of(image: HtmlElement, known: dict[str, PolicyPicture]) -> PolicyPicture | None:
    """The picture of an <img>, or None."""
    return known.get(urlsplit(image.get("src") or "").path)
