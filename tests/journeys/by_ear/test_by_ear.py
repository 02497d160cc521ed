"""A place is booked by somebody who hears the pages and sees none of them."""

import pytest

from tests.factories import PersonFactory, coming_session
from tests.journeys.browsers import sign_in
from tests.journeys.by_ear import ear
from tests.journeys.conftest import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(120),
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        bool(ear.MISSING),
        reason=f"{', '.join(ear.MISSING)} not found: apt-get install {ear.PACKAGES}",
    ),
]
AGREE = "I have read the ways of working, and I agree to them check box not checked required."
ERROR = "Finished loading Error: Book a place: Kindness – Test Community."
WRONG = "Tick the box if you agree to the ways of working. If you are not sure, call us."
FIRST = "Skip to main content link."
# A key, and what is said after it. Tab is pressed until the first of these words are said.
JOURNEY = [
    ("Tab", "Book a place link."),
    ("Return", "Finished loading Book a place: Kindness – Test Community.", "1 form", FIRST),
    ("Tab", "In a personal capacity", "not selected radio button"),
    ("space", "selected"),
    ("Tab", "Their email address (optional) entry.", "We only tell them how to join"),
    ("Tab", "Live captions check box not checked."),
    ("space", "checked"),
    ("Tab", AGREE),
    ("Tab", "Check my answers push button."),
    ("Return", ERROR, "One answer needs another look heading level 2."),
    ("Tab", f"{WRONG} link."),
    ("Return", AGREE, "invalid entry.", f"! Error: {WRONG}"),
    ("space", "checked"),
    ("Tab", "Check my answers push button."),
    ("Return", "Finished loading Check your answers – Test Community.", "2 headings", FIRST),
    ("Tab", "Book my place push button."),
    ("Return", "Finished loading Your place is booked: Kindness – Test Community.", FIRST),
]


@pytest.fixture
def listener(tmp_path, chromium):
    """Orca, and the page that it reads."""
    if not ear.version().startswith(ear.TRIED):
        pytest.skip(f"Orca {ear.version()} was never tried: {ear.TRIED}* is known to be heard")
    with ear.listening(tmp_path, CHROMIUM) as listens:
        browser = chromium.browser_type.connect_over_cdp(listens.browser)
        listens.page = browser.contexts[0].pages[0]
        yield listens


def test_booking_is_heard_from_the_page_to_the_place(site, listener):
    session = coming_session(title="Kindness", slug="kindness")
    sign_in(listener.page.context, site, PersonFactory(name="Sam"))

    listener.page.goto(f"{site}/sessions/{session.slug}/")
    for words in ("Finished loading Kindness – Test Community.", "Page has 4 landmarks", FIRST):
        listener.hear(words)
    for key, *said in JOURNEY:
        listener.do(key, *said)

    until_error = listener.heard[: listener.heard.index(ERROR)]
    assert "invalid entry." not in until_error
