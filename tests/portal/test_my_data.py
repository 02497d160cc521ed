"""What we hold about a person: every key to a person is told, or left out for a reason."""

from datetime import timedelta
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import ForeignKey
from django.urls import reverse

from collective import clock
from collective.messages.follows import follow
from collective.models import (
    AddressChange,
    BrowserSession,
    ContactChange,
    DeletionRequest,
    FollowUp,
    InterruptedForm,
    Person,
    RecordJoin,
    SignIn,
)
from collective.people import asked_to_forget
from collective.people.asked_to_forget import Told
from events.conversations import host_notes
from events.conversations.times import wishes
from events.models import AccessNeed, BookingDraft, SignUpDraft
from events.sessions import places
from payments.models import Expense
from policy_drafts.models import (
    Heard,
    Import,
    PolicyPicture,
    Presence,
    Unsaved,
    WorkingCopyFile,
)
from portal.my_data import PARTS, for_a_file, my_data
from tests.factories import (
    KICK_OFF,
    CoordinatorFactory,
    PaymentFactory,
    PayoutAccountFactory,
    PersonFactory,
    PolicyFactory,
    SeriesFactory,
    SessionFactory,
    book,
    published,
    role_in,
    section_in,
    sign_up,
    slot_of,
)

pytestmark = pytest.mark.django_db
QUERIES = 54
TOLD = set().union(*(part.TOLD for part in PARTS))
LEFT_OUT = set().union(*(part.LEFT_OUT for part in PARTS))


def keys_to(targets):
    """Every key to one of these models, by its name: app.Model.field."""
    return {
        f"{model._meta.label}.{field.name}": model
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_fields
        if isinstance(field, ForeignKey) and field.related_model in targets
    }


def rows_of_one_person():
    """The models whose every row is about one person: by a key named so, or through such a row."""
    found, new = set(), {Person}
    while new:
        keys = {name: model for name, model in keys_to(new).items() if name in TOLD}
        theirs = {
            model
            for name, model in keys.items()
            if new != {Person} or name.endswith((".person", ".user"))
        }
        new, found = theirs - found, found | theirs
    return {model for model in found if not model._meta.auto_created}


# Nothing is forgotten


def test_every_key_to_a_person_is_told_or_left_out_for_a_reason():
    assert set(keys_to({Person})) - TOLD - LEFT_OUT == set()


def test_so_is_every_key_to_a_row_about_one_person():
    theirs = rows_of_one_person()
    beside = {name for name, model in keys_to(theirs).items() if model not in theirs}

    assert beside - TOLD - LEFT_OUT == set()


def test_no_key_is_both_told_and_left_out_or_no_longer_there():
    there = set(keys_to({Person, *rows_of_one_person()}))

    assert (TOLD & LEFT_OUT, (TOLD | LEFT_OUT) - there) == (set(), set())


def test_each_reason_is_a_sentence():
    reasons = [reason for part in PARTS for reason in part.LEFT_OUT.values()]

    assert [reason for reason in reasons if len(reason) < 20] == []


def test_no_app_tells_what_another_tells():
    names = [name for part in PARTS for name in part.my_data(PersonFactory())]

    assert len(names) == len(set(names))


# What is told


@pytest.fixture
def person(early):
    return PersonFactory(name="Ann")


def test_where_the_money_goes_is_told(person):
    PayoutAccountFactory(person=person, bank_name="Grey Bank", last_four="4821")

    account = my_data(person)["where your money goes"]

    assert (account["bank"], account["account ends with"]) == ("Grey Bank", "4821")


def test_receipts_are_told(person):
    payment = PaymentFactory(person=person)
    Expense.objects.create(
        payment=payment,
        kind=Expense.Kind.TRAVEL,
        what="bus",
        amount_pence=340,
        receipt="receipts/abc.webp",
        added_by=person,
    )

    (row,) = my_data(person)["payments"]

    assert row["expenses"][0]["receipt"] == "abc.webp"


