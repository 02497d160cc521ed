"""The first version of the accessibility statement has what the Regulations of 2018 ask for."""

import re

import pytest

from collective.pages import accessibility, first_pages
from policy_drafts.text import reading_ease
from tests.factories import CallFactory, PageFactory

PAGE = accessibility.statement()
FILM = "https://example.org/bsl"
# In the order of GOV.UK's sample; what we say of ourselves between them is our own.
PARTS = [
    "This accessibility statement applies to",
    "<h2>How accessible this website is</h2>",
    "<h2>Feedback and contact information</h2>",
    "large print, easy read, audio, BSL or braille",
    "<h2>Enforcement procedure</h2>",
    "The Equality and Human Rights Commission (EHRC) is responsible for enforcing the",
    "(No. 2) Accessibility Regulations 2018",
    "contact the Equality Advisory and Support Service (EASS)",
    "Equality Commission for Northern Ireland (ECNI)",
    "<h2>Technical information about this website’s accessibility</h2>",
    "is committed to making its website accessible, in accordance with the",
    "<h2>Compliance status</h2>",
    "This website is partially compliant with the",
    "version 2.2</a> AA standard, due to the non-compliances and exemptions listed below.",
    "<h2>Non-accessible content</h2>",
    "The content listed below is non-accessible for the following reasons.",
    "<h3>Non-compliance with the accessibility regulations</h3>",
    "<h3>Disproportionate burden</h3>",
    "<h3>Content that’s not within the scope of the accessibility regulations</h3>",
    "<h2>What we’re doing to improve accessibility</h2>",
    "<h2>Preparation of this accessibility statement</h2>",
    "This statement was prepared on",
    "It was last reviewed on",
    "This website was last tested on",
]


def test_statement_has_each_part_that_the_law_asks_for_in_order():
    places = [PAGE.find(part) for part in PARTS]

    assert [part for part, place in zip(PARTS, places, strict=True) if place < 0] == []
    assert places == sorted(places)


def test_statement_says_of_each_gap_what_belongs_there_until_it_is_filled():
    filled = accessibility.statement(**dict.fromkeys(accessibility.GAPS, "Said"))

    assert [words for words in accessibility.GAPS.values() if words not in PAGE] == []
    assert "to be filled in" not in filled


def test_our_own_words_of_the_statement_are_plain():
    ours = re.sub("|".join(map(re.escape, accessibility.FIXED.values())), "", accessibility.TEXT)
    words = re.sub(r"<[^>]+>|\{\w+\}|\([^)]*\)", " ", re.sub(r"</(li|h2|h3)>", ". ", ours))

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
