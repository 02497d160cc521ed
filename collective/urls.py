"""Addresses of the ground: signing in, settings of one's own, pages that staff write, health."""

from allauth.account import views as allauth_views
from django.urls import include, path

from collective.views import (
    devices,
    email,
    follows,
    health,
    joins,
    look,
    my_settings,
    once_more,
    pages,
    sign_in,
)

urlpatterns = [
    path("calls/<slug:slug>/follow/", follows.follow_call, name="follow_call"),
    path("activities/<slug:slug>/follow/", follows.follow_activity, name="follow_activity"),
    path("follows/<uuid:pk>/stop/", follows.stop_following, name="stop_following"),
    path("news/<uuid:pk>/<int:call_pk>/stop/", follows.stop_news, name="stop_news"),
    path("reminders/<uuid:pk>/stop/", follows.stop_reminders, name="stop_reminders"),
    path("pages/<slug:slug>/", pages.page, name="page"),
    path("look/<slug:version>.css", look.look, name="look"),
    path("look/<slug:version>.webp", look.mark, name="mark"),
    path("display/", pages.display, name="display"),
    path("me/name/", my_settings.name, name="name"),
    path("me/email/", email.change_email, name="change_email"),
    path("me/devices/", devices.devices, name="devices"),
    path("me/devices/others/", devices.sign_out_elsewhere, name="sign_out_elsewhere"),
    path("me/devices/<uuid:pk>/", devices.sign_out_there, name="sign_out_there"),
    path("email-changes/<uuid:pk>/stop/", email.stop_address_change, name="stop_address_change"),
    path("joined-records/<uuid:pk>/part/", joins.part_records, name="part_records"),
    path("me/time-zone/", my_settings.time_zone, name="time_zone"),
    path("accounts/login/", sign_in.sign_in, name="account_login"),
    path("accounts/login/code/", sign_in.code, name="code"),
    path("accounts/login/code/again/", sign_in.new_code, name="new_code"),
    path("accounts/login/own/<uuid:pk>/", sign_in.own_code, name="own_code"),
    path("accounts/logout/", allauth_views.logout, name="account_logout"),
    path("accounts/inactive/", allauth_views.account_inactive, name="account_inactive"),
    path("accounts/reauthenticate/", allauth_views.reauthenticate, name="account_reauthenticate"),
    path("once-more/", once_more.press_again, name="press_again"),
    path("once-more/<uuid:pk>/", once_more.once_more, name="once_more"),
    path("accounts/not-staff/", sign_in.not_staff, name="not_staff"),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
]
