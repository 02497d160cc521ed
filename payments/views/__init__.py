from payments.views.account import (
    account,
    account_by_hand,
    account_keep,
    account_remove,
    account_return,
    account_start,
)
from payments.views.paper import letter, statement, tax_year
from payments.views.payments import (
    add_expense,
    arrived,
    choose,
    missing,
    payment,
    payments,
    receipt,
    withdraw_expense,
)
from payments.views.webhook import stripe_webhook

__all__ = [
    "account",
    "account_by_hand",
    "account_keep",
    "account_remove",
    "account_return",
    "account_start",
    "add_expense",
    "arrived",
    "choose",
    "letter",
    "missing",
    "payment",
    "payments",
    "receipt",
    "statement",
    "stripe_webhook",
    "tax_year",
    "withdraw_expense",
]
