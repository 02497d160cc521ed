"""A conversation in a browser: opened by its host, booked, moved, reminded of, held, and £25
due.
"""

import re
from datetime import timedelta

import pytest

from collective import clock
from collective.messages import mail
from events.conversations import reminders as conversation_reminders
from events.models import Conversation, Slot
from payments.models import Payment
from tests.factories import PersonFactory, SeriesFactory, book, slot_of, slots_of
from tests.journeys.browsers import sign_in
from tests.journeys.test_journeys import tab_to, tab_to_text, tab_until
from tests.journeys.test_payment_journey import go, press

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def open_times(page, site):
    """Richard is there from 8 to 20 every day."""
    page.goto(f"{site}/conversations/talk/host/")
    go(page, "My times")
    go(page, "Add hours of each week")
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"):
        page.get_by_label(day).check()
    page.get_by_label("From").fill("08:00")
    page.get_by_label("Until").fill("20:00")
    press(page, "See what it does")
    assert "Nobody has booked yet." in page.inner_text("main")
    press(page, "Yes, do it")


def fill_in(page):
    page.get_by_label("By phone", exact=True).check()
    page.get_by_label("Your phone number").fill("07700 900123")
    page.get_by_label("What would you like to talk about?").fill("quiet rooms")
    page.get_by_label("Breaks").check()
    page.get_by_label("In a personal capacity").check()


def go_to_the_end_of(conversation):
    """The conversation is over: its slot was, three hours ago."""
    slot = Slot.objects.get(pk=conversation.slot_id)
    back = clock.now() - timedelta(hours=3) - slot.starts_at
    Slot.objects.filter(pk=slot.pk).update(
        starts_at=slot.starts_at + back,
        ends_at=slot.ends_at + back,
        busy_until=slot.busy_until + back,
    )


@pytest.mark.parametrize("javascript", [True, False])
def test_conversation_from_opening_times_to_the_fee(site, new_context, outbox, javascript):
    series, sam = (
        SeriesFactory(slug="talk", title="Talk with Richard", most_per_day=9),
        PersonFactory(name="Sam"),
    )
    host = sign_in(new_context(java_script_enabled=javascript), site, series.host).new_page()
    page = sign_in(new_context(java_script_enabled=javascript), site, sam).new_page()
    open_times(host, site)
    page.goto(f"{site}{series.call.get_absolute_url()}")

    go(page, "Choose a time")
    with page.expect_navigation():
        page.locator(".days a").nth(2).click()
    with page.expect_navigation():
        page.locator(".times a").nth(1).click()
    fill_in(page)
    press(page, "Check my answers")
    press(page, "Book this time")
    assert page.inner_text("h1") == "Your conversation is booked"
    go(page, "Choose another time")
    with page.expect_navigation():
        page.locator(".days a").nth(3).click()
    with page.expect_navigation():
        page.locator(".times a").first.click()
    press(page, "Yes, move it")
    assert "has the new time" in page.inner_text("main")

    conversation = Conversation.objects.get()
    Conversation.objects.update(next_reminder_at=clock.now())
    conversation_reminders.remind_all()
    mail.send_due()
    assert "ends in 123" in outbox[-1].body
    go_to_the_end_of(conversation)
    host.goto(f"{site}/conversations/talk/host/")
    press(host, "We talked")
    page.reload()
    assert page.inner_text("h1") == "Thank you for talking with us"
    go(page, "See your payment")
    assert "£25" in page.inner_text("main")
    assert Payment.objects.get().confirmed_by == series.host


def test_conversation_is_booked_with_the_keyboard_alone(site, new_context):
    series, sam = SeriesFactory(slug="talk"), PersonFactory(name="Sam")
    slots_of(series, 2, clock.now() + timedelta(days=3))
    page = sign_in(new_context(viewport={"width": 1280, "height": 900}), site, sam).new_page()
    page.goto(f"{site}/conversations/talk/")
    tab_until(page, "!!document.activeElement.closest('.days')", True)
    page.keyboard.press("Enter")
    page.wait_for_url("**?day=**")
    tab_until(page, "!!document.activeElement.closest('.times')", True)
    page.keyboard.press("Enter")
    page.wait_for_url("**/book/**")
    tab_to(page, "id_how_0")
    page.keyboard.press("Space")
    tab_to(page, "id_phone")
    page.keyboard.type("07700 900123")
    tab_to(page, "id_capacity_0")
    page.keyboard.press("Space")
    tab_to_text(page, "Check my answers")
    page.keyboard.press("Enter")
    page.wait_for_url("**/check/")
    tab_to_text(page, "Book this time")
    page.keyboard.press("Enter")
    page.wait_for_url("**/bookings/**")

    assert page.inner_text("h1") == "Your conversation is booked"


def test_list_of_a_full_day_prints_on_one_page(site, new_context):
    series = SeriesFactory(slug="talk")
    day = clock.now().replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=3)
    for number in range(series.most_per_day):
        book(
            slot_of(series, day + timedelta(hours=number)),
            topics="What helped me to feel safe in a group. " * 4,
        )
    page = sign_in(new_context(), site, series.host).new_page()
    page.goto(f"{site}/conversations/talk/host/days/{day:%Y-%m-%d}/")

    paper = page.pdf(format="A4")

    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", paper)) == 1
