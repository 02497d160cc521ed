"""What a person answered, corrected later: the payment and what staff arrange follow."""

from typing import Unpack

from django.db import transaction

from collective.errors import RuleError
from collective.models import Person
from events.models import Registration
from events.models.answers import Answers
from events.sessions import access_needs
from events.sessions.messages import telling
from payments.owing import offering


@transaction.atomic
def change(registration: Registration, **answers: Unpack[Answers]) -> Registration:
    """Correct what was answered. Raises RuleError when it is over."""
    session, registration = registration.locked()
    if session.has_ended or not registration.is_live:
        raise RuleError("This is over, so the answers can no longer be changed. Please call us.")
    told_before = registration.companion_email
    for name, value in answers.items():
        setattr(registration, name, value)
    registration.save(update_fields=[*answers])
    offering.settle(registration, None)
    access_needs.record(registration, session)
    telling.tell_new_companion(registration, session, told_before)
    return registration


@transaction.atomic
def correct_capacity(registration: Registration, capacity: str, by: Person) -> Registration:
    """Say anew in which capacity they take part, also afterwards; the payment follows.

    Raises RuleError once it is approved.
    """
    _, registration = registration.locked()
    if registration.capacity == capacity:
        return registration
    if not registration.is_live or not registration.can_correct_capacity:
        raise RuleError(
            "The payment is approved already, so this can no longer be changed here. Please call "
            "us."
        )
    registration.capacity = capacity
    registration.save(update_fields=["capacity"])
    offering.settle(registration, by)
    return registration
