"""Payments of two records of one person: all of them move; where money goes, the kept record's own stands."""

from collective.errors import RuleError
from collective.models import Person
from payments.models import Payment, PayoutAccount
from payments.models.payment_states import COMMITTED


def preview(kept, gone):
    """Sentences: how many payments move, and where money goes afterwards."""
    number = Payment.objects.filter(person=gone).count()
    lines = [f"{number} {'payment moves' if number == 1 else 'payments move'}."] if number else []
    if PayoutAccount.objects.filter(person=gone).exists():
        both = PayoutAccount.objects.filter(person=kept).exists()
        lines.append("Both have said where money goes; that of the kept record stands." if both else
                     "Where money goes moves too.")  # fmt: skip
    return lines


def join(kept, gone):
    """Move the payments and, where the kept record has none, where money goes; returns what `undo` needs.

    Raises RuleError where somebody would have confirmed or approved a payment of their own.
    """
    list(Person.objects.filter(pk__in=[kept.pk, gone.pk]).order_by("pk").select_for_update(no_key=True))
    rows = list(Payment.objects.filter(person=gone).order_by("pk").select_for_update(no_key=True, of=("self",)))
    for row in rows:
        if row.state in COMMITTED and kept.pk in {row.confirmed_by_id, row.approved_by_id}:
            raise RuleError(f"{kept} has confirmed or approved {row.reference}, a payment of the other record.")
        row.confirmed_by_id = None if row.confirmed_by_id == kept.pk else row.confirmed_by_id
        row.person = kept
        row.save()
        row.note("moved")
    account = None
    if not PayoutAccount.objects.filter(person=kept).exists():
        account = PayoutAccount.objects.filter(person=gone).first()
        PayoutAccount.objects.filter(person=gone).update(person=kept)
    moved = [str(row.pk) for row in rows]
    return {"payments": moved, "account": account and str(account.pk), "about": moved}


def is_clear(gone):
    """Is no payment left with the emptied record?"""
    return not Payment.objects.filter(person=gone).exists()


def undo(kept, gone, moved):
    """Each record has its own payments again."""
    rows = Payment.objects.filter(pk__in=moved["payments"], person=kept)
    for row in rows.order_by("pk").select_for_update(no_key=True, of=("self",)):
        row.person = gone
        row.save()
        row.note("moved")
    PayoutAccount.objects.filter(pk=moved["account"], person=kept).update(person=gone)
    return []
