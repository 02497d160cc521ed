from django.urls import path

from dev import views

urlpatterns = [
    path("", views.start, name="dev_start"),
    path("mail/", views.mail, name="dev_mail"),
    path("mail/<str:name>/", views.one_mail, name="dev_one_mail"),
]
