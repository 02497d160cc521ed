from payments.models.earning import Capacity, EarnsPayment
from payments.models.expense import Expense, ExpenseKind
from payments.models.payment import Payment
from payments.models.payment_event import PaymentEvent
from payments.models.payout_account import PayoutAccount
from payments.models.payout_attempt import PayoutAttempt
from payments.models.review import Review
from payments.models.rules import ExpenseLimit, PaymentRules, UnknownMovement
from payments.models.stripe_event import StripeEvent

__all__ = [
    "Capacity",
    "EarnsPayment",
    "Expense",
    "ExpenseKind",
    "ExpenseLimit",
    "Payment",
    "PaymentEvent",
    "PaymentRules",
    "PayoutAccount",
    "PayoutAttempt",
    "Review",
    "StripeEvent",
    "UnknownMovement",
]