def test_what_staff_come_back_to_is_told(person):
    FollowUp.objects.create(person=person, what="the taxi", due_on=KICK_OFF.date())

    (row,) = my_data(person)["what we noted to come back to"]

    assert (row["what"], row["on"]) == ("the taxi", KICK_OFF.date())


def test_texts_that_a_lead_wrote_are_told(person):
    policy = PolicyFactory(title="Care")
    role_in(policy, person)
    section_in(policy, "<p>My words.</p>", by=person)

    (row,) = my_data(person)["texts you saved"]

    assert (row["policy"], "My words." in row["text"]) == ("Care", True)


def test_text_that_is_not_saved_is_told(person):
    section = section_in(PolicyFactory())
    Unsaved.objects.create(
        section=section, person=person, page=section.pk, started_from=1, typed={"html": "half"}
    )

    (row,) = my_data(person)["texts you have not saved"]

    assert row["typed"] == {"html": "half"}


def test_form_that_was_typed_and_not_sent_is_told(person):
    answers = {"topics": ["the zoo"]}
    moment = clock.now()
    SignUpDraft.objects.create(
        person=person, session=SessionFactory(), answers=answers, updated_at=moment
    )
    BookingDraft.objects.create(
        person=person, series=SeriesFactory(), answers=answers, updated_at=moment
    )

    held = my_data(person)

    assert held["typed for a session and not sent"][0]["typed"] == {"topics": "the zoo"}
    assert held["typed for a conversation and not sent"][0]["typed"] == {"topics": "the zoo"}


def test_interrupted_form_is_told_with_where_to_read_it(person):
    kept = InterruptedForm.objects.create(person=person, sent={})

    (row,) = my_data(person)["forms you typed and have to send once more"]

    assert row["to read it"].endswith(f"/once-more/{kept.pk}/")


def test_that_it_was_passed_on_is_told_without_to_whom(person):
    talk = book(slot_of(SeriesFactory()), person)
    moment = clock.now()
    host_notes.note_passed_on(talk, moment, talk.series.host, to_whom="Mo", told="We rang.")

    (row,) = my_data(person)["conversations"]

    assert row["passed on, as somebody may be at risk"] == [
        {"when": moment, "you were told": "We rang."}
    ]


def log(staff, row, words):
    LogEntry.objects.create(
        user=staff,
        content_type=ContentType.objects.get_for_model(row),
        object_id=str(row.pk),
        object_repr="",
        action_flag=CHANGE,
        change_message=words,
    )


def test_looks_at_their_rows_are_told_and_at_nobody_elses(person):
    staff = CoordinatorFactory(name="Jo")
    log(staff, PaymentFactory(person=person), "Looked at the receipt")
    log(staff, sign_up(SessionFactory()), "Looked at the answers")

    (row,) = my_data(person)["what our team did"]

    assert (row["who"], row["what"]) == ("Jo", "Looked at the receipt")


def test_looks_at_a_whole_session_are_told_since_they_signed_up(person, early):
    session, staff = SessionFactory(), CoordinatorFactory()
    log(staff, session, "Looked at what helps people take part")
    early.shift(timedelta(minutes=1))
    sign_up(session, person)
    early.shift(timedelta(minutes=1))
    log(staff, session, "Exported the list")
    log(staff, session, "Places: 12")

    assert [row["what"] for row in my_data(person)["what our team did"]] == ["Exported the list"]


def test_what_happened_with_a_booking_is_told(person):
    places.give_up(sign_up(SessionFactory(), person))

    (row,) = my_data(person)["sessions"]

    assert [step["what"] for step in row["what happened"]] == [
        "place booked",
        "no longer signed up",
    ]


def test_request_to_be_forgotten_is_told_with_who_asked(person):
    told = Told("rang", "Mo, her brother", "We rang them back.")
    asked_to_forget.take_down(person, CoordinatorFactory(), told)

    (row,) = my_data(person)["asked to be forgotten"]

    assert (row["asked by"], row["how we know that it was them"]) == (told.asker, told.checked)


# How it is shown


