"""An emptied record takes nothing in: every key to a person refuses it, or has a reason."""

import pytest
from django.apps import apps
from django.core import signing
from django.db import IntegrityError, connection, transaction
from django.db.models import ForeignKey
from django.urls import reverse

from collective import clock
from collective.errors import RuleError
from collective.messages import mail
from collective.messages.follows import follow
from collective.models import Follow, FollowUp, Message, Person
from collective.people import standing
from collective.safety import emptied
from events import typed
from events.conversations import booking
from events.models import SignUpDraft
from events.sessions import places
from payments.owing import offering
from portal.views import errors
from tests.emptied import triggers
from tests.factories import (
    TALK,
    CallFactory,
    CoordinatorFactory,
    PersonFactory,
    SeriesFactory,
    SessionFactory,
    slot_of,
)
from tests.joining import join

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]
WHO_DID_IT = "says who did something: it stays true of the record that did it"
STAFF_ONLY = "only staff have one, and the record of a colleague is never joined"
STAYS = {
    "account.EmailAddress.user": "this table stays empty",
    "admin.LogEntry.user": WHO_DID_IT,
    "collective.AddressChange.asked_by": WHO_DID_IT,
    "collective.Announcement.created_by": WHO_DID_IT,
    "collective.BrowserSession.person": "an emptied record is signed out, and signs in no more",
    "collective.ContactChange.changed_by": WHO_DID_IT,
    "collective.DeletionRequest.confirmed_by": WHO_DID_IT,
    "collective.DeletionRequest.stopped_by": WHO_DID_IT,
    "collective.DeletionRequest.taken_by": WHO_DID_IT,
    "collective.FollowUp.created_by": WHO_DID_IT,
    "collective.FollowUp.done_by": WHO_DID_IT,
    "collective.JoinRequest.asked_by": WHO_DID_IT,
    "collective.JoinRequest.settled_by": WHO_DID_IT,
    "collective.Message.told_by": WHO_DID_IT,
    "collective.Person_groups.person": STAFF_ONLY,
    "collective.Person_user_permissions.person": STAFF_ONLY,
    "collective.RecordJoin.confirmed_by": WHO_DID_IT,
    "collective.RecordJoin.gone": "says which record is empty",
    "collective.RecordJoin.joined_by": WHO_DID_IT,
    "collective.RecordJoin.undone_by": WHO_DID_IT,
    "collective.Redaction.allowed_by": WHO_DID_IT,
    "collective.Redaction.asked_by": WHO_DID_IT,
    "collective.Taken.person": STAFF_ONLY,
    "events.Conversation.confirmed_by": WHO_DID_IT,
    "events.PassedOn.noted_by": WHO_DID_IT,
    "events.Registration.confirmed_by": WHO_DID_IT,
    "mfa.Authenticator.user": STAFF_ONLY,
    "payments.Expense.added_by": WHO_DID_IT,
    "payments.Expense.decided_by": WHO_DID_IT,
    "payments.Payment.approved_by": WHO_DID_IT,
    "payments.Payment.confirmed_by": WHO_DID_IT,
    "payments.PaymentEvent.by": WHO_DID_IT,
    "payments.PayoutAccount.changed_by": WHO_DID_IT,
    "payments.PayoutAttempt.exported_by": WHO_DID_IT,
    "payments.PayoutAttempt.recorded_by": WHO_DID_IT,
    "payments.Review.proposed_by": WHO_DID_IT,
    "payments.Review.settled_by": WHO_DID_IT,
    "payments.UnknownMovement.explained_by": WHO_DID_IT,
    "policy_drafts.Draft.published_by": WHO_DID_IT,
    "policy_drafts.Draft.withdrawn_by": WHO_DID_IT,
    "policy_drafts.Heard.noted_by": WHO_DID_IT,
    "policy_drafts.PolicyPicture.added_by": WHO_DID_IT,
    "policy_drafts.PolicyRole.ended_by": WHO_DID_IT,
    "policy_drafts.PolicyRole.invited_by": WHO_DID_IT,
    "policy_drafts.Presence.person": "it is over in a minute",
    "policy_drafts.Section.edited_by": WHO_DID_IT,
    "policy_drafts.SectionSave.saved_by": WHO_DID_IT,
    "pghistory.MiddlewareEvents.user": "not a table: a view of the history of other rows",
}


def keys_to_people():
    """Every key to a person, by its name; histories say how it was, and may name anybody."""
    return {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_fields
        if isinstance(field, ForeignKey) and field.related_model is Person
        if not hasattr(model, "pgh_tracked_model") and model._meta.managed
    }


