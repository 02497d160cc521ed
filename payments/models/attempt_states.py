from django.db import models

from collective.safety.steps import Steps


class State(models.TextChoices):
    READY = "ready", "To be sent"
    UNKNOWN = "unknown", "No clear answer yet"
    PROCESSING = "processing", "Taken on"
    POSTED = "posted", "Left us"
    REVIEW = "review", "A person reviews it"
    REFUSED = "refused", "Refused: nothing was sent"
    FAILED = "failed", "Failed: nothing arrived"
    RETURNED = "returned", "Came back"


# Nobody knows yet whether it will go out, or has.
OPEN = [State.READY, State.UNKNOWN]
# Money of this attempt may be on its way or have arrived: there must be no second one.
LIVE = [*OPEN, State.PROCESSING, State.POSTED, State.REVIEW]

# What Stripe may say of it, once it has taken it on. We may hear of it late: the last is enough.
_HEARD = [State.PROCESSING, State.POSTED, State.FAILED, State.RETURNED]
# The steps that an attempt may take; the database refuses every other one.
STEPS: Steps = {
    State.READY: [*_HEARD, State.UNKNOWN, State.REFUSED, State.REVIEW],
    # After one unclear answer, no machine takes a "no" for an answer: people do, by a review.
    State.UNKNOWN: [*_HEARD, State.REVIEW],
    State.PROCESSING: [State.POSTED, State.FAILED, State.RETURNED, State.REVIEW],
    State.POSTED: [State.FAILED, State.RETURNED, State.REVIEW],
    # What was recorded by mistake is with the finance office as before, when two people say so.
    State.REVIEW: [*_HEARD, State.REFUSED, State.READY],
    State.REFUSED: [],
    State.FAILED: [],
    State.RETURNED: [],
}
