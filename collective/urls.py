from allauth.account import views as allauth_views
from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from collective import views

urlpatterns = [
    path("", views.home, name="home"),
    path("calls/<slug:slug>/", views.call, name="call"),
    path("calls/<slug:slug>/follow/", views.follow_call, name="follow_call"),
    path("activities/<slug:slug>/follow/", views.follow_activity, name="follow_activity"),
    path("follows/<uuid:pk>/stop/", views.stop_following, name="stop_following"),
    path("reminders/<uuid:pk>/stop/", views.stop_reminders, name="stop_reminders"),
    path("pictures/<uuid:pk>/", views.picture, name="picture"),
    path("pages/<slug:slug>/", views.page, name="page"),
    path("look/<slug:version>.css", views.look, name="look"),
    path("look/<slug:version>.webp", views.mark, name="mark"),
    path("display/", views.display, name="display"),
    path("me/", views.me, name="me"),
    path("me/name/", views.name, name="name"),
    path("me/email/", views.change_email, name="change_email"),
    path("me/mail/", views.mail_settings, name="mail_settings"),
    path("me/time-zone/", views.time_zone, name="time_zone"),
    path("me/data/", views.data, name="data"),
    path("me/data/download/", views.download, name="download"),
    path("me/data/delete/", views.ask_to_delete, name="ask_to_delete"),
    path("", include("events.urls")),
    path("", include("payments.urls")),
    path("", include("policy_drafts.urls")),
    path("accounts/login/", views.sign_in, name="account_login"),
    path("accounts/login/code/", views.code, name="code"),
    path("accounts/login/code/again/", views.new_code, name="new_code"),
    path("accounts/logout/", allauth_views.logout, name="account_logout"),
    path("accounts/inactive/", allauth_views.account_inactive, name="account_inactive"),
    path("accounts/reauthenticate/", allauth_views.reauthenticate, name="account_reauthenticate"),
    path("accounts/not-staff/", views.not_staff, name="not_staff"),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("admin/", admin.site.urls),
    path("health/live", views.live, name="live"),
    path("health/ready", views.ready, name="ready"),
]
handler400 = "collective.views.errors.bad_request"
handler403 = "collective.views.errors.forbidden"
handler404 = "collective.views.errors.not_found"
handler500 = "collective.views.errors.server_error"

if settings.DEBUG:
    urlpatterns.append(path("dev/", include("dev.urls")))