def guarded(sort):
    """The keys that have this trigger in the database, whichever model says so."""
    models = {row._meta.db_table: row for row in apps.get_models(include_auto_created=True)}
    labels = {table: model._meta.concrete_model._meta.label for table, model in models.items()}
    return {f"{labels[table]}.{key}" for table, _, key in triggers([sort])}


@pytest.fixture
def two_records():
    """(the record that is left, the one that was joined into it)"""
    kept, gone = PersonFactory(), PersonFactory()
    join(kept, gone)
    return kept, gone


def test_every_key_to_a_person_refuses_one_who_was_joined_or_stays_for_a_reason():
    assert keys_to_people() - set(STAYS) == guarded("_is_not_emptied")
    assert set(STAYS) - keys_to_people() == set()


def test_some_of_those_that_may_name_one_who_was_joined_name_nobody_who_is_forgotten():
    assert guarded("_is_not_forgotten") == {
        "collective.Person_groups.person",
        "collective.Person_user_permissions.person",
        "collective.RecordJoin.gone",
        "collective.Taken.person",
        "policy_drafts.Presence.person",
    }


def test_database_refuses_a_row_of_an_emptied_record(two_records):
    _, gone = two_records

    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        FollowUp.objects.create(person=gone, what="Ring", due_on=clock.now().date())
        connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")

    assert emptied.is_refusal(refused.value)


def test_sign_up_in_another_tab_is_with_the_record_that_is_left(two_records):
    kept, gone = two_records

    assert places.sign_up(SessionFactory(), gone, capacity="personal").person == kept


def test_booking_in_another_tab_is_with_the_record_that_is_left(two_records):
    kept, gone = two_records

    assert booking.book(slot_of(SeriesFactory()), gone, **TALK).person == kept


def test_what_is_typed_in_another_tab_waits_for_them_at_the_record_that_is_left(
    client, two_records
):
    kept, gone = two_records
    session = SessionFactory()
    client.force_login(PersonFactory())
    follow(gone, CallFactory())

    owner = typed_owner(gone)
    client.logout()
    client.post(reverse("sign_up", args=[session.slug]), {"owner": owner, "capacity": "personal"})

    assert SignUpDraft.objects.get().person == kept
    assert Follow.objects.get().person == kept


def typed_owner(person):
    """What a form that this person opened says of whose it is."""
    return signing.dumps(str(person.pk), salt=typed.SALT)


def test_payment_by_hand_for_an_emptied_record_is_refused_with_a_sentence(two_records):
    _, gone = two_records
    decision = offering.Decision(gone, SessionFactory(), 7500, "They helped.")

    with pytest.raises(RuleError, match="joined with another one"):
        offering.pay_by_hand(decision, CoordinatorFactory())


def test_message_to_an_emptied_record_goes_to_the_one_that_is_left(two_records):
    kept, gone = two_records
    session = SessionFactory()

    mail.tell(gone, "announcement", session)

    assert Message.objects.get(about=session.pk).person == kept


def test_record_that_was_joined_twice_leads_to_the_last(two_records):
    kept, gone = two_records
    last = PersonFactory()
    join(last, kept)

    assert standing.record_of(gone.pk) == last


@pytest.mark.django_db(transaction=True)
def test_page_says_it_in_plain_words_where_the_database_refuses(client, monkeypatch, member):
    other = PersonFactory()
    monkeypatch.setattr(standing, "record_of", lambda key: Person.objects.get(pk=key))
    session = SessionFactory()
    Person.objects.filter(pk=member.pk).update(joined_into=other)

    answer = client.post(reverse("follow_activity", args=[session.slug]))

    assert answer.status_code == 409
    assert "joined two records of one person" in " ".join(answer.content.decode().split())


def test_page_says_so_too_where_the_person_is_forgotten():
    gone = PersonFactory(name="", email=None, is_active=False, forgotten_at=clock.now())

    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        FollowUp.objects.create(person=gone, what="Ring", due_on=clock.now().date())
        emptied.look_now()

    answer = errors.emptied_meanwhile(refused.value)
    assert (answer.status_code, "removed what we held" in answer.content.decode()) == (409, True)


def test_form_in_an_old_tab_of_somebody_forgotten_gets_the_same_page(client):
    gone = PersonFactory(name="", email=None, is_active=False, forgotten_at=clock.now())
    session = SessionFactory()
    sent = {"owner": typed_owner(gone), "capacity": "personal"}

    answer = client.post(reverse("sign_up", args=[session.slug]), sent)

    assert (answer.status_code, SignUpDraft.objects.count()) == (409, 0)
