"""What the messages about payments say.

Their subjects tell nothing, their words name the day and not the title, as others may look on, and
no label tells staff what was chosen.
"""

from dataclasses import replace
from typing import Any

from collective.messages import addresses, mail
from collective.messages.mail import Letter
from collective.models import Activity, Message
from collective.templatetags.collective import long_day
from payments import kinds
from payments.models import Payment, PaymentRules, PayoutAccount
from payments.models.payment_states import PAID, State
from payments.owing import statements

BECAUSE = "it is about a payment of yours"
WHAT_IT_WAS: dict[str, str] = {
    Activity.Kind.SESSION: "our session",
    Activity.Kind.IN_PERSON: "our session",
    Activity.Kind.CONVERSATION: "our conversation",
    Activity.Kind.OWN_TIME: "our work together",
}
CHOICE_OPEN = "You can still choose: a reminder"
LABEL = "About a payment"
PRIVATE_TO = "payments.view_payment"
# Where staff note what somebody answers on the phone.
STAFF_PAGES = {
    "offered": "payments_payment_choice",
    "reminder": "payments_payment_choice",
    "sent": "",
    "looked_into": "",
    "not_paid": "",
    "noted": "",
    "not_taken": "",
    "taken_away": "",
    "failed": "payments_payment_by_hand_account",
}


# Where a payment stands of which it is so that nobody has paid it.
NOT_PAID_YET = {State.DUE, State.APPROVED, State.SENDING, State.REVERSED}


def _payment(message: Message) -> Payment:
    rows = Payment.objects.select_related("activity__call", "person")
    return rows.get(pk=message.about)


def _letter(payment: Payment, subject: str, template: str, **more: Any) -> Letter:
    links = {
        "payment": payment,
        "what": f"{WHAT_IT_WAS[payment.activity.kind]} on {long_day(payment.happened_on)}",
        "call": payment.activity.call,
        "page": addresses.full_reverse("payment", payment.pk),
        "account_page": addresses.full_reverse("payout_account"),
        "support": addresses.full_reverse("page", "support"),
    }
    staff_page = STAFF_PAGES[template] if payment.is_for_staff_to_note else ""
    return Letter(
        subject,
        f"payments/email/{template}.html",
        {**links, **more},
        row=payment,
        staff_page=staff_page,
    )


@mail.kind(kinds.OFFERED, LABEL, private_to=PRIVATE_TO)
def payment_offered(message: Message) -> Letter | None:
    payment = _payment(message)
    if payment.state != State.DUE or payment.is_answered:
        return None
    return _letter(payment, "There is one thing to choose", "offered")


@mail.kind(kinds.REMINDER, LABEL, private_to=PRIVATE_TO)
def payment_reminder(message: Message) -> Letter | None:
    payment = _payment(message)
    person, is_open = payment.person, payment.state == State.DUE and not payment.is_answered
    if not is_open or not person.wants_reminders:
        return None
    stop, is_last = addresses.stop_reminders(person), message.revision == "3"
    letter = _letter(payment, CHOICE_OPEN, "reminder", stop=stop, is_last=is_last)
    return replace(letter, one_click_stop=stop)


@mail.kind(kinds.NOTED, LABEL, private_to=PRIVATE_TO, protects=True)
def payment_noted(message: Message) -> Letter | None:
    """A colleague noted what they would like: they hear of it, in case it was not them."""
    payment = _payment(message)
    if payment.noted_by is None:
        return None
    letter = _letter(payment, "What we noted for you", "noted")
    return replace(letter, row=None)  # whoever rings need not see the payment


@mail.kind(kinds.NOT_TAKEN, LABEL, private_to=PRIVATE_TO)
def payment_not_taken(message: Message) -> Letter | None:
    """A receipt for somebody who gave it up, while that is what they want."""
    payment = _payment(message)
    last = payment.choices_said[-1] if payment.choices_said else None
    if last is None or str(last.pk) != message.revision or not payment.can_choose:
        return None
    return _letter(payment, "We have noted what you chose", "not_taken")


@mail.kind(kinds.TAKEN_AWAY, LABEL, private_to=PRIVATE_TO)
def payment_taken_away(message: Message) -> Letter | None:
    """Not if it has come back meanwhile, and only the newest."""
    payment = _payment(message)
    if payment.state != State.CANCELLED or not message.is_newest:
        return None
    return replace(
        _letter(payment, "We changed something that we had noted", "taken_away"), row=None
    )


@mail.kind(kinds.SENT, LABEL, private_to=PRIVATE_TO)
def payment_sent(message: Message) -> Letter | None:
    """With the statement as a file; not if it has come back meanwhile."""
    payment = _payment(message)
    if payment.state not in PAID or not message.is_newest:
        return None
    attempt = payment.attempts.live().first()
    letter = _letter(payment, "Your statement, to keep", "sent", attempt=attempt)
    if message.channel != message.Channel.EMAIL:
        return replace(letter, row=None)  # whoever rings need not see the payment
    letter.attachments.append(("statement.pdf", statements.of_payment(payment), "application/pdf"))
    return letter


@mail.kind(kinds.NOT_PAID, LABEL, private_to=PRIVATE_TO)
def payment_not_paid(message: Message) -> Letter | None:
    """We had told them by mistake that it was sent; not if nobody was told, or it is sent now."""
    payment = _payment(message)
    told = Message.objects.filter(person=message.person, kind=kinds.SENT, about=message.about)
    was_told = told.filter(state=Message.State.SENT, created_at__lte=message.created_at).exists()
    if not was_told or payment.state not in NOT_PAID_YET:
        return None
    is_over = payment.state == State.REVERSED
    return _letter(payment, "A correction from us", "not_paid", is_over=is_over)


@mail.kind(kinds.FAILED, LABEL, private_to=PRIVATE_TO)
def payment_failed(message: Message) -> Letter | None:
    payment = _payment(message)
    if payment.state != State.FAILED:
        return None
    return _letter(payment, "Please check one thing on your page", "failed")


@mail.kind(kinds.LOOKED_INTO, LABEL, private_to=PRIVATE_TO)
def payment_looked_into(message: Message) -> Letter:
    """Two people have looked into it: their own page says what came of it."""
    return _letter(_payment(message), "We have looked into it", "looked_into")


@mail.kind(kinds.DESTINATION_CHANGED, LABEL, private_to=PRIVATE_TO, protects=True)
def payout_changed(message: Message) -> Letter:
    account = PayoutAccount.objects.select_related("person", "changed_by").get(pk=message.about)
    context = {
        "account": account,
        "by": account.set_by_staff,
        "account_page": addresses.full_reverse("payout_account"),
    }
    return Letter(
        "A change on your page", "payments/email/payout_changed.html", context, row=account
    )


@mail.kind(kinds.DESTINATION_REMOVED, LABEL, private_to=PRIVATE_TO, protects=True)
def payout_removed(message: Message) -> Letter:
    """A receipt: what was removed is gone here, so the mail names no detail of it."""
    page = addresses.full_reverse("payout_account")
    template = "payments/email/payout_removed.html"
    return Letter("A change on your page", template, {"account_page": page})


@mail.kind(kinds.SHORT_OF_MONEY, LABEL, because="you approve payments")
def payments_short(message: Message) -> Letter | None:
    """For people who approve payments: once for each shortage."""
    if PaymentRules.current().short_of_money_since is None:
        return None
    context = {"board": addresses.full_reverse("admin:payments")}
    return Letter("Money is missing at Stripe", "payments/email/short.html", context)
