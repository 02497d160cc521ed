"""What went wrong with a payment, in plain words.

The keys are Stripe's (`status_details.reason`, error codes).
"""

CLOSED = "The bank says that this account is closed."
NOT_FOUND = "The bank does not find this account. One of the numbers may be wrong."
WORDS = {
    "payout_method_closed": CLOSED,
    "payout_method_canceled_by_customer": CLOSED,
    "payout_method_does_not_exist": NOT_FOUND,
    "payout_method_invalid_account_number": NOT_FOUND,
    "payout_method_holder_name_incorrect": (
        "The name on the account is not the name that we were given."
    ),
    "payout_method_holder_details_incorrect": (
        "The bank has other details for this account than we were given."
    ),
    "payout_method_holder_address_incorrect": (
        "The bank has another address for this account than we were given."
    ),
    "payout_method_restricted": ("The bank does not let money into this account at the moment."),
    "payout_method_declined": "The bank did not take the payment.",
    "payout_method_expired": "The card or account that we were given has expired.",
}
OTHERWISE = "We could not pay into the bank account that we were given."


def words(problem: str) -> str:
    """A sentence for the person; a general one for a reason that we do not know."""
    return WORDS.get(problem, OTHERWISE)
