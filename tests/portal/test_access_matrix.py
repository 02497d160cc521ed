"""Every address outside the admin × the person who asks, with the expected answers.

An address without a row fails.
"""

import pytest
from django.core.files.base import ContentFile
from django.urls import URLResolver, get_resolver, reverse

from collective import clock
from collective.models import (
    AddressChange,
    BrowserSession,
    CallPicture,
    DeletionRequest,
    InterruptedForm,
    RecordJoin,
    SignIn,
)
from events.models import Material
from payments.models import Expense, ExpenseLimit
from tests import matrix
from tests.events.conversations.test_access import ROWS as CONVERSATION_ROWS
from tests.factories import (
    ActivityFactory,
    CallFactory,
    CoordinatorFactory,
    FollowFactory,
    PageFactory,
    PaymentFactory,
    PayoutAccountFactory,
    PersonFactory,
    SessionFactory,
    sign_up,
)
from tests.policy_drafts.test_access import ROWS as POLICY_ROWS
from tests.signed_in import browser_of

OK, TO, NO, NEVER = 200, 302, 404, 405
BAD, FORBIDDEN = 400, 403
# A form that was sent while its owner was signed out.
SENT = {"path": "/me/name/", "page": "/me/name/", "why": "out", "pairs": [["name", ["Ada"]]]}
# name: (visitor, owner, another member, coordinator): each answer to GET
ROWS = {
    "home": (OK, OK, OK, OK),
    "call": (OK, OK, OK, OK),
    "follow_call": (TO, OK, OK, OK),
    "follow_activity": (TO, OK, OK, OK),
    "stop_following": (NO, NO, NO, NO),
    "stop_news": (NO, NO, NO, NO),
    "stop_reminders": (NO, NO, NO, NO),
    "picture": (OK, OK, OK, OK),
    "page": (OK, OK, OK, OK),
    "display": (OK, OK, OK, OK),
    "me": (TO, OK, OK, OK),
    "name": (TO, OK, OK, OK),
    "change_email": (TO, OK, OK, OK),
    "stop_address_change": (NO, NO, NO, NO),
    "part_records": (NO, NO, NO, NO),
    "devices": (TO, OK, OK, OK),
    "sign_out_there": (TO, NEVER, NEVER, NEVER),
    "sign_out_elsewhere": (TO, NEVER, NEVER, NEVER),
    "look": (OK, OK, OK, OK),
    "mark": (NO, NO, NO, NO),
    "mail_settings": (TO, OK, OK, OK),
    "time_zone": (TO, OK, OK, OK),
    "data": (TO, OK, OK, OK),
    "download": (TO, OK, OK, OK),
    "ask_to_delete": (TO, OK, OK, OK),
    "sign_in_again": (TO, NEVER, NEVER, NEVER),
    "stop_forgetting": (NO, OK, NO, NO),
    "session": (OK, OK, OK, OK),
    "sign_up": (TO, TO, OK, OK),
    "check_answers": (TO, TO, TO, TO),
    "registration": (TO, OK, NO, NO),
    "change_access_needs": (TO, OK, NO, NO),
    "calendar_file": (TO, OK, NO, NO),
    "give_up": (TO, OK, NO, NO),
    "sign_up_again": (TO, NEVER, NEVER, NEVER),
    "material": (TO, NO, NO, NO),
    "offer": (TO, OK, NO, NO),
    "accept_offer": (TO, NEVER, NEVER, NEVER),
    "decline_offer": (TO, OK, NO, NO),
    "correct_capacity": (TO, OK, NO, NO),
    "payments": (TO, OK, OK, OK),
    "payout_account": (TO, OK, OK, OK),
    "payout_account_start": (TO, NEVER, NEVER, NEVER),
    "payout_account_keep": (TO, NEVER, NEVER, NEVER),
    "payout_account_return": (TO, OK, OK, OK),
    "payout_account_by_hand": (TO, OK, OK, OK),
    "payout_account_remove": (TO, OK, TO, TO),
    "payment_letter": (TO, OK, OK, OK),
    "payment_year": (TO, OK, OK, OK),
    "payment": (TO, OK, NO, NO),
    "payment_choose": (TO, OK, NO, NO),
    "payment_arrived": (TO, NEVER, NEVER, NEVER),
    "payment_missing": (TO, TO, NO, NO),
    "add_expense": (TO, OK, NO, NO),
    "payment_statement": (TO, NO, NO, NO),
    "withdraw_expense": (TO, NEVER, NEVER, NEVER),
    "receipt": (TO, OK, NO, NO),
    "stripe_webhook": (NEVER, NEVER, NEVER, NEVER),
    "account_login": (OK, TO, TO, TO),
    "code": (TO, TO, TO, TO),
    "new_code": (NEVER, NEVER, NEVER, NEVER),
    "own_code": (NO, NO, NO, NO),
    "account_logout": (TO, OK, OK, OK),
    "account_inactive": (OK, OK, OK, OK),
    "account_reauthenticate": (TO, FORBIDDEN, FORBIDDEN, FORBIDDEN),
    "press_again": (TO, TO, TO, TO),
    "once_more": (TO, OK, TO, TO),
    "not_staff": (FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN),
    "mfa_index": (TO, OK, OK, OK),
    "mfa_authenticate": (TO, TO, TO, TO),
    "mfa_reauthenticate": (TO, FORBIDDEN, FORBIDDEN, FORBIDDEN),
    "mfa_activate_totp": (TO, OK, OK, OK),
    "mfa_deactivate_totp": (TO, NO, NO, NO),
    "mfa_view_recovery_codes": (TO, NO, NO, NO),
    "mfa_generate_recovery_codes": (TO, OK, OK, OK),
    "mfa_download_recovery_codes": (TO, NO, NO, NO),
    "live": (OK, OK, OK, OK),
    "metrics": (OK, OK, OK, OK),  # from this machine: tests/portal/test_metrics.py
    "robots": (OK, OK, OK, OK),
    "ready": (503, 503, 503, 503),
}

