"""Statements and letters as PDF/UA-1.

Of one payment, of a tax year, and a letter for a Jobcentre or an adviser.

typst writes them, and its compiler refuses what is not PDF/UA. Text goes in as JSON data, never as
markup.
"""

import json
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import typst
from django.utils import timezone

from collective import clock
from collective.models import Community, Person
from collective.templatetags.collective import long_day, pounds
from payments.models import Payment, PaymentRules
from payments.models.payment_states import PAID

FOLDER = Path(__file__).parent / "paper"
# What Libertinus Serif has, which typst brings along; and common signs.
SCRIPTS = ("LATIN", "GREEK", "CYRILLIC", "HEBREW")
SIGNS = "£€–—‘’“”…·°é "


def of_payment(payment: Payment) -> bytes:
    """The statement of one payment that was sent."""
    return _written(
        "statement", "Statement of a payment", facts=facts(payment), expenses=expense_rows(payment)
    )


def of_tax_year(person: Person, first: int) -> bytes:
    """Everything that arrived in the tax year which begins on 6 April of this year (gov.uk)."""
    rows = in_tax_year(person, first)
    lines = [
        [
            _sent_on(row),
            row.reference,
            row.activity.neutral_name,
            pounds(row.taken_pence),
            pounds(row.expenses_pence),
        ]
        for row in rows
    ]
    pay, expenses = sum(row.taken_pence for row in rows), sum(row.expenses_pence for row in rows)
    return _written(
        "year",
        f"Payments from 6 April {first} to 5 April {first + 1}",
        name=str(person),
        lines=lines,
        totals=[pounds(pay) or "£0", pounds(expenses) or "£0"],
    )


def letter(official_name: str, payments: Iterable[Payment]) -> bytes:
    """A letter that somebody shows to a Jobcentre or an adviser.

    The official name is asked for and not kept.
    """
    lines = [
        [
            long_day(row.happened_on),
            row.activity.neutral_name,
            pounds(row.taken_pence),
            pounds(row.expenses_pence),
            _sent_on(row),
        ]
        for row in payments
    ]
    return _written(
        "letter", "About taking part, and payments for it", name=official_name, lines=lines
    )


def _sent_on(payment: Payment) -> str:
    return long_day(timezone.localdate(payment.sent_at)) if payment.sent_at else ""


def in_tax_year(person: Person, first: int) -> list[Payment]:
    """Payments of theirs that were sent in this tax year.

    What was declined or given was never theirs.
    """
    paid = Payment.objects.filter(person=person, state__in=PAID, sent_at__isnull=False)
    rows = paid.select_related("activity").order_by("sent_at")
    return [row for row in rows if row.sent_at and tax_year(row.sent_at) == first]


def tax_years(person: Person) -> list[int]:
    """The tax years in which something was sent to them, the newest first."""
    paid = Payment.objects.filter(person=person, state__in=PAID)
    moments = paid.order_by().values_list("sent_at", flat=True)
    return sorted({tax_year(moment) for moment in moments if moment}, reverse=True)


def tax_year(moment: datetime) -> int:
    """The year in which the tax year of this moment begins: it runs from 6 April to 5 April."""
    day = timezone.localdate(moment)
    return day.year if day >= date(day.year, 4, 6) else day.year - 1


def facts(payment: Payment) -> list[tuple[str, str]]:
    """[(what, words)] of a statement, on the page and on paper."""
    pay = "" if payment.fee_pence is None else pounds(payment.taken_pence)
    expenses = pounds(payment.expenses_pence) if payment.expenses_pence else ""
    rows = [
        ("Paid to", str(payment.person)),
        ("Reference", payment.reference),
        ("For", payment.activity.neutral_name),
        ("On", long_day(payment.happened_on)),
        ("Payment for taking part" if payment.is_for_taking_part else "Payment", pay),
        ("Expenses paid back (not pay)", expenses),
        ("Sent altogether", pounds(payment.amount_pence)),
        ("Sent on", _sent_on(payment)),
        ("Should arrive by", long_day(payment.expected_on)),
        ("How it was sent", payment.get_method_display()),
    ]
    return [(what, words) for what, words in rows if words]


def expense_rows(payment: Payment) -> list[list[str]]:
    """[[kind, what, amount]] of what is paid back."""
    return [
        [row.get_kind_display(), row.what, pounds(row.amount_pence)]
        for row in payment.expenses.accepted()
    ]


def payer() -> tuple[str, str]:
    """(name, how to reach them) of the organisation that pays."""
    rules, community = PaymentRules.current(), Community.current()
    contact = rules.payer_contact or "\n".join(filter(None, [community.phone, community.reply_to]))
    return rules.payer_name or community.name, contact


def _written(template: str, title: str, **data: Any) -> bytes:
    name, contact = payer()
    today = long_day(timezone.localdate(clock.now()))
    data |= {"title": title, "payer": name, "contact": contact, "today": today}
    try:
        return _compiled(template, json.dumps(data))
    except typst.TypstError:  # a letter that no font here has: PDF/UA refuses the whole page
        return _compiled(template, json.dumps(_readable(data)))


def _readable(value: Any) -> Any:
    """The same JSON with "?" for letters that our fonts lack, and without control characters."""
    if isinstance(value, str):
        return "".join(letter if _has_glyph(letter) else "?" for letter in value)
    if isinstance(value, dict):
        return {key: _readable(inner) for key, inner in value.items()}
    return [_readable(inner) for inner in value] if isinstance(value, list | tuple) else value


def lacking(text: str) -> str:
    """The letters of this text that our paper cannot print, each once."""
    return "".join(dict.fromkeys(letter for letter in text if not _has_glyph(letter)))


def _has_glyph(letter: str) -> bool:
    """Can our paper print it?"""
    if letter == "\n":
        return True
    is_ours = letter.isascii() or letter in SIGNS
    is_ours = is_ours or unicodedata.name(letter, "").startswith(SCRIPTS)
    return is_ours and ord(letter) < 0x2100 and letter.isprintable()


def _compiled(template: str, data: str) -> bytes:
    return typst.compile(
        str(FOLDER / f"{template}.typ"),
        root=str(FOLDER),
        format="pdf",
        pdf_standards=["ua-1"],
        sys_inputs={"data": data},
        ignore_system_fonts=True,
    )
