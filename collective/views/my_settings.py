from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from collective.models import Person
from collective.pages.forms import MailSettingsForm, NameForm, StaffMailSettingsForm, TimeZoneForm
from collective.people.access import next_path
from collective.people.requests import MemberRequest
from collective.typed.worded import asks


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@asks(NameForm)
def name(request: MemberRequest) -> HttpResponse:
    """What should we call you?"""
    form = NameForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect(next_path(request) or "me")
    request.user.refresh_from_db()  # a refused name must not show in the page's frame
    return render(request, "collective/name.html", {"form": form, "next": next_path(request)})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mail_settings(request: MemberRequest) -> HttpResponse:
    """News and reminders can be off; booked, offered and joining always come."""
    kind = StaffMailSettingsForm if request.user.is_staff else MailSettingsForm
    data = request.POST if request.method == "POST" else None  # nothing ticked is an answer too
    form = kind(data, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "We have saved your mail settings.")
        return redirect("me")
    return render(request, "collective/mail_settings.html", {"form": form})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@asks(TimeZoneForm)
def time_zone(request: MemberRequest) -> HttpResponse:
    """In which time zone I read times."""
    form = TimeZoneForm(
        request.POST or None, initial={"time_zone": request.user.time_zone or "Europe/London"}
    )
    if request.method == "POST" and form.is_valid():
        Person.objects.filter(pk=request.user.pk).update(time_zone=form.cleaned_data["time_zone"])
        messages.success(request, "We show times in that time zone from now on.")
        return redirect(next_path(request) or "me")
    return render(request, "collective/time_zone.html", {"form": form, "next": next_path(request)})