# The same, each answer to POST of a form in which nothing is filled in.
POSTS = {
    "home": (NEVER,) * 4,
    "call": (NEVER,) * 4,
    "follow_call": (TO,) * 4,
    "follow_activity": (TO,) * 4,
    "stop_following": (NO,) * 4,
    "stop_news": (NO,) * 4,
    "stop_reminders": (NO,) * 4,
    "picture": (NEVER,) * 4,
    "page": (NEVER,) * 4,
    "display": (OK,) * 4,
    "me": (TO, NEVER, NEVER, NEVER),
    "name": (TO, OK, OK, OK),
    "change_email": (TO, OK, OK, OK),
    "stop_address_change": (NO,) * 4,
    "part_records": (NO,) * 4,
    "devices": (TO, NEVER, NEVER, NEVER),
    "sign_out_there": (TO, TO, NO, NO),
    "sign_out_elsewhere": (TO,) * 4,
    "look": (NEVER,) * 4,
    "mark": (NEVER,) * 4,
    "mail_settings": (TO,) * 4,
    "time_zone": (TO, OK, OK, OK),
    "data": (TO, NEVER, NEVER, NEVER),
    "download": (TO, NEVER, NEVER, NEVER),
    "ask_to_delete": (TO, OK, OK, TO),
    "sign_in_again": (TO,) * 4,
    "stop_forgetting": (NO, OK, NO, NO),
    "session": (NEVER,) * 4,
    "sign_up": (TO, TO, OK, OK),
    "check_answers": (TO,) * 4,
    "registration": (TO, NEVER, NEVER, NEVER),
    "change_access_needs": (TO, TO, NO, NO),
    "calendar_file": (TO, NEVER, NEVER, NEVER),
    "give_up": (TO, TO, NO, NO),
    "sign_up_again": (TO, TO, NO, NO),
    "material": (TO, NEVER, NEVER, NEVER),
    "offer": (TO, NEVER, NEVER, NEVER),
    "accept_offer": (TO, TO, NO, NO),
    "decline_offer": (TO, TO, NO, NO),
    "correct_capacity": (TO, OK, NO, NO),
    "payments": (TO, NEVER, NEVER, NEVER),
    "payout_account": (TO, NEVER, NEVER, NEVER),
    "payout_account_start": (TO,) * 4,
    "payout_account_keep": (TO,) * 4,
    "payout_account_return": (TO, NEVER, NEVER, NEVER),
    "payout_account_by_hand": (TO, OK, OK, OK),
    "payout_account_remove": (TO,) * 4,
    "payment_letter": (TO, OK, OK, OK),
    "payment_year": (TO, NEVER, NEVER, NEVER),
    "payment": (TO, NEVER, NEVER, NEVER),
    "payment_choose": (TO, OK, NO, NO),
    "payment_arrived": (TO, TO, NO, NO),
    "payment_missing": (TO, TO, NO, NO),
    "add_expense": (TO, OK, NO, NO),
    "payment_statement": (TO, NEVER, NEVER, NEVER),
    "withdraw_expense": (TO, TO, NO, NO),
    "receipt": (TO, NEVER, NEVER, NEVER),
    "stripe_webhook": (BAD,) * 4,
    "account_login": (OK, TO, TO, TO),
    "code": (TO,) * 4,
    "new_code": (TO,) * 4,
    "own_code": (NO,) * 4,
    "account_logout": (TO,) * 4,
    "account_inactive": (NEVER,) * 4,
    "account_reauthenticate": (TO, FORBIDDEN, FORBIDDEN, FORBIDDEN),
    "press_again": (NEVER,) * 4,
    "once_more": (TO, NEVER, NEVER, NEVER),
    "not_staff": (NEVER,) * 4,
    "mfa_index": (TO, NEVER, NEVER, NEVER),
    "mfa_authenticate": (TO,) * 4,
    "mfa_reauthenticate": (TO, FORBIDDEN, FORBIDDEN, FORBIDDEN),
    "mfa_activate_totp": (TO, OK, OK, OK),
    "mfa_deactivate_totp": (TO, NO, NO, NO),
    "mfa_view_recovery_codes": (TO, NEVER, NEVER, NEVER),
    "mfa_generate_recovery_codes": (TO, OK, OK, OK),
    "mfa_download_recovery_codes": (TO, NO, NO, NO),
    "live": (NEVER,) * 4,
    "metrics": (NEVER,) * 4,
    "robots": (NEVER,) * 4,
    "ready": (NEVER,) * 4,
}


