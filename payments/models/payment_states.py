from django.db import models

from collective.safety.steps import Steps


class State(models.TextChoices):
    DUE = "due", "Due"
    APPROVED = "approved", "Approved"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    ARRIVED = "arrived", "Arrived"
    DECLINED = "declined", "Declined"
    GIVEN = "given", "Given to the fund"
    CANCELLED = "cancelled", "Cancelled"
    FAILED = "failed", "Failed: details to mend"
    NEEDS_REVIEW = "needs_review", "Needs review"
    REVERSED = "reversed", "Reversed"


class Choice(models.TextChoices):
    """What the person chose, privately."""

    NONE = "", "Not answered yet"
    PAY = "pay", "Pay me"
    SMALLER = "smaller", "A smaller amount"
    DECLINE = "decline", "Decline"
    GIVE = "give", "Give it to the community's fund"
    NOT_SURE = "not_sure", "Not sure yet"


# The steps that a payment may take; the database refuses every other one.
STEPS: Steps = {
    # The person chooses, what was earned is undone, or two people say yes.
    State.DUE: [State.DECLINED, State.GIVEN, State.CANCELLED, State.APPROVED],
    State.DECLINED: [State.DUE, State.GIVEN, State.CANCELLED],
    State.GIVEN: [State.DUE, State.DECLINED, State.CANCELLED],
    # Earned once more: it comes back with the choice that was made.
    State.CANCELLED: [State.DUE, State.DECLINED, State.GIVEN],
    # Something else is chosen, or the approval is taken back; else it is sent.
    State.APPROVED: [State.DUE, State.SENDING],
    # A clear no makes it wait, approved, as before. It has arrived at once where somebody said so
    # before it was lost and found.
    State.SENDING: [
        State.SENT,
        State.ARRIVED,
        State.APPROVED,
        State.FAILED,
        State.NEEDS_REVIEW,
    ],
    State.SENT: [State.ARRIVED, State.FAILED, State.NEEDS_REVIEW],
    State.ARRIVED: [State.SENT, State.FAILED, State.NEEDS_REVIEW],
    # Stripe's list holds it after all, two people settle it, or Stripe says that it came back.
    State.NEEDS_REVIEW: [
        State.SENDING,
        State.SENT,
        State.APPROVED,
        State.REVERSED,
        State.FAILED,
    ],
    # The details are mended: it goes out again without asking two people anew.
    State.FAILED: [State.APPROVED],
    State.REVERSED: [],
}

# Not approved, or not any more.
OPEN = [State.DUE, State.DECLINED, State.GIVEN, State.CANCELLED]
# Nothing is owed any more, and nothing was paid.
ENDED = [State.CANCELLED, State.REVERSED]
# Two people have said yes to it.
COMMITTED = [
    State.APPROVED,
    State.SENDING,
    State.SENT,
    State.ARRIVED,
    State.FAILED,
    State.NEEDS_REVIEW,
    State.REVERSED,
]
ON_THE_WAY = [State.APPROVED, State.SENDING, State.FAILED, State.NEEDS_REVIEW]
PAID = [State.SENT, State.ARRIVED]
# It is owed, and has not been sent.
OWED = [State.DUE, *ON_THE_WAY]
# The person may still say what should become of it.
CHANGEABLE = [State.DUE, State.APPROVED, State.DECLINED, State.GIVEN]
