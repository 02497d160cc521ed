"""Every form of staff's, with what no kind person sends in each field: never a server error, and
nothing is done.
"""

from urllib.parse import quote_from_bytes

import pytest
from django.test import Client
from django.urls import reverse

from collective.models import Announcement, Message, Person
from events.models import Registration, Session
from tests.factories import CoordinatorFactory
from tests.portal.test_admin_matrix import address_of, arguments  # noqa: F401 a fixture
from tests.portal.test_bad_input import SHORT, encoded
from tests.signed_in import with_second_factor

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.django_db,
    pytest.mark.usefixtures("early", "community"),
]
FORMS = {
    "collective_announcement_add": ["audience", "activity", "call", "chosen", "subject", "body"],
    "collective_announcement_preview": ["how", "send_at_0", "send_at_1"],
    "collective_call_act": ["x"],
    "collective_community_change": ["name", "colour", "dark_colour", "mark", "reply_to", "phone"],
    "collective_deletionrequest_stop": ["why"],
    "collective_followup_add": ["what", "due_on", "person", "activity"],
    "collective_message_tell": ["how"],
    "collective_person_add": ["name", "phone", "postal_address", "contact_email", "reach_by"],
    "collective_person_change": [
        "name",
        "phone",
        "postal_address",
        "contact_email",
        "reach_by",
        "groups",
    ],
    "collective_person_email": ["email", "code"],
    "collective_person_forget": ["how", "asker", "checked"],
    "collective_person_invite": ["email", "name", "groups"],
    "collective_person_join": ["other", "keep"],
    "events_accessneed_arrange": ["state", "reason", "note", "needed_by"],
    "events_registration_answers": [
        "capacity",
        "coming_along",
        "companion_email",
        "access",
        "access_notes",
    ],
    "events_registration_move": ["position", "reason"],
    "events_session_book": ["name", "phone", "postal_address", "contact_email", "reach_by"],
    "events_session_cancel": ["reason"],
    "events_session_move": ["starts_at_0", "starts_at_1", "ends_at_0", "ends_at_1", "note", "how"],
    "events_session_places": ["places"],
    "events_session_walk_in": ["q", "person", "name", "email", "phone", "capacity"],
    "events_registration_capacity": ["capacity"],
    "events_conversation_answers": [
        "how",
        "who_rings",
        "phone",
        "topics",
        "access",
        "access_notes",
    ],
    "events_conversation_capacity": ["capacity"],
    "events_conversation_move": ["slot_key"],
    "events_conversationseries_book": [
        "name",
        "phone",
        "postal_address",
        "contact_email",
        "reach_by",
    ],
    "events_conversationseries_book_person": ["slot_key", "how", "phone", "topics", "capacity"],
    "events_conversationseries_cancel": ["reason"],
    "events_conversationseries_from_card": ["card"],
    "events_timerequest_offer": ["slot", "day", "time"],
    "payments_approve": ["payment"],
    "payments_expense_decide": ["decision", "told", "no_receipt_because"],
    "payments_expenselimit_add": ["call", "kind", "most_pence"],
    "payments_hand": ["reference", "hand_reference", "voucher_code"],
    "payments_hand_file": ["file"],
    "payments_hand_not_paid": ["reference", "why"],
    "payments_hand_record": ["shown"],
    "payments_payment_hand_instead": ["why"],
    "payments_payment_recorded_wrongly": ["verdict", "why"],
    "payments_payment_add": ["person", "activity", "happened_on", "pounds", "reason_note"],
    "payments_payment_by_hand_account": ["method", "voucher", "deliver"],
    "payments_payment_choice": ["choice", "smaller"],
    "payments_payment_expense": [
        "kind",
        "what",
        "amount",
        "receipt",
        "no_receipt_because",
        "is_prepaid",
    ],
    "payments_paymentrules_change": [
        "most_per_payment_pence",
        "statement_descriptor",
        "payer_name",
    ],
    "payments_payoutaccount_change": ["payee_reference"],
    "payments_review_propose": ["verdict", "evidence"],
    "payments_review_settle": ["seen"],
    "payments_unknownmovement_explain": ["explanation"],
    "status": ["x"],
    "take": ["line", "how", "next"],
}
LONG = "x" * 200_000


@pytest.fixture
def boss(db):
    person = CoordinatorFactory(is_superuser=True)
    client = Client(raise_request_exception=False)
    client.force_login(person)
    with_second_factor(client, person)
    return client


@pytest.mark.parametrize("name", FORMS)
def test_staff_form_answers_bad_fields_without_a_server_error(name, arguments, boss):  # noqa: F811 the fixture
    keys, special, _ = arguments
    address, answers = address_of(name, keys, special), {}
    for field in FORMS[name]:
        for value in (*SHORT, LONG, "2022-13-45", "25:99", "0001-01-01"):
            body = f"{field}={quote_from_bytes(encoded(value))}"
            response = boss.post(address, body, content_type="application/x-www-form-urlencoded")
            if response.status_code >= 500:
                answers[field] = value[:40]

    assert answers == {}


@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        "q=" + "9" * 3000,
        "other=x",
        "other=%F0%9F%99%82",
        "keep=1",
        "page=x",
        "show=x",
        "call=%27",
        "page=-1",
        "page=99999999999999999999",
    ],
)
def test_query_that_no_page_of_ours_makes_is_no_server_error(arguments, boss, query):  # noqa: F811 the fixture
    keys, special, _ = arguments
    pages = (
        "collective_person_join",
        "events_session_book",
        "events_session_board",
        "events_session_needs",
        "index",
    )

    answers = {boss.get(f"{address_of(name, keys, special)}?{query}").status_code for name in pages}

    assert max(answers) < 500


def test_nothing_was_done_by_empty_forms(arguments, boss):  # noqa: F811 the fixture
    keys, special, _ = arguments
    before = (
        Person.objects.count(),
        Session.objects.get().state,
        Registration.objects.live().count(),
    )
    for name in FORMS:
        if name not in {"collective_call_act", "collective_announcement_preview", "status"}:
            boss.post(address_of(name, keys, special))

    assert (
        Person.objects.count(),
        Session.objects.get().state,
        Registration.objects.live().count(),
    ) == before
    assert Announcement.objects.get().state == "draft"


def test_act_of_another_row_is_not_found(boss):
    assert boss.post(reverse("admin:events_session_act", args=["x", "close"])).status_code in {
        302,
        400,
        404,
    }
    assert not Message.objects.exists()
