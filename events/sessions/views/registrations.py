from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from collective.errors import RuleError
from events import calendar
from events.by_key import by_owner_or_key, signed_in_or_with_key
from events.models import AccessNeed, Material, Registration, Session
from events.sessions import history
from events.sessions.forms import AccessNeedsForm, CapacityForm

if TYPE_CHECKING:
    from collective.people.requests import MemberRequest


def reachable(request: HttpRequest, pk: UUID):
    rows = Registration.objects.select_related("session__call", "person", "payment")
    return by_owner_or_key(request, rows, pk, "registration")


def _back_to(registration: Registration, key: str) -> HttpResponseRedirect:
    return redirect(reverse("registration", args=[registration.pk]) + key)


@signed_in_or_with_key
@require_safe
def registration(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How things stand with one registration.

    A link from a mail shows all but access needs: mail is forwarded.
    """
    found, key = reachable(request, pk)
    context = {"registration": found, "session": found.session, "key": key, "is_owner": not key}
    if not key:
        context["needs"] = found.needs.exclude(state=AccessNeed.State.WITHDRAWN)
        context["history"] = history.of(found)
    if found.is_coming:
        context["materials"] = found.session.materials.all()
    return render(request, "events/sessions/registration.html", context)


@signed_in_or_with_key
@require_http_methods(["GET", "HEAD", "POST"])
def give_up(request: HttpRequest, pk: UUID) -> HttpResponse:
    """ "I cannot come": a page that asks once more, and no reason."""
    found, key = reachable(request, pk)
    if request.method == "POST":
        try:
            found.give_up()
        except RuleError as error:
            messages.error(request, str(error))
        return _back_to(found, key)
    return render(
        request,
        "events/sessions/give_up.html",
        {"registration": found, "session": found.session, "key": key},
    )


@signed_in_or_with_key
@require_safe
def offer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The offered place: until when, and the two buttons."""
    found, key = reachable(request, pk)
    return render(
        request,
        "events/sessions/offer.html",
        {"registration": found, "session": found.session, "key": key},
    )


@require_POST
def accept_offer(request: HttpRequest, pk: UUID) -> HttpResponseRedirect:
    found, key = reachable(request, pk)
    try:
        found.accept()
    except RuleError as error:
        messages.error(request, str(error))
    return _back_to(found, key)


@require_POST
def decline_offer(request: HttpRequest, pk: UUID) -> HttpResponseRedirect:
    found, key = reachable(request, pk)
    try:
        found.decline()
    except RuleError as error:
        messages.error(request, str(error))
    return _back_to(found, key)


@require_POST
def sign_up_again(request: HttpRequest, pk: UUID) -> HttpResponseRedirect:
    """The way back: a place if one is free, else the end of the list."""
    found, key = reachable(request, pk)
    if not Session.objects.visible_to(found.person).filter(pk=found.session_id).exists():
        raise Http404
    try:
        again = found.sign_up_again()
    except RuleError as error:
        messages.error(request, str(error))
        return _back_to(found, key)
    if not key:
        return redirect(again)
    # the key of the old registration opens no other: the new one's comes by mail
    return _back_to(found, key)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change_access_needs(request: "MemberRequest", pk: UUID) -> HttpResponse:
    """Change what would help. Only for the person, signed in."""
    mine = Registration.objects.visible_to(request.user).live().select_related("session__call")
    found = get_object_or_404(mine, pk=pk)
    if found.session.has_ended:
        return redirect(found)
    form = AccessNeedsForm(
        request.POST or None, session=found.session, initial=AccessNeedsForm.initial_for(found)
    )
    if request.method == "POST" and form.is_valid():
        try:
            found.change_answers(access_needs=form.needs)
        except RuleError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "We have saved what would help you.")
        return redirect(found)
    return render(
        request,
        "events/sessions/access_needs.html",
        {"form": form, "registration": found, "session": found.session},
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def correct_capacity(request: "MemberRequest", pk: UUID) -> HttpResponse:
    """In which capacity I take, or took, part: until the payment is approved."""
    mine = (
        Registration.objects.visible_to(request.user)
        .live()
        .select_related("session__call", "payment", "person")
    )
    found = get_object_or_404(mine, pk=pk)
    if not found.can_correct_capacity:
        return redirect(found)
    form = CapacityForm(
        request.POST or None, session=found.session, initial={"capacity": found.capacity}
    )
    if request.method == "POST" and form.is_valid():
        try:
            found.correct_capacity(form.cleaned_data["capacity"], request.user)
        except RuleError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "We have noted how you take part.")
        return redirect(found)
    return render(
        request,
        "events/sessions/capacity.html",
        {"form": form, "registration": found, "session": found.session},
    )


@signed_in_or_with_key
@require_safe
def calendar_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The session as a calendar file."""
    found, _ = reachable(request, pk)
    if not (found.session.has_date and found.session.length):
        raise Http404
    method = "REQUEST" if found.is_coming and found.session.shown_state != "cancelled" else "CANCEL"
    response = HttpResponse(
        calendar.invitation(calendar.of_registration(found), method),
        content_type="text/calendar; charset=utf-8",
    )
    response["Content-Disposition"] = 'attachment; filename="session.ics"'
    return response


@signed_in_or_with_key
@require_safe
def material(request: HttpRequest, pk: UUID, material_pk) -> FileResponse:
    """A file for who is coming, from the set time on; always as a download."""
    found, _ = reachable(request, pk)
    if not (found.is_coming and found.session.shows_materials):
        raise Http404
    row = get_object_or_404(
        Material.objects.exclude(file=""), pk=material_pk, session=found.session
    )
    return FileResponse(row.file.open(), as_attachment=True, filename=row.download_name)
