"""The first version of the accessibility statement has what the Regulations of 2018 ask for."""

import re

import pytest

from collective.pages import accessibility, first_pages
from policy_drafts.text import reading_ease
from tests.factories import CallFactory, PageFactory

PAGE = accessibility.first_version()
FILM = "https://example.org/bsl"
ASKED_FOR = [
    "partially compliant",
    "version 2.2",
    "What is not accessible, and why",
    "disproportionate burden",
    "Tell us what does not work",
    "how soon you answer",
    "(No. 2) Accessibility Regulations 2018",
    "Equality and Human Rights Commission (EHRC)",
    "Equality Advisory and Support Service (EASS)",
    "Equality Commission for Northern Ireland (ECNI)",
    "How we tested it",
    "prepared on a day, and last reviewed",
    "Relay UK",
]


def test_statement_has_each_part_that_the_law_asks_for():
    assert [part for part in ASKED_FOR if part not in PAGE] == []


def test_statement_is_written_in_plain_words():
    names = r"<[^>]+>|\([^)]*\)|Equality and Human Rights Commission|Public Sector Bodies"
    words = re.sub(names, " ", re.sub(r"</(li|h2|h3)>", ". ", PAGE))

    assert reading_ease.ease(words).startswith(("Very easy", "Easy"))


@pytest.mark.django_db
def test_page_that_nobody_has_written_becomes_the_statement(client, community):
    PageFactory(slug="accessibility", body=first_pages.NOT_YET)

    first_pages.ensure()

    assert "ECNI" in client.get("/pages/accessibility/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(("film", "times"), [("", 0), (FILM, 1)])
def test_film_in_sign_language_is_linked_where_there_is_one(client, community, film, times):
    places = [CallFactory(bsl_video=film), PageFactory(slug="about", bsl_video=film)]

    pages = [client.get(place.get_absolute_url()).content.decode() for place in places]

    assert [page.count("British Sign Language (BSL)") for page in pages] == [times, times]
