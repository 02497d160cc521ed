"""What is heard first of a page is its title: it says what came of a press, as the heading does."""

import re
import uuid

import pytest

from collective.messages import addresses
from collective.people import address_changes, asked_to_forget, email_change, forgetting_emails
from policy_drafts.drafts import contents, trying
from policy_drafts.models import FilesTrial
from tests.factories import (
    CoordinatorFactory,
    PersonFactory,
    PolicyFactory,
    SeriesFactory,
    SessionFactory,
    book,
    published,
    role_in,
    section_in,
    sign_up,
    slots_of,
)
from tests.joining import join
from tests.signed_in import browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]


def to_part():
    return addresses.part_records(join(PersonFactory(), PersonFactory()))


def to_stop_forgetting():
    return forgetting_emails.stop_address(asked_to_forget.ask(PersonFactory()))


def to_keep_the_address():
    asked = email_change.ask(PersonFactory(), "new@example.org", "203.0.113.1")
    return addresses.stop_address_change(address_changes.begin(asked, asked.code))


def heard(page):
    """(the title without the community's name, the heading)."""
    text = page.content.decode()
    title = re.search(r"<title>(.*?)</title>", text, re.DOTALL)[1]
    heading = re.search(r"<h1>(.*?)</h1>", text, re.DOTALL)[1]
    return title.split("–")[0].strip(), heading.strip()


@pytest.mark.parametrize("made", [to_part, to_stop_forgetting, to_keep_the_address])
def test_title_says_what_came_of_the_press(client, made):
    link = made()
    before = heard(client.get(link))[0]

    title, heading = heard(client.post(link, follow=True))

    assert title == heading
    assert title != before


def booking_a_place():
    session, person = SessionFactory(title="Kindness"), PersonFactory(name="Sam")
    browser, page = browser_of(person), f"/sessions/{session.slug}/sign-up/"
    browser.post(page, {"capacity": "personal", "coming_along": "nobody", "agree": "on"})
    return browser, f"{page}check/", {}


def moving_a_conversation():
    person, series = PersonFactory(name="Sam"), SeriesFactory(title="To talk")
    one, other = slots_of(series, 2)
    return browser_of(person), f"/bookings/{book(one, person).pk}/move/{other.pk}/", {}


def saving_attendance():
    session = SessionFactory()
    row = sign_up(session).pk
    marked = {f"{row}-mark": "not marked", f"{row}-was": "not marked"}
    page = f"/admin/events/session/{session.pk}/attendance/"
    return browser_of(CoordinatorFactory()), page, marked


def saving_attendance_of_a_row_without_a_mark():
    browser, page, marked = saving_attendance()
    return browser, page, dict.fromkeys(marked, "")


def inviting_a_colleague_without_an_address():
    whole = CoordinatorFactory(is_superuser=True)
    return browser_of(whole), "/admin/collective/person/invite/", {"email": ""}


def desk():
    """A policy with one section, and its lead's browser."""
    policy = PolicyFactory(slug="safe", title="Safety policy")
    lead = role_in(policy)
    return section_in(policy, by=lead), browser_of(lead)


def saving_a_section(**more):
    section, browser = desk()
    fields = {"title": "Why", "html": "<p>New.</p>", "state": "ready", "started_from": "1", **more}
    return browser, f"/policies/safe/write/{section.pk}/", fields


def saving_a_section_and_leaving():
    return saving_a_section(leave="1")


def saving_a_section_without_a_title():
    return saving_a_section(title="")


def saving_over_another_save():
    return saving_a_section(started_from="0")


def adding_a_section():
    _, browser = desk()
    return browser, "/policies/safe/write/add/", {"title": "How", "key": str(uuid.uuid4())}


def moving_a_section():
    section, browser = desk()
    section_in(section.policy)
    return browser, f"/policies/safe/write/{section.pk}/move/", {"to": "down"}


def publishing(news="New."):
    section, browser = desk()
    shown = contents.of_working_copy(section.policy).fingerprint
    trying.order(section.policy, shown)
    FilesTrial.objects.update(state=FilesTrial.State.READY)
    asked = {
        "audience": "public",
        "news": news,
        "key": str(uuid.uuid4()),
        "publish": "1",
        "based_on": shown,
    }
    return browser, "/policies/safe/write/publish/", asked


def publishing_without_saying_what_is_new():
    return publishing(news="")


def withdrawing():
    section, browser = desk()
    published(section.policy)
    return browser, "/policies/safe/drafts/1/withdraw/", {"because": "It named somebody."}


def saving_mail_settings():
    return browser_of(PersonFactory(name="Sam")), "/me/mail/", {}


def booking_without_agreeing():
    session = SessionFactory(title="Kindness")
    return (
        browser_of(PersonFactory(name="Sam")),
        f"/sessions/{session.slug}/sign-up/",
        {"capacity": "personal"},
    )


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (booking_a_place, "Your place is booked: Kindness – "),
        (moving_a_conversation, "Your conversation has the new time. Your conversation is booked"),
        (saving_attendance, "Saved. 0 changed. Attendance"),
        (saving_attendance_of_a_row_without_a_mark, "Error: Attendance"),
        (inviting_a_colleague_without_an_address, "Error: Invite"),
        (saving_a_section, "Saved: “Why”. 1. Why – "),
        (saving_a_section_and_leaving, "Saved: “Why”. Safety policy: the desk – "),
        (saving_a_section_without_a_title, "Error: 1. Why – "),
        (saving_over_another_save, "Two of you wrote here – "),
        (adding_a_section, "“How” is added. 2. How – "),
        (moving_a_section, "“Why” is one place further down. Safety policy: the desk – "),
        (publishing, "Draft 1 is published, and people are told. Safety policy, draft 1 – "),
        (publishing_without_saying_what_is_new, "Error: Publish draft 1 – "),
        (withdrawing, "Draft 1 is withdrawn. All drafts: Safety policy – "),
        (saving_mail_settings, "We have saved your mail settings. My page – "),
        (booking_without_agreeing, "Error: Book a place: Kindness – "),
    ],
)
def test_title_begins_with_what_came_of_the_act(act, said):
    browser, address, fields = act()

    page = browser.post(address, fields, follow=True).content.decode()

    title = re.search(r"<title>(.*?)</title>", page, re.DOTALL)[1]
    assert " ".join(title.split()).startswith(said)
    assert page.count("<h1") == 1


def test_chosen_day_is_said_first_and_takes_the_focus(client):
    (slot,) = slots_of(SeriesFactory(title="To talk", slug="talk"), 1)

    page = client.get(f"/conversations/talk/?day={slot.day}").content.decode()

    day = f"{slot.day:%A} {slot.day.day} {slot.day:%B}"
    assert f"<title>{day}. To talk" in page
    assert f'<h3 id="times" tabindex="-1">{day}</h3>' in page
