"""Every staff page of ours, at 320 and 1280 px, light and dark, with errors too: axe finds
nothing.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe

from collective import clock
from collective.models import DeletionRequest
from collective.people import join_requests
from payments.models import PaymentRules
from tests.factories import (
    ActivityFactory,
    CoordinatorFactory,
    PaymentFactory,
    PersonFactory,
    PhonePersonFactory,
)
from tests.journeys.browsers import sign_in
from tests.journeys.payment_world import make_desk, make_payments
from tests.journeys.staff_world import give_back, make_staff_world
from tests.journeys.talk_world import make_talks
from tests.journeys.test_axe import problems, problems_in_both_schemes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def addresses(world):
    """{name: path} of each page."""
    session, registration = (
        f"/admin/events/session/{world.session.pk}",
        "/admin/events/registration/{}",
    )
    person = f"/admin/collective/person/{world.registrations['amina'].person_id}"
    request = DeletionRequest.objects.create(
        person=world.registrations["kim"].person, how="rang", due_at=clock.now()
    )
    waiting = registration.format(world.registrations["bartek"].pk)
    return {
        "policy add": "/admin/policy_drafts/policy/add/",
        "policies": "/admin/policy_drafts/policy/",
        "today": "/admin/",
        "today for a call": f"/admin/?call={world.call.slug}",
        "status": "/admin/status/",
        "guessing": "/admin/signing-in/",
        "board": f"{session}/board/",
        "board waiting": f"{session}/board/?show=waiting",
        "board given up": f"{session}/board/?show=gone",
        "needs": f"{session}/needs/",
        "places": f"{session}/places/",
        "move": f"{session}/move/",
        "cancel": f"{session}/cancel/",
        "book": f"{session}/book/",
        "book person": f"{session}/book/{world.registrations['edwin'].person_id}/",
        "door sheet": f"{session}/door-sheet/",
        "print list": f"{session}/print-list/",
        "session": f"{session}/change/",
        "session add": "/admin/events/session/add/",
        "attendance": f"/admin/events/session/{world.over.pk}/attendance/",
        "registration": waiting + "/change/",
        "move on the list": waiting + "/move/",
        "offer": waiting + "/acts/offer/",
        "answers": registration.format(world.registrations["amina"].pk) + "/answers/",
        "give back by phone": registration.format(world.registrations["olive"].pk)
        + "/acts/give_back/",
        "arrange": f"/admin/events/accessneed/{world.need.pk}/arrange/",
        "tell": f"/admin/collective/message/{world.task.pk}/tell/",
        "letter": f"/admin/collective/message/{world.letter.pk}/tell/",
        "failed": f"/admin/collective/message/{world.failed.pk}/change/",
        "messages": "/admin/collective/message/?to_tell=1",
        "person": f"{person}/change/",
        "person add": "/admin/collective/person/add/",
        "people": "/admin/collective/person/",
        "email": f"{person}/email/",
        "join": f"{person}/join/",
        "forget": f"{person}/forget/",
        "held": f"/admin/held/{world.registrations['amina'].person_id}/",
        "request": f"/admin/collective/deletionrequest/{request.pk}/change/",
        "request stop": f"/admin/collective/deletionrequest/{request.pk}/stop/",
        "requests": "/admin/collective/deletionrequest/",
        "join preview": f"{person}/join/?other={world.registrations['kim'].person_id}",
        "join asked": asked_join(world),
        "invite": "/admin/collective/person/invite/",
        "leave": f"/admin/collective/person/{world.staff.pk}/acts/leave/",
        "announcement add": (
            f"/admin/collective/announcement/add/?audience=confirmed&activity={world.session.pk}"
        ),
        "preview": f"/admin/collective/announcement/{world.announcement.pk}/preview/",
        "announcements": "/admin/collective/announcement/",
        "follow-up": f"/admin/collective/followup/{world.follow_up.pk}/change/",
        "follow-ups": "/admin/collective/followup/",
        "community": "/admin/collective/community/1/change/",
        "call": f"/admin/collective/call/{world.call.pk}/change/",
        **payments(world),
        **talks(world),
        "copy": f"/admin/collective/call/{world.call.pk}/acts/copy/",
    }


def asked_join(world):
    """Two records that a colleague asks us to look at."""
    amina, asks = world.registrations["amina"].person, CoordinatorFactory(name="Lou")
    asked = join_requests.ask(PersonFactory(name="Amina"), amina, asks)
    kept, gone = asked.kept_id, asked.gone_id
    return f"/admin/collective/person/{kept}/join/?other={gone}&keep={kept}"


def talks(world):
    """Pages about conversations."""
    made = make_talks(PersonFactory(name="Sam"), world.call)
    series, talk = "/admin/events/conversationseries", "/admin/events/conversation"
    one, booked = f"{series}/{made['series'].pk}", f"{talk}/{made['theirs'].pk}"
    ActivityFactory(call=world.call, kind="conversation", title="A plain card")
    return {
        "series list": f"{series}/",
        "series add": f"{series}/add/",
        "series change": f"{one}/change/",
        "series board": f"{one}/board/",
        "series to decide": f"{series}/{made['host_missed'].series_id}/board/",
        "series book": f"{one}/book/",
        "series book person": f"{one}/book/{PersonFactory().pk}/",
        "series cancel": f"{one}/cancel/",
        "series from card": f"{series}/from-card/",
        "conversations list": f"{talk}/",
        "conversation": f"{booked}/change/",
        "conversation move": f"{booked}/move/",
        "conversation answers": f"{booked}/answers/",
        "conversation private": f"{booked}/private/",
        "conversation capacity": f"{booked}/capacity/",
        "conversation act": f"{booked}/acts/cancel/",
        "wishes": "/admin/events/timerequest/",
        "wish": f"/admin/events/timerequest/{made['wish'].pk}/change/",
        "wish offer": f"/admin/events/timerequest/{made['wish'].pk}/offer/",
    }


def payments(world):
    """Finance's pages."""
    made = make_payments(PersonFactory(name="Sam"), world.call)
    made["by phone"] = PaymentFactory(person=PhonePersonFactory(), choice="")
    expense, review, movement = make_desk(made)
    PaymentRules.note()
    payment, desk = "/admin/payments/payment", "/admin/payments/"
    return {
        "payments": f"{desk}board/",
        "payments of a call": f"{desk}board/?call={world.call.slug}",
        "approve": f"{payment}/approve/",
        "payment due": f"{payment}/{expense.payment_id}/change/",
        "payment sent": f"{payment}/{made['sent'].pk}/change/",
        "payments list": f"{payment}/",
        "payment add": f"{payment}/add/",
        "choice": f"{payment}/{made['by phone'].pk}/choice/",
        "how paid": f"{payment}/{made['by phone'].pk}/by-hand-account/",
        "expense add": f"{payment}/{made['due'].pk}/expense/",
        "by hand": f"{payment}/by-hand/",
        "hand instead": f"{payment}/{made['due'].pk}/hand-instead/",
        "recorded wrongly": f"{payment}/{made['sent'].pk}/recorded-wrongly/",
        "expense": f"{desk}expense/{expense.pk}/change/",
        "decide": f"{desk}expense/{expense.pk}/decide/",
        "expenses": f"{desk}expense/",
        "limits": f"{desk}expenselimit/",
        "rules": f"{desk}paymentrules/1/change/",
        "accounts": f"{desk}payoutaccount/",
        "review": f"{desk}review/{review.pk}/change/",
        "propose": f"{desk}review/{review.pk}/propose/",
        "settle": f"{desk}review/{review.pk}/settle/",
        "explain": f"{desk}unknownmovement/{movement.pk}/explain/",
        "capacity": f"/admin/events/registration/{world.registrations['amina'].pk}/capacity/",
    }