@pytest.fixture
def arguments(db):
    """The rows that the addresses name, all of one owner."""
    call, owner = CallFactory(), PersonFactory()
    session = SessionFactory(call=call, by_invitation=False)
    registration = sign_up(session, owner)
    picture = CallPicture.objects.create(
        call=call, alternative_text="A room", file=ContentFile(b"RIFF", name="room.webp")
    )
    material = Material.objects.create(
        session=session, name="Notes", file=ContentFile(b"notes", name="n.txt")
    )
    payment = PaymentFactory(person=owner, activity=session)
    PayoutAccountFactory(person=owner)
    ExpenseLimit.objects.create(call=call, kind="travel", most_pence=2000)
    expense = Expense.objects.create(
        payment=payment,
        kind="travel",
        what="Bus",
        amount_pence=300,
        added_by=owner,
        receipt=ContentFile(b"%PDF-", name="r.pdf"),
    )
    paying = (
        "payment",
        "payment_choose",
        "payment_arrived",
        "payment_missing",
        "add_expense",
        "payment_statement",
    )
    change = AddressChange.objects.create(person=owner, email="x@example.org", due_at=clock.now())
    one, pk = {"slug": session.slug}, {"pk": registration.pk}
    return owner, {
        "call": {"slug": call.slug},
        "payment_year": {"first": 2022},
        "correct_capacity": {"pk": registration.pk},
        **{name: {"pk": payment.pk} for name in paying},
        "withdraw_expense": {"pk": expense.pk},
        "receipt": {"pk": expense.pk},
        "follow_call": {"slug": call.slug},
        "follow_activity": {"slug": ActivityFactory(call=call).slug},
        "stop_following": {"pk": FollowFactory(person=owner, call=call).pk},
        "stop_news": {"pk": owner.pk, "call_pk": call.pk},
        "stop_reminders": {"pk": owner.pk},
        "stop_address_change": {"pk": change.pk},
        "part_records": {"pk": RecordJoin.objects.create(kept=owner, gone=PersonFactory()).pk},
        "own_code": {"pk": SignIn.objects.create(email=owner.email, network="x").pk},
        "stop_forgetting": {"pk": DeletionRequest.objects.create(person=owner).public_id},
        "picture": {"pk": picture.pk},
        "once_more": {"pk": InterruptedForm.objects.create(person=owner, sent=SENT).pk},
        "page": {"slug": PageFactory().slug},
        "look": {"version": "x"},
        "mark": {"version": "x"},
        **dict.fromkeys(("session", "sign_up", "check_answers"), one),
        **dict.fromkeys(
            ("registration", "change_access_needs", "calendar_file", "give_up", "sign_up_again"), pk
        ),
        **dict.fromkeys(("offer", "accept_offer", "decline_offer"), pk),
        "material": {**pk, "material_pk": material.pk},
    }


