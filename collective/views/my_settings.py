from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from collective.models import Person
from collective.pages.forms import NameForm, TimeZoneForm
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
