"""Whole journeys in a real browser: with a finger, with a keyboard, without JavaScript."""

import re

import pytest

from collective.messages import mail
from events.models import Registration
from events.sessions import places
from tests.factories import CoordinatorFactory, PersonFactory, coming_session, fill
from tests.journeys.browsers import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HEAVIEST = 100_000  # bytes on the wire for the call's page with all it needs


def newest_code(outbox):
    return re.search(r"\b\d{6}\b", outbox[-1].body).group()


@pytest.mark.parametrize("javascript", [True, False])
def test_newcomer_books_a_place_on_a_phone(site, new_context, outbox, javascript):
    coming_session(slug="first", title="First session")
    page = new_context(java_script_enabled=javascript).new_page()
    page.goto(f"{site}/sessions/first/")
    page.click("text=Book a place")
    page.fill("[name=email]", "new@example.org")
    page.click("text=Send me a code")
    page.fill("[name=code]", newest_code(outbox))
    page.click("text=Continue")
    page.fill("[name=name]", "Robin")
    page.click("text=Continue")
    page.get_by_label("In a personal capacity").check()
    page.check("text=Live captions")
    page.check("text=I have read the ways of working")
    page.click("text=Check my answers")
    page.click("text=Book my place")

    assert page.inner_text("h1") == "Your place is booked"
    mail.send_due()
    assert "Your place is booked." in outbox[-1].body


def test_newcomer_books_a_place_with_the_keyboard_alone(site, new_context, outbox):
    coming_session(slug="first")
    page = new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.goto(f"{site}/sessions/first/sign-up/")
    keyboard(page, "email", "new@example.org")
    keyboard(page, "code", newest_code(outbox))
    keyboard(page, "name", "Robin")
    tab_to(page, "id_capacity_0")
    page.keyboard.press("Space")
    tab_to(page, "id_agree")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/check/")
    tab_to_text(page, "Book my place")
    page.keyboard.press("Enter")
    page.wait_for_url("**/registrations/**")

    assert page.inner_text("h1") == "Your place is booked"


def keyboard(page, name, text):
    here = page.url
    tab_to(page, f"id_{name}")
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != here)


def tab_to(page, element_id):
    tab_until(page, "document.activeElement.id", element_id)


def tab_to_text(page, text):
    tab_until(page, "document.activeElement.innerText", text)


def tab_until(page, expression, wanted):
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate(expression) == wanted:
            return
    raise AssertionError(f"{wanted} cannot be reached with the Tab key")


def test_going_back_in_the_browser_keeps_what_was_typed(site, new_context):
    coming_session(slug="first")
    page = sign_in(new_context(), site, PersonFactory()).new_page()
    page.goto(f"{site}/sessions/first/sign-up/")
    page.check("text=Not sure")
    page.fill("textarea", "Slowly, please.")
    page.check("text=I have read the ways of working")
    with page.expect_navigation(url="**/check/"):
        page.click("text=Check my answers")
    page.go_back()

    assert (page.input_value("textarea"), page.is_checked("#id_capacity_2")) == (
        "Slowly, please.",
        True,
    )


def test_freed_place_reaches_the_next_person_by_itself(site, new_context, outbox):
    session = coming_session(slug="first", places=1)
    [holder], waiter = fill(session), PersonFactory()
    places.sign_up(session, waiter)
    page = sign_in(new_context(), site, holder.person).new_page()
    page.goto(f"{site}/me/")
    page.click("text=I cannot come")
    page.click("text=Yes, give back my place")
    mail.send_due()
    offer = next(
        message
        for message in outbox
        if message.to == [waiter.email] and "A place is free" in message.subject
    )
    path = re.search(r"Say yes or no: http://localhost(\S+)", offer.body).group(1)
    page = new_context().new_page()
    page.goto(site + path)
    page.click("text=Yes, book this place")

    assert page.inner_text("h1") == "Your place is booked"
    assert Registration.objects.get(person=waiter).state == "confirmed"


def test_call_page_is_light_and_asks_no_other_host(site, new_context):
    session = coming_session()
    page = new_context().new_page()
    hosts, sizes, complaints = set(), [], []
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    page.on("response", lambda response: sizes.append(response.request.sizes()))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(site + session.call.get_absolute_url(), wait_until="networkidle")

    weight = sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes)
    assert (hosts, complaints) == ({site.split("/")[2]}, [])
    assert weight < HEAVIEST


def test_editor_works_in_the_admin_under_the_policy(site, new_context):
    session = coming_session()
    page = sign_in(
        new_context(viewport={"width": 1280, "height": 900}), site, CoordinatorFactory()
    ).new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{site}/admin/collective/call/{session.call.pk}/change/")
    page.click(".ProseMirror[contenteditable]")
    page.keyboard.type("Typed in the browser. ")
    page.click("text=Save and continue editing")

    session.call.refresh_from_db()
    assert ("Typed in the browser." in session.call.why, errors) == (True, [])