def everything_about(person, number):
    """So many rows of each sort that can be more than one."""
    staff = CoordinatorFactory()
    for day in range(number):
        session = SessionFactory()
        registration = sign_up(session, person, access_needs={"choices": ["captions"]})
        AccessNeed.objects.create(registration=registration, what={"code": "captions"})
        follow(person, session.call)
        series = SeriesFactory()
        talk = book(slot_of(series, KICK_OFF + timedelta(days=day)), person)
        host_notes.note_passed_on(talk, clock.now(), series.host, to_whom="Mo", told="We rang.")
        wishes.ask(SeriesFactory(), person, "Mondays")
        slot_of(series, KICK_OFF + timedelta(days=50), kept_for=person, kept_until=KICK_OFF)
        SignUpDraft.objects.create(
            person=person, session=session, answers={}, updated_at=clock.now()
        )
        BookingDraft.objects.create(
            person=person, series=series, answers={}, updated_at=clock.now()
        )
        payment = PaymentFactory(person=person, activity=session)
        payment.note("offered")
        policy = PolicyFactory()
        role_in(policy, person)
        section = section_in(policy, by=person)
        published(policy, by=person)
        Unsaved.objects.create(
            section=section, person=person, page=policy.pk, started_from=1, typed={"html": "half"}
        )
        Presence.objects.create(section=section, person=person)
        Heard.objects.create(policy=policy, channel="phone", words="hello", noted_by=person)
        Import.objects.create(policy=policy, person=person, name="policy.docx")
        WorkingCopyFile.objects.create(policy=policy, person=person)
        PolicyPicture.objects.create(policy=policy, added_by=person, width=1, height=1)
        policy.follows.create(person=person)
        FollowUp.objects.create(person=person, what="ring", due_on=KICK_OFF.date())
        InterruptedForm.objects.create(person=person, sent={})
        DeletionRequest.objects.create(person=person, done_at=clock.now())
        SignIn.objects.create(email=person.email, network="x")
        AddressChange.objects.create(
            person=person, email="x@example.org", due_at=clock.now(), state="done"
        )
        ContactChange.objects.create(
            person=person, changed_by=staff, what=["phone"], before={"phone": "+442079460123"}
        )
        BrowserSession.objects.create(
            session_key=str(uuid4())[:32],
            session_data="",
            expire_date=clock.now() + timedelta(days=365),
            person=person,
        )
        RecordJoin.objects.create(kept=person, gone=PersonFactory(), joined_by=staff)
        Authenticator.objects.get_or_create(user=person, type="totp", defaults={"data": {}})
        log(staff, registration, "Looked at the answers")
        SeriesFactory(host=person)
        session.call.lead = person
        session.call.save()


@pytest.mark.parametrize("number", [1, 3])
def test_it_asks_the_same_number_of_queries_however_much_there_is(
    person, number, django_assert_num_queries
):
    everything_about(person, number)
    ContentType.objects.clear_cache()

    with django_assert_num_queries(QUERIES):
        my_data(person)


def test_page_shows_all_that_the_file_has(client, person):
    everything_about(person, 1)
    PayoutAccountFactory(person=person, bank_name="Grey Bank", last_four="4821")
    client.force_login(person)

    page = client.get(reverse("data")).content.decode()

    names = [name[:1].upper() + name[1:] for name, value in my_data(person).items() if value]
    assert [name for name in names if name.replace("'", "&#x27;") not in page] == []
    assert "Grey Bank" in page and "4821" in page


def test_fee_is_shown_in_pounds(client, person):
    PaymentFactory(person=person)
    client.force_login(person)

    page = client.get(reverse("data")).content.decode()

    assert "<dt>Offered</dt><dd>£75</dd>" in page


def test_file_has_moments_and_days_as_text():
    moment = {"when": [KICK_OFF], "day": KICK_OFF.date(), "is it?": True}

    assert for_a_file(moment) == {
        "when": ["2022-10-06T13:00+00:00"],
        "day": "2022-10-06",
        "is it?": True,
    }
