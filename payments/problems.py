"""What went wrong with a payment, in plain words: what the person reads, and what staff do next.

The keys are Stripe's (`status_details.reason`, error codes); nobody is shown one of them. They
stay in the rows, where somebody who asks Stripe's support finds them.
"""

import re

CLOSED = "The bank says that this account is closed."
NOT_FOUND = "The bank does not find this account. One of the numbers may be wrong."
NOT_SET_UP = "The bank account that was given is not set up to be paid to any more."
TOO_MUCH = "The bank does not let so much money into this account at once."
WORDS = {
    "payout_method_closed": CLOSED,
    "payout_method_canceled_by_customer": CLOSED,
    "payout_method_does_not_exist": NOT_FOUND,
    "outbound_payment_payout_method_does_not_exist": NOT_FOUND,
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
    "payout_method_restricted": "The bank does not let money into this account at the moment.",
    "payout_method_declined": "The bank did not take the payment.",
    "payout_method_expired": "The card or account that we were given has expired.",
    "payout_method_unsupported": "Payments like ours cannot go to this kind of account.",
    "payout_method_currency_unsupported": "This account does not take pounds.",
    "payout_method_amount_limit_exceeded": TOO_MUCH,
    "payout_method_usage_frequency_limit_exceeded": (
        "The bank lets no more payments into this account at the moment."
    ),
    "invalid_payout_method": NOT_SET_UP,
    "payout_method_disabled": NOT_SET_UP,
    "payout_method_archived": NOT_SET_UP,
    "recipient_feature_not_active": NOT_SET_UP,
}
OTHERWISE = "We could not pay into the bank account that we were given."
# What only staff read: why Stripe said no where it is not the person's account.
FOR_STAFF = {
    "review_rejected": "Stripe looked at it and said no. Ask Stripe's support why.",
    "under_review": "Stripe looks at it before it goes out. Wait for that.",
    "recalled": "It was called back. Ask Stripe's support by whom.",
    "fx_rate_drift_exceeded_after_review": "The exchange rate changed while Stripe looked at it.",
    "unknown_failure": "Stripe does not say why. Ask Stripe's support.",
    "insufficient_funds": "There is too little money at Stripe. Top it up.",
    "api_key_expired": "Stripe does not take our key any more. Whoever runs the server renews it.",
    "secret_key_required": "Stripe does not take our key. Whoever runs the server looks at it.",
    "account_invalid": "Stripe does not let our account pay. Look at Stripe's dashboard.",
    "feature_not_enabled": "Stripe has not turned payouts on for us. Look at Stripe's dashboard.",
    "amount_too_large": "It is more than Stripe sends at once.",
    "amount_too_small": "It is less than Stripe sends.",
    "rate_limit": "We asked Stripe too often in a moment.",
    "lock_timeout": "Stripe was busy with the same payment.",
    "idempotency_key_in_use": "Stripe was still at work on the same payment.",
}
REFUSED = "Stripe refused it for a reason that we have no words for. Look at Stripe's dashboard."
NO_ANSWER = "Stripe gave no clear answer."
ASK_THEM = "We asked them to put it right on their own page. If that is hard, pay by hand instead."
RING_THEM = "Ring them: is there another account, or do they want to be paid by hand?"
CODE = re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b")
NAME_OF_AN_ERROR = re.compile(r"\b[A-Z]\w*(?:Error|Timeout|Exception)\b")


def words(problem: str) -> str:
    """A sentence for the person; a general one for a reason that we do not know."""
    return WORDS.get(problem, OTHERWISE)


def next_step(*, is_for_staff_to_note: bool) -> str:
    """What staff do about a payment that failed: they wait for the person, or ring."""
    return RING_THEM if is_for_staff_to_note else ASK_THEM


def of_code(code: str) -> str:
    """A sentence for staff for a code of Stripe's; "" where there is none."""
    return {**WORDS, **FOR_STAFF}.get(code, REFUSED) if code else ""


def for_staff(said: str) -> str:
    """What stands in a row about a sending, in words: what Stripe answered, or a colleague wrote.

    What colleagues and we wrote stays as it is.
    """
    if code := CODE.search(said):
        return of_code(code.group())
    return NO_ANSWER if NAME_OF_AN_ERROR.search(said) else said
