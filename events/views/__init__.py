from events.views.book import book_conversation, check_booking
from events.views.bookings import (
    booking_answers,
    booking_calendar,
    booking_capacity,
    booking_page,
    cancel_booking,
    forget_booking,
    move_booking,
    move_booking_to,
)
from events.views.conversations import ask_for_time, conversations, withdraw_wish
from events.views.host import (
    host,
    host_cancel,
    host_conversation,
    host_day,
    host_link,
    host_note,
    host_outcome,
    host_passed_on,
    host_undo_outcome,
)
from events.views.host_times import (
    host_close_slot,
    host_day_off,
    host_remove_hours,
    host_reopen_slot,
    host_request,
    host_rules,
    host_settle_request,
    host_single_day,
    host_times,
    host_weekly,
)
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
    "accept_offer", "ask_for_time", "book_conversation", "booking_answers", "booking_calendar", "booking_capacity",
    "booking_page", "calendar_file", "cancel_booking", "change_access_needs", "check_answers", "check_booking",
    "conversations", "correct_capacity", "decline_offer", "forget_booking", "give_up", "host", "host_cancel",
    "host_close_slot", "host_conversation", "host_day", "host_day_off", "host_link", "host_note", "host_outcome",
    "host_passed_on", "host_remove_hours", "host_reopen_slot", "host_request", "host_rules", "host_settle_request",
    "host_single_day", "host_times", "host_undo_outcome", "host_weekly", "material", "move_booking",
    "move_booking_to", "offer", "registration", "session", "sign_up", "sign_up_again", "withdraw_wish",
]  # fmt: skip
