from django.db import models


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
# The person may still say what should become of it.
CHANGEABLE = [State.DUE, State.APPROVED, State.DECLINED, State.GIVEN]
