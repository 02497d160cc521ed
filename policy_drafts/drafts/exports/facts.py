"""What every file of a draft says of it: number, date, audience, and last its check sum."""

from urllib.parse import urlsplit

from lxml.html import HtmlElement

from collective.templatetags.collective import long_day
from policy_drafts.drafts.exports.edition import Edition
from policy_drafts.models import Audience, PolicyPicture
from policy_drafts.text.notices import CHECK_SUM_IS_FOR


def facts(edition: Edition) -> list[tuple[str, str]]:
    """[(what, words)] for the first page."""
    return [
        ("Draft", str(edition.draft.number)),
        ("Published", long_day(edition.draft.published_at)),
        ("For", Audience(edition.audience).label),
    ]


def check_sum(edition: Edition) -> str:
    """What stands at the very end: the check sum, and what it is for."""
    return f"{CHECK_SUM_IS_FOR} SHA-256: {edition.draft.sha256}"


def picture_of(image: HtmlElement, known: dict[str, PolicyPicture]) -> PolicyPicture | None:
    """The picture of an <img>, or None."""
    return known.get(urlsplit(image.get("src") or "").path)
