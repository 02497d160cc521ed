from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from collective.pages.forms import MailSettingsForm, StaffMailSettingsForm
from collective.people.requests import MemberRequest
from collective.typed.worded import asks
from portal import my_follows


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@asks(MailSettingsForm)
def mail_settings(request: MemberRequest) -> HttpResponse:
    """News and reminders can be off; booked, offered and joining always come."""
    kind = StaffMailSettingsForm if request.user.is_staff else MailSettingsForm
    data = request.POST if request.method == "POST" else None  # nothing ticked is an answer too
    form = kind(data, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "We have saved your mail settings.")
        return redirect("me")
    context = {"form": form, **my_follows.of(request.user)}
    return render(request, "portal/mail_settings.html", context)
