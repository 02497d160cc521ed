"""Every address: the roof's own, then each app's."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from portal.views import calls, forgetting, mail_settings, members, metrics, my_data, robots

urlpatterns = [
    path("", calls.home, name="home"),
    path("calls/<slug:slug>/", calls.call, name="call"),
    path("pictures/<uuid:pk>/", calls.picture, name="picture"),
    path("metrics", metrics.metrics, name="metrics"),
    path("robots.txt", robots.robots, name="robots"),
    path("me/", members.me, name="me"),
    path("me/mail/", mail_settings.mail_settings, name="mail_settings"),
    path("me/data/", my_data.data, name="data"),
    path("me/data/download/", my_data.download, name="download"),
    path("me/data/delete/", forgetting.ask_to_delete, name="ask_to_delete"),
    path("me/data/delete/again/", forgetting.sign_in_again, name="sign_in_again"),
    path("me/data/delete/<uuid:pk>/stop/", forgetting.stop_forgetting, name="stop_forgetting"),
    path("", include("collective.urls")),
    path("", include("events.urls")),
    path("", include("payments.urls")),
    path("", include("policy_drafts.urls")),
    path("admin/", admin.site.urls),
]
handler400 = "portal.views.errors.bad_request"
handler403 = "portal.views.errors.forbidden"
handler404 = "portal.views.errors.not_found"
handler429 = "portal.views.errors.too_many"  # django-allauth asks for it, Django does not
handler500 = "portal.views.errors.server_error"

if settings.DEBUG:
    urlpatterns.append(path("dev/", include("dev.urls")))
