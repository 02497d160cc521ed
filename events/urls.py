from django.urls import path

from events import views

urlpatterns = [
    path("sessions/<slug:slug>/", views.session, name="session"),
    path("sessions/<slug:slug>/sign-up/", views.sign_up, name="sign_up"),
    path("sessions/<slug:slug>/sign-up/check/", views.check_answers, name="check_answers"),
    path("registrations/<uuid:pk>/", views.registration, name="registration"),
    path("registrations/<uuid:pk>/access-needs/", views.change_access_needs, name="change_access_needs"),
    path("registrations/<uuid:pk>/capacity/", views.correct_capacity, name="correct_capacity"),
    path("registrations/<uuid:pk>/calendar.ics", views.calendar_file, name="calendar_file"),
    path("registrations/<uuid:pk>/give-up/", views.give_up, name="give_up"),
    path("registrations/<uuid:pk>/again/", views.sign_up_again, name="sign_up_again"),
    path("registrations/<uuid:pk>/materials/<uuid:material_pk>/", views.material, name="material"),
    path("registrations/<uuid:pk>/offer/", views.offer, name="offer"),
    path("registrations/<uuid:pk>/offer/accept/", views.accept_offer, name="accept_offer"),
    path("registrations/<uuid:pk>/offer/decline/", views.decline_offer, name="decline_offer"),
]
