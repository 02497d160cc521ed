from events.views.registrations import (
    accept_offer,
    calendar_file,
    change_access_needs,
    correct_capacity,
    decline_offer,
    give_up,
    material,
    offer,
    registration,
    sign_up_again,
)
from events.views.sessions import session
from events.views.sign_up import check_answers, sign_up

__all__ = [
    "accept_offer", "calendar_file", "change_access_needs", "check_answers", "correct_capacity", "decline_offer",
    "give_up", "material", "offer", "registration", "session", "sign_up", "sign_up_again",
]  # fmt: skip