@pytest.fixture
def clients(arguments):
    owner, _ = arguments
    coordinator = CoordinatorFactory()
    members = [browser_of(person, second_factor=False) for person in (owner, PersonFactory())]
    return [browser_of(), *members, browser_of(coordinator)]


@pytest.mark.usefixtures("early", "community")
@pytest.mark.parametrize(("method", "table"), [("get", ROWS), ("post", POSTS)])
def test_each_address_answers_each_person_as_the_table_says(method, table, arguments, clients):
    arguments[1]["sign_out_there"] = {"pk": session_of(clients[1]).public_id}
    addresses = {name: reverse(name, kwargs=arguments[1].get(name)) for name in ROWS}

    assert matrix.answers(method, addresses, clients) == table


@pytest.mark.usefixtures("early", "community")
def test_each_button_is_found_again_after_a_lost_sign_in(arguments, clients):
    arguments[1]["sign_out_there"] = {"pk": session_of(clients[1]).public_id}
    buttons = [name for name, row in ROWS.items() if NEVER in row if name != "stripe_webhook"]
    addresses = {name: reverse(name, kwargs=arguments[1].get(name)) for name in buttons}

    assert matrix.led_back(addresses, clients[1]) == dict.fromkeys(buttons, OK)


def session_of(client):
    return BrowserSession.objects.get(session_key=client.session.session_key)


def names(resolver, prefix=""):
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern, f"{pattern.namespace}:" if pattern.namespace else prefix)
        elif pattern.name:
            yield prefix + pattern.name


def test_each_address_has_a_row():
    without_admin = [name for name in names(get_resolver()) if not name.startswith("admin:")]

    assert sorted(set(without_admin) - set(ROWS) - set(CONVERSATION_ROWS) - set(POLICY_ROWS)) == []


def test_session_by_invitation_is_found_only_by_who_is_named(db, client, early):
    session, named = SessionFactory(by_invitation=True), PersonFactory()
    session.invited.add(named)
    answers = []
    for person in (None, PersonFactory(), named):
        client.logout() if person is None else client.force_login(person)
        answers.append(
            [
                client.get(session.get_absolute_url()).status_code,
                client.get(session.get_absolute_url() + "sign-up/").status_code,
            ]
        )

    assert answers == [[404, 302], [404, 404], [200, 200]]


def test_session_by_invitation_is_on_no_public_page(db, client, early):
    session = SessionFactory(by_invitation=True, title="Secret meeting")

    pages = client.get("/").content + client.get(session.call.get_absolute_url()).content

    assert b"Secret meeting" not in pages


def test_call_that_is_not_published_is_a_preview_for_staff_only(db, client, early):
    session = SessionFactory(call=CallFactory(published_at=None))
    visitor = client.get(session.get_absolute_url()).status_code
    client.force_login(CoordinatorFactory())

    assert (visitor, b"This is a preview" in client.get(session.get_absolute_url()).content) == (
        404,
        True,
    )