@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_on_any_staff_page(site, new_context, width):
    world, axe, found = make_staff_world(), Axe(), {}
    give_back(world.registrations["kim"])
    context = new_context(viewport={"width": width, "height": 900}, locale="en-GB")
    page = sign_in(context, site, world.staff).new_page()
    for name, path in addresses(world).items():
        answer = page.goto(site + path)
        assert answer.ok, name
        found[name] = problems_in_both_schemes(page, axe)

    assert {name: rows for name, rows in found.items() if rows} == {}


@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_on_staff_forms_with_errors(site, new_context, width):
    world, axe, found = make_staff_world(), Axe(), {}
    context = new_context(viewport={"width": width, "height": 900}, locale="en-GB")
    page = sign_in(context, site, world.staff).new_page()
    paths = addresses(world)
    names = (
        "choice",
        "expense add",
        "decide",
        "by hand",
        "hand instead",
        "recorded wrongly",
        "explain",
        "book",
        "move on the list",
        "cancel",
        "person add",
        "email",
        "invite",
        "walk in",
        "book person",
    )
    for name in names:
        page.goto(site + paths.get(name, f"/admin/events/session/{world.over.pk}/walk-in/"))
        page.locator("#content form:visible").last.locator("[type=submit]").first.click()
        page.locator(".errorlist, .errornote").first.wait_for()
        page.wait_for_load_state()
        found[name] = problems(page, axe)

    assert {name: rows for name, rows in found.items() if rows} == {}
