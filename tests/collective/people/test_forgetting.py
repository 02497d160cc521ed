"""Being forgotten: asked, shown before, stopped within a week, done by itself, told."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, InternalError, connection, transaction
from django.urls import reverse

from collective import clock
from collective.errors import RuleError
from collective.messages import mail
from collective.models import (
    DeletionRequest,
    FileToRemove,
    FollowUp,
    Message,
    Person,
    RecordJoin,
    Redaction,
)
from collective.people import asked_to_forget, forgetting, forgetting_emails, record_joins
from collective.people.asked_to_forget import Told
from collective.people.forgetting import InTheWay
from collective.safety import redaction
from events.models import AccessNeed, Registration
from payments.models import Expense, Payment, PayoutAccount
from payments.owing import choices
from payments.sending import closing, gateway
from tests.factories import (
    CoordinatorFactory,
    PaymentFactory,
    PayoutAccountFactory,
    PersonFactory,
    PhonePersonFactory,
    PolicyFactory,
    SeriesFactory,
    SessionFactory,
    book,
    put_at_stripe,
    role_in,
    sign_up,
    slot_of,
)
from tests.signed_in import browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community", "media")]
A_WEEK = timedelta(days=7)
RANG = Told("rang", "", "We rang them back.")
DIED = Told("died", "Mo, his brother", "He showed us the letter.")


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def person():
    return PersonFactory(name="Ann", email="ann@example.org")


def confirmed(person, told):
    """Staff have taken it down, and a colleague has confirmed it."""
    request = asked_to_forget.take_down(person, CoordinatorFactory(), told)
    return asked_to_forget.confirm(request, CoordinatorFactory())


def after_a_week(early):
    early.shift(A_WEEK)
    return asked_to_forget.carry_out_all()


def subjects(outbox):
    mail.send_due()
    return [letter.subject for letter in outbox]


# Asking


def test_receipt_says_when_it_is_done_and_how_to_stop_it(person, outbox):
    request = asked_to_forget.ask(person)
    mail.send_due()

    (letter,) = outbox
    assert "We will do it on Thursday 15 September." in letter.body
    assert forgetting_emails.stop_address(request) in letter.body


def test_asking_twice_is_asking_once(person):
    assert asked_to_forget.ask(person) == asked_to_forget.ask(person)


def test_person_without_email_gets_the_receipt_as_a_task(person):
    olive = PhonePersonFactory()

    asked_to_forget.take_down(olive, CoordinatorFactory(), RANG)

    assert Message.objects.by_hand().get(person=olive).kind == "forgetting_asked"


def test_what_staff_take_down_waits_for_a_second_colleague(person, early):
    first, second = CoordinatorFactory(), CoordinatorFactory()
    request = asked_to_forget.take_down(person, first, RANG)
    early.shift(A_WEEK)
    before = asked_to_forget.carry_out_all()

    asked_to_forget.confirm(request, second)

    assert (before, asked_to_forget.carry_out_all()) == ((0, 0), (1, 1))


def test_whoever_took_it_down_cannot_confirm_it(person):
    staff = CoordinatorFactory()
    request = asked_to_forget.take_down(person, staff, RANG)

    with pytest.raises(RuleError, match="second colleague"):
        asked_to_forget.confirm(request, staff)


def test_database_knows_that_too(person):
    staff = CoordinatorFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        DeletionRequest.objects.create(person=person, taken_by=staff, confirmed_by=staff)


def test_staff_leave_the_team_first(person):
    with pytest.raises(RuleError, match="leave the team"):
        asked_to_forget.take_down(CoordinatorFactory(), CoordinatorFactory(), RANG)


# Changing one's mind


def test_it_can_be_stopped_within_the_week(person, early):
    asked_to_forget.stop(asked_to_forget.ask(person))

    assert (after_a_week(early), Person.objects.get(pk=person.pk).name) == ((0, 0), "Ann")


def test_person_can_ask_again_after_stopping(person):
    first = asked_to_forget.ask(person)
    asked_to_forget.stop(first)

    assert asked_to_forget.ask(person) != first


def test_somebody_noted_as_dead_by_mistake_hears_from_us_again(person):
    asked_to_forget.stop(confirmed(person, DIED))

    assert Person.objects.get(pk=person.pk).is_active


def test_what_is_done_cannot_be_stopped(person, early):
    request = asked_to_forget.ask(person)
    after_a_week(early)

    with pytest.raises(RuleError, match="done already"):
        asked_to_forget.stop(request)


# What it does


def test_record_is_empty_and_stays(person, early):
    asked_to_forget.ask(person)
    after_a_week(early)

    person.refresh_from_db()
    assert (person.name, person.email, person.is_active, str(person)) == (
        "",
        None,
        False,
        "Somebody who has left",
    )


def test_nothing_is_done_before_its_day(person, early):
    asked_to_forget.ask(person)
    early.shift(A_WEEK - timedelta(minutes=1))

    assert asked_to_forget.carry_out_all() == (0, 0)


def test_doing_it_twice_does_it_once(person, early):
    request = asked_to_forget.ask(person)
    after_a_week(early)

    assert (asked_to_forget.carry_out(request.pk), asked_to_forget.carry_out_all()) == (
        False,
        (0, 0),
    )


def test_place_moves_on_to_the_next_in_order(person, early):
    session = SessionFactory(places=1)
    sign_up(session, person)
    waiting = sign_up(session)
    asked_to_forget.ask(person)

    after_a_week(early)

    waiting.refresh_from_db()
    assert waiting.state == Registration.State.OFFERED


def test_host_is_told_and_the_time_is_free_again(person, early):
    talk = book(slot_of(SeriesFactory()), person)
    asked_to_forget.ask(person)

    after_a_week(early)

    talk.refresh_from_db()
    told = Message.objects.filter(person=talk.series.host, about=talk.pk)
    assert (talk.state, told.filter(revision__startswith="conversation_cancelled").count()) == (
        "cancelled",
        1,
    )


def test_what_was_arranged_is_still_called_off_but_has_no_words(person, early):
    row = sign_up(
        SessionFactory(), person, access_needs={"choices": ["interpreter"], "notes": "wombat"}
    )
    row.needs.update(state=AccessNeed.State.ARRANGED)
    asked_to_forget.ask(person)

    after_a_week(early)

    assert {need.code: need.what for need in row.needs.all()}["interpreter"] == {
        "code": "interpreter"
    }
    assert "wombat" not in str([need.what for need in row.needs.all()])


def test_last_mail_goes_out_and_its_address_is_emptied(person, early, outbox):
    asked_to_forget.ask(person)
    after_a_week(early)
    told = subjects(outbox)
    asked_to_forget.carry_out_all()

    assert told[-1] == "We have removed what we held about you"
    assert list(Message.objects.values_list("kind", "address", "text")) == [("forgotten", "", "")]


def test_receipts_are_taken_off_the_disk(person, early):
    payment = PaymentFactory(person=person, state=Payment.State.CANCELLED)
    Expense.objects.create(
        payment=payment,
        kind="travel",
        what="Bus",
        amount_pence=300,
        added_by=person,
        state="refused",
        receipt=ContentFile(b"%PDF-", name="r.pdf"),
    )
    name = Expense.objects.get().receipt.name
    asked_to_forget.ask(person)
    after_a_week(early)

    asked_to_forget.remove_files()

    assert (default_storage.exists(name), FileToRemove.objects.count()) == (False, 0)


def test_account_at_stripe_is_closed_after_the_commit(person, early, stripe):
    account = PayoutAccountFactory(person=person)
    put_at_stripe(stripe, account)
    recipient = account.stripe_account
    asked_to_forget.ask(person)
    after_a_week(early)
    closing.close_all()

    account.refresh_from_db()
    assert (account.stripe_account, account.bank_name, account.close_since) == (None, "", None)
    assert stripe.state.data["accounts"][recipient]["closed"]


def test_stripe_that_cannot_be_reached_is_asked_again(person, early, stripe, settings):
    put_at_stripe(stripe, PayoutAccountFactory(person=person))
    asked_to_forget.ask(person)
    after_a_week(early)
    runs = []
    for address in ("http://127.0.0.1:9", stripe.address):
        settings.STRIPE_API_BASE = address
        gateway.client.cache_clear()
        runs.append(closing.close_all())

    assert (runs, PayoutAccount.objects.get().stripe_account) == ([(1, 0), (1, 1)], None)


@pytest.mark.parametrize("is_there", [True, False])
def test_account_that_a_worker_closed_before_it_died_is_let_go(person, early, stripe, is_there):
    account = PayoutAccountFactory(person=person)
    put_at_stripe(stripe, account)
    stripe.state.data["accounts"][account.stripe_account]["closed"] = True
    if not is_there:
        del stripe.state.data["accounts"][account.stripe_account]
    asked_to_forget.ask(person)
    after_a_week(early)

    assert closing.close_all() == (1, 1)
    assert PayoutAccount.objects.get().stripe_account is None


def test_account_that_stripe_refuses_to_close_is_asked_again(person, early, stripe, monkeypatch):
    def refuse(recipient):
        raise gateway.NotAccepted("InvalidRequestError balance_not_zero")

    put_at_stripe(stripe, PayoutAccountFactory(person=person))
    asked_to_forget.ask(person)
    after_a_week(early)
    monkeypatch.setattr(gateway, "forget", refuse)

    assert (closing.close_all(), closing.close_all()) == ((1, 0), (1, 0))
    assert PayoutAccount.objects.get().stripe_account


def test_ledger_keeps_the_payment_without_a_name(person, early):
    payment = PaymentFactory(person=person, state=Payment.State.DECLINED)
    asked_to_forget.ask(person)
    after_a_week(early)

    payment.refresh_from_db()
    assert (payment.fee_pence, str(payment.person)) == (7500, "Somebody who has left")


def test_row_says_why_a_history_was_emptied_at_whose_wish_and_who_allowed_it(person, early):
    first, second = CoordinatorFactory(), CoordinatorFactory()
    request = asked_to_forget.take_down(person, first, RANG)
    asked_to_forget.confirm(request, second)
    after_a_week(early)

    row = Redaction.objects.get()
    assert (row.asked_by, row.allowed_by) == (first, second)
    assert "collective_personevent" in row.tables


def test_nothing_else_passes_the_door(person):
    history = forgetting._parts["people"].histories()[0]

    with pytest.raises(InternalError), transaction.atomic():
        history.objects.filter(pgh_obj=person).delete()


def test_door_is_shut_again_behind_it(person):
    history = forgetting._parts["people"].histories()[0]
    with redaction.opened([history], reason="x", asked_by=person, allowed_by=None):
        history.objects.filter(pgh_obj=person).update(pgh_label="x")

    with pytest.raises(InternalError), transaction.atomic():
        history.objects.filter(pgh_obj=person).delete()


# What stands in the way


def test_somebody_who_is_owed_money_says_first_what_should_become_of_it(person):
    payment = PaymentFactory(person=person)

    with pytest.raises(InTheWay):
        asked_to_forget.ask(person)

    choices.choose(payment.pk, "decline", person)
    assert asked_to_forget.ask(person).is_open


@pytest.mark.parametrize("state", ["approved", "sending", "sent", "failed", "needs_review"])
def test_payment_on_its_way_arrives_first(person, state):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        PaymentFactory(
            person=person,
            state=state,
            approved_by=CoordinatorFactory(),
            method="stripe",
            approved_at=clock.now(),
        )
        cursor.execute("SET LOCAL session_replication_role = origin")

    (obstacle,) = forgetting.in_the_way(person)
    assert "on its way" in obstacle.words


def test_what_becomes_due_within_the_week_is_settled_first_and_told(person, early, outbox):
    request = asked_to_forget.ask(person)
    PaymentFactory(person=person)
    after_a_week(early)
    told = subjects(outbox)

    request.refresh_from_db()
    assert (request.waits_since, request.done_at) == (clock.now(), None)
    assert {"We will remove what we hold about you", "Removing what we hold has to wait"} <= {*told}


def test_as_soon_as_it_is_settled_it_is_done_without_asking_again(person, early):
    request = asked_to_forget.ask(person)
    payment = PaymentFactory(person=person)
    after_a_week(early)
    choices.choose(payment.pk, "decline", person)
    early.shift(timedelta(hours=1))

    assert asked_to_forget.carry_out_all() == (1, 1)
    request.refresh_from_db()
    assert request.done_at == clock.now()


def test_only_lead_of_a_policy_invites_another_first(person):
    policy = PolicyFactory()
    role_in(policy, person)
    before = [row.words for row in forgetting.in_the_way(person)]
    role_in(policy)

    assert (len(before), forgetting.in_the_way(person)) == (1, [])


def test_host_hands_over_first(person):
    slot_of(SeriesFactory(host=person))

    assert len(forgetting.in_the_way(person)) == 1


def test_attendance_is_marked_first(person, early):
    session = SessionFactory()
    sign_up(session, person)
    early.move_to(session.starts_at + timedelta(minutes=1))

    assert "noted yet" in forgetting.in_the_way(person)[0].words


# Nothing is taken in for somebody who is forgotten


@pytest.mark.django_db(transaction=True)
def test_database_takes_nothing_in_for_them(person, early):
    asked_to_forget.ask(person)
    after_a_week(early)

    with pytest.raises(IntegrityError, match="forgotten"):
        FollowUp.objects.create(person=person, what="x", due_on=clock.now().date())


def test_record_cannot_be_joined_with_a_forgotten_one(person, early):
    asked_to_forget.ask(person)
    after_a_week(early)

    assert not Person.objects.known().filter(pk=person.pk).exists()


def test_request_that_is_stopped_lets_nobody_in_who_was_out_before(person):
    Person.objects.filter(pk=person.pk).update(is_active=False)

    asked_to_forget.stop(confirmed(person, DIED))

    person.refresh_from_db()
    assert not person.is_active


def test_addresses_to_which_a_join_was_told_go_too(person, early, outbox):
    other = PersonFactory(name="Annie", email="zqannie@example.org")
    record_joins.join(person, other, CoordinatorFactory())
    mail.send_due()
    asked_to_forget.ask(person)
    after_a_week(early)

    assert not Message.objects.filter(address="zqannie@example.org").exists()


def test_join_that_could_be_undone_keeps_no_contacts(person, early):
    record_joins.join(person, PersonFactory(name="Annie"), CoordinatorFactory())
    asked_to_forget.ask(person)
    early.shift(A_WEEK)
    asked_to_forget.carry_out_all()

    assert RecordJoin.objects.get().moved is None
    assert not Person.objects.exclude(is_staff=True).filter(forgotten_at=None).exists()


# After a restore


def test_whoever_comes_back_with_a_backup_is_forgotten_again_without_mail(person, early, outbox):
    default_storage.save(f"{asked_to_forget.LIST}/{person.pk}", ContentFile(b""))

    number = asked_to_forget.forget_again_after_restore(clock.now(), clock.now())

    assert (number, Person.objects.get(pk=person.pk).name, subjects(outbox)) == (1, "", [])


def test_everybody_who_is_forgotten_is_listed_outside_the_database(person, early):
    asked_to_forget.ask(person)
    after_a_week(early)

    assert asked_to_forget.listed() == [person.pk]


# Pages


def test_page_shows_what_goes_stays_and_ends_and_changes_nothing(client, person):
    sign_up(SessionFactory(title="Kick-off"), person)
    client.force_login(person)

    page = client.get(reverse("ask_to_delete")).content.decode()

    assert "Kick-off: your place" in page and "What stays, and why" in page
    assert DeletionRequest.objects.count() == 0


def test_page_says_what_is_owed_and_has_no_button(client, person):
    PaymentFactory(person=person)
    client.force_login(person)

    page = client.get(reverse("ask_to_delete")).content.decode()

    assert "You are still owed £75" in page and "Yes, please remove it" not in page


def test_somebody_whose_sign_in_is_old_signs_in_once_more(client, person):
    client.force_login(person)

    client.post(reverse("ask_to_delete"))
    answer = client.post(reverse("sign_in_again"))

    assert DeletionRequest.objects.count() == 0
    assert answer.url == "/accounts/login/?next=%2Fme%2Fdata%2Fdelete%2F"


def test_link_in_the_mail_shows_and_its_button_stops(client, person):
    request = asked_to_forget.ask(person)
    address = forgetting_emails.stop_address(request)

    client.get(address)
    request.refresh_from_db()
    before = request.stopped_at
    client.post(address)

    request.refresh_from_db()
    assert (before, request.stopped_at) == (None, clock.now())


def test_link_with_a_wrong_key_leads_nowhere(client, person):
    request = asked_to_forget.ask(person)

    answer = client.get(reverse("stop_forgetting", args=[request.public_id]) + "?key=x")

    assert answer.status_code == 404


# Staff


def test_staff_take_it_down_and_a_colleague_confirms_it(person):
    first, second = browser_of(CoordinatorFactory()), browser_of(CoordinatorFactory())
    page = reverse("admin:collective_person_forget", args=[person.pk])

    answer = first.post(page, {"how": "rang", "asker": "", "checked": "We rang back."})
    request = DeletionRequest.objects.get()
    second.post(reverse("admin:collective_deletionrequest_act", args=[request.pk, "confirm"]))

    request.refresh_from_db()
    assert (answer.status_code, request.confirmed_by is not None) == (302, True)


def test_request_of_before_is_begun_by_staff(person, early):
    DeletionRequest.objects.create(person=person)
    staff = browser_of(CoordinatorFactory())
    request = DeletionRequest.objects.get()

    staff.post(reverse("admin:collective_deletionrequest_act", args=[request.pk, "begin"]))

    request.refresh_from_db()
    assert request.due_at == clock.now() + A_WEEK
