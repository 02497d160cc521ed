"""What the pages and mails of a payment say is true of the state in which it is."""

import pytest
from django.urls import reverse

from collective.messages import mail
from collective.models import Activity
from collective.templatetags.collective import long_day
from payments import kinds
from payments.models import Payment
from payments.owing import choices
from tests.factories import (
    KICK_OFF,
    FinanceFactory,
    PaymentFactory,
    PayoutAccountFactory,
    SessionFactory,
)

State, Choice = Payment.State, Payment.Choice
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("late", "community")]

APPROVED = [State.SENDING, State.SENT, State.ARRIVED, State.FAILED, State.NEEDS_REVIEW]
MAY_SAY = {
    "you can choose until": lambda row: row.can_choose and not row.is_answered,
    "Change what I chose": lambda row: row.can_choose and row.is_answered,
    "You can until it is sent": lambda row: row.state in {State.DUE, State.APPROVED},
    "You can still do that": lambda row: row.state in {State.DECLINED, State.GIVEN},
    "We offered": lambda row: not row.can_choose and row.state != State.CANCELLED,
    "It should arrive by": lambda row: row.state == State.SENT,
    "We do not send it": lambda row: row.state == State.REVERSED,
    "can count for benefits": lambda row: row.state not in {State.CANCELLED, State.REVERSED},
    "There is nothing to pay": lambda row: row.state == State.CANCELLED,
}


def in_each_state(person):
    """One payment in each state, each for another session; and one that waits for its answer."""
    two = {"approved_by": FinanceFactory(), "approved_at": KICK_OFF, "method": "stripe"}
    rest = {"expected_on": KICK_OFF.date(), "person": person}
    rows = [PaymentFactory(choice="", person=person)]
    for state in State:
        said = {State.DECLINED: Choice.DECLINE, State.GIVEN: Choice.GIVE}.get(state, Choice.PAY)
        more = two if state in {*APPROVED, State.APPROVED, State.REVERSED} else {}
        rows.append(PaymentFactory(state=state, choice=said, **more, **rest))
    return rows


def test_page_of_a_payment_says_what_is_so_in_its_state(client, member):
    for payment in in_each_state(member):
        page = " ".join(client.get(payment.get_absolute_url()).content.decode().split())

        said = {words for words in MAY_SAY if words in page}
        wanted = {words for words, is_so in MAY_SAY.items() if is_so(payment)}
        # what is answered and due says both that it can be changed, and until when
        unanswered = {"You can until it is sent"} if not payment.is_answered else set()
        assert said == wanted - unanswered, payment.state
        assert "as long as you like" not in page


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (State.CANCELLED, choices.NOTHING_TO_PAY),
        (State.ARRIVED, choices.SENT),
        (State.FAILED, choices.ON_ITS_WAY),
    ],
)
def test_why_nothing_can_be_chosen_is_true_of_the_state(client, member, state, why):
    payment = next(row for row in in_each_state(member) if row.state == state)

    page = client.get(reverse("payment_choose", args=[payment.pk]), follow=True)

    assert why in page.content.decode()


def test_pages_say_the_real_title_and_mail_says_the_day(client, member, outbox):
    session = SessionFactory(title="About harm at home", neutral_name="Community session, online")
    payment = PaymentFactory(activity=session, choice="", person=member)
    mail.tell(member, kinds.OFFERED, payment)
    mail.send_due()

    pages = [payment.get_absolute_url(), reverse("payment_choose", args=[payment.pk])]
    pages += [reverse("payments"), reverse("me")]
    shown = [client.get(page).content.decode() for page in pages]
    assert all("About harm at home" in page for page in shown)
    assert not any("Community session, online" in page for page in shown)
    assert f"our session on {long_day(KICK_OFF.date())}" in outbox[-1].body
    assert "harm at home" not in outbox[-1].body + outbox[-1].subject


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("took_part", "Thank you for taking part in our session"),
        ("part", "Thank you for taking part in our session"),
        ("fell_through", "could not take place. We offer you £75 all the same."),
        ("by_hand", "We offer you £75 for our session"),
    ],
)
def test_only_somebody_who_took_part_is_thanked_for_it(member, reason, said):
    payment = PaymentFactory(choice="", person=member, reason=reason)
    mail.tell(member, kinds.OFFERED, payment)
    message = member.messages.get(kind=kinds.OFFERED)

    told = " ".join(mail.render(message, mail.letter_of(message)).split())

    assert said in told and ("Thank you" in told) == (reason in {"took_part", "part"})


@pytest.mark.parametrize("has_somewhere", [True, False])
def test_day_by_which_it_is_sent_is_said_once_we_know_where_it_goes(client, member, has_somewhere):
    if has_somewhere:
        PayoutAccountFactory(person=member)
    payment = PaymentFactory(person=member)

    page = client.get(payment.get_absolute_url()).content.decode()

    assert ("We mean to send it by" in page) == has_somewhere


@pytest.mark.parametrize("kind", Activity.Kind.values)
def test_every_kind_of_activity_has_words_for_mail(kind, member, outbox):
    payment = PaymentFactory(activity=SessionFactory(kind=kind), choice="", person=member)
    mail.tell(member, kinds.OFFERED, payment)

    mail.send_due()

    assert "taking part in our" in outbox[-1].body
