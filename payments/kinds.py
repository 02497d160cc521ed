"""The kinds of messages about payments; `payments.emails` writes them."""

OFFERED = "payment_offered"
REMINDER = "payment_reminder"
SENT = "payment_sent"
FAILED = "payment_failed"
LOOKED_INTO = "payment_looked_into"
DESTINATION_CHANGED = "payout_changed"
SHORT_OF_MONEY = "payments_short"
