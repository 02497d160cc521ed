from django.urls import path

from events import views

urlpatterns = [
    path("sessions/<slug:slug>/", views.session, name="session"),
    path("sessions/<slug:slug>/sign-up/", views.sign_up, name="sign_up"),
    path("sessions/<slug:slug>/sign-up/check/", views.check_answers, name="check_answers"),
    path("registrations/<uuid:pk>/", views.registration, name="registration"),
    path(
        "registrations/<uuid:pk>/access-needs/",
        views.change_access_needs,
        name="change_access_needs",
    ),
    path("registrations/<uuid:pk>/capacity/", views.correct_capacity, name="correct_capacity"),
    path("registrations/<uuid:pk>/calendar.ics", views.calendar_file, name="calendar_file"),
    path("registrations/<uuid:pk>/give-up/", views.give_up, name="give_up"),
    path("registrations/<uuid:pk>/again/", views.sign_up_again, name="sign_up_again"),
    path("registrations/<uuid:pk>/materials/<uuid:material_pk>/", views.material, name="material"),
    path("registrations/<uuid:pk>/offer/", views.offer, name="offer"),
    path("registrations/<uuid:pk>/offer/accept/", views.accept_offer, name="accept_offer"),
    path("registrations/<uuid:pk>/offer/decline/", views.decline_offer, name="decline_offer"),
    path("conversations/<slug:slug>/", views.conversations, name="conversations"),
    path(
        "conversations/<slug:slug>/book/<uuid:pk>/",
        views.book_conversation,
        name="book_conversation",
    ),
    path(
        "conversations/<slug:slug>/book/<uuid:pk>/check/", views.check_booking, name="check_booking"
    ),
    path("conversations/<slug:slug>/other-times/", views.ask_for_time, name="ask_for_time"),
    path("other-times/<uuid:pk>/withdraw/", views.withdraw_wish, name="withdraw_wish"),
    path("bookings/<uuid:pk>/", views.booking_page, name="booking"),
    path("bookings/<uuid:pk>/move/", views.move_booking, name="move_booking"),
    path("bookings/<uuid:pk>/move/<uuid:slot_pk>/", views.move_booking_to, name="move_booking_to"),
    path("bookings/<uuid:pk>/cancel/", views.cancel_booking, name="cancel_booking"),
    path("bookings/<uuid:pk>/answers/", views.booking_answers, name="booking_answers"),
    path("bookings/<uuid:pk>/capacity/", views.booking_capacity, name="booking_capacity"),
    path("bookings/<uuid:pk>/remove/", views.forget_booking, name="forget_booking"),
    path("bookings/<uuid:pk>/calendar.ics", views.booking_calendar, name="booking_calendar"),
    path("conversations/<slug:slug>/host/", views.host, name="host"),
    path("conversations/<slug:slug>/host/days/<str:day>/", views.host_day, name="host_day"),
    path("conversations/<slug:slug>/host/times/", views.host_times, name="host_times"),
    path("conversations/<slug:slug>/host/times/weekly/", views.host_weekly, name="host_weekly"),
    path(
        "conversations/<slug:slug>/host/times/day/", views.host_single_day, name="host_single_day"
    ),
    path("conversations/<slug:slug>/host/times/day-off/", views.host_day_off, name="host_day_off"),
    path("conversations/<slug:slug>/host/times/rules/", views.host_rules, name="host_rules"),
    path(
        "conversations/<slug:slug>/host/times/<uuid:pk>/remove/",
        views.host_remove_hours,
        name="host_remove_hours",
    ),
    path(
        "conversations/<slug:slug>/host/slots/<uuid:pk>/close/",
        views.host_close_slot,
        name="host_close_slot",
    ),
    path(
        "conversations/<slug:slug>/host/slots/<uuid:pk>/open/",
        views.host_reopen_slot,
        name="host_reopen_slot",
    ),
    path(
        "conversations/<slug:slug>/host/requests/<uuid:pk>/",
        views.host_request,
        name="host_request",
    ),
    path(
        "conversations/<slug:slug>/host/requests/<uuid:pk>/done/",
        views.host_settle_request,
        name="host_settle_request",
    ),
    path(
        "conversations/<slug:slug>/host/<uuid:pk>/",
        views.host_conversation,
        name="host_conversation",
    ),
    path("conversations/<slug:slug>/host/<uuid:pk>/note/", views.host_note, name="host_note"),
    path(
        "conversations/<slug:slug>/host/<uuid:pk>/outcome/", views.host_outcome, name="host_outcome"
    ),
    path(
        "conversations/<slug:slug>/host/<uuid:pk>/outcome/undo/",
        views.host_undo_outcome,
        name="host_undo_outcome",
    ),
    path("conversations/<slug:slug>/host/<uuid:pk>/link/", views.host_link, name="host_link"),
    path(
        "conversations/<slug:slug>/host/<uuid:pk>/passed-on/",
        views.host_passed_on,
        name="host_passed_on",
    ),
    path("conversations/<slug:slug>/host/<uuid:pk>/cancel/", views.host_cancel, name="host_cancel"),
]
