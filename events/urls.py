from django.urls import path

from events.conversations.views import (
    book,
    bookings,
    conversations,
    host,
    host_conversation,
    host_times,
)
from events.sessions.views import registrations, sessions, sign_up

urlpatterns = [
    path("sessions/<slug:slug>/", sessions.session, name="session"),
    path("sessions/<slug:slug>/sign-up/", sign_up.sign_up, name="sign_up"),
    path("sessions/<slug:slug>/sign-up/check/", sign_up.check_answers, name="check_answers"),
    path("registrations/<uuid:pk>/", registrations.registration, name="registration"),
    path(
        "registrations/<uuid:pk>/access-needs/",
        registrations.change_access_needs,
        name="change_access_needs",
    ),
    path(
        "registrations/<uuid:pk>/capacity/", registrations.correct_capacity, name="correct_capacity"
    ),
    path("registrations/<uuid:pk>/calendar.ics", registrations.calendar_file, name="calendar_file"),
    path("registrations/<uuid:pk>/give-up/", registrations.give_up, name="give_up"),
    path("registrations/<uuid:pk>/take-back/", registrations.take_back, name="take_back"),
    path("registrations/<uuid:pk>/again/", registrations.sign_up_again, name="sign_up_again"),
    path(
        "registrations/<uuid:pk>/materials/<uuid:material_pk>/",
        registrations.material,
        name="material",
    ),
    path("registrations/<uuid:pk>/offer/", registrations.offer, name="offer"),
    path("registrations/<uuid:pk>/offer/accept/", registrations.accept_offer, name="accept_offer"),
    path(
        "registrations/<uuid:pk>/offer/decline/", registrations.decline_offer, name="decline_offer"
    ),
    path("conversations/<slug:slug>/", conversations.conversations, name="conversations"),
    path(
        "conversations/<slug:slug>/book/<uuid:pk>/",
        book.book_conversation,
        name="book_conversation",
    ),
    path(
        "conversations/<slug:slug>/book/<uuid:pk>/check/", book.check_booking, name="check_booking"
    ),
    path("conversations/<slug:slug>/other-times/", conversations.ask_for_time, name="ask_for_time"),
    path("other-times/<uuid:pk>/withdraw/", conversations.withdraw_wish, name="withdraw_wish"),
    path("bookings/<uuid:pk>/", bookings.booking_page, name="booking"),
    path("bookings/<uuid:pk>/move/", bookings.move_booking, name="move_booking"),
    path(
        "bookings/<uuid:pk>/move/<uuid:slot_pk>/", bookings.move_booking_to, name="move_booking_to"
    ),
    path("bookings/<uuid:pk>/cancel/", bookings.cancel_booking, name="cancel_booking"),
    path("bookings/<uuid:pk>/take-back/", bookings.take_back_booking, name="take_back_booking"),
    path("bookings/<uuid:pk>/answers/", bookings.booking_answers, name="booking_answers"),
    path("bookings/<uuid:pk>/capacity/", bookings.booking_capacity, name="booking_capacity"),
    path("bookings/<uuid:pk>/remove/", bookings.forget_booking, name="forget_booking"),
    path("bookings/<uuid:pk>/calendar.ics", bookings.booking_calendar, name="booking_calendar"),
    path("conversations/<slug:slug>/host/", host.host, name="host"),
    path("conversations/<slug:slug>/host/days/<str:day>/", host.host_day, name="host_day"),
    path("conversations/<slug:slug>/host/times/", host_times.host_times, name="host_times"),
    path(
        "conversations/<slug:slug>/host/times/weekly/", host_times.host_weekly, name="host_weekly"
    ),
    path(
        "conversations/<slug:slug>/host/times/day/",
        host_times.host_single_day,
        name="host_single_day",
    ),
    path(
        "conversations/<slug:slug>/host/times/day-off/",
        host_times.host_day_off,
        name="host_day_off",
    ),
    path("conversations/<slug:slug>/host/times/rules/", host_times.host_rules, name="host_rules"),
    path(
        "conversations/<slug:slug>/host/times/<uuid:pk>/remove/",
        host_times.host_remove_hours,
        name="host_remove_hours",
    ),
    path(
        "conversations/<slug:slug>/host/slots/<uuid:pk>/close/",
        host_times.host_close_slot,
        name="host_close_slot",
    ),
    path(
        "conversations/<slug:slug>/host/slots/<uuid:pk>/open/",
        host_times.host_reopen_slot,
        name="host_reopen_slot",
    ),
    path(
        "conversations/<slug:slug>/host/requests/<uuid:pk>/",
        host_times.host_request,
        name="host_request",
    ),
    path(
        "conversations/<slug:slug>/host/requests/<uuid:pk>/done/",
        host_times.host_settle_request,
        name="host_settle_request",
    ),
    path(
        "conversations/<slug:slug>/host/<uuid:pk>/",
        host_conversation.host_conversation,
        name="host_conversation",
    ),
    path(
        "conversations/<slug:slug>/host/<uuid:pk>/note/",
        host_conversation.host_note,
        name="host_note",
    ),
    path(
        "conversations/<slug:slug>/host/<uuid:pk>/outcome/",
        host_conversation.host_outcome,
        name="host_outcome",
    ),
    path(
        "conversations/<slug:slug>/host/<uuid:pk>/outcome/undo/",
        host_conversation.host_undo_outcome,
        name="host_undo_outcome",
    ),
    path(
        "conversations/<slug:slug>/host/<uuid:pk>/link/",
        host_conversation.host_link,
        name="host_link",
    ),
    path(
        "conversations/<slug:slug>/host/<uuid:pk>/passed-on/",
        host_conversation.host_passed_on,
        name="host_passed_on",
    ),
    path(
        "conversations/<slug:slug>/host/<uuid:pk>/cancel/",
        host_conversation.host_cancel,
        name="host_cancel",
    ),
]
