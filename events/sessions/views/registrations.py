from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from collective import clock
from collective.errors import RuleError
from collective.people.presses import press_only
from collective.people.requests import MemberRequest
from collective.safety import uploads
from collective.typed.worded import asks
from events import calendar
from events.by_key import by_owner_or_key, signed_in_or_with_key
from events.forms import AccessNeedsForm, CapacityForm
from events.models import AccessNeed, Material, Registration, Session
from events.models.registration_states import TAKEN_BACK, State
from events.sessions import answers, history, leaving, offers, places
from events.ways import next_way
from payments.owing import offered


def _reachable(request: HttpRequest, pk: UUID) -> tuple[Registration, str]:
    """(the registration, its key as an address carries it): for its owner, or by a mail's link."""
    rows = Registration.objects.select_related("session__call", "person", "payment")
    return by_owner_or_key(request, rows, pk, "registration")


def _back_to(registration: Registration, key: str) -> HttpResponseRedirect:
    return redirect(reverse("registration", args=[registration.pk]) + key)


@contextmanager
def _saying(request: HttpRequest, done: str = "") -> Iterator[None]:
    """Around an act of somebody's: the next page says why it was refused, or that it is done."""
    try:
        yield
    except RuleError as error:
        messages.error(request, str(error))
    else:
        if done:
            messages.success(request, done)


def _page(
    request: HttpRequest, name: str, registration: Registration, **context: object
) -> HttpResponse:
    whole = {"registration": registration, "session": registration.session, **context}
    return render(request, f"events/sessions/{name}.html", whole)


@signed_in_or_with_key
@require_safe
def registration(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How things stand with one registration.

    A link from a mail shows all but access needs: mail is forwarded.
    """
    found, key = _reachable(request, pk)
    offer = offered.of(found)
    context: dict[str, object] = {
        "key": key,
        "is_owner": not key,
        "offered": offer,
        "offers_pay": offer.how in {offered.How.DUE, offered.How.IF_PERSONAL},
        "asks_what_changed": _asks_what_changed(found),
    }
    if not key:
        context["needs"] = found.needs.exclude(state=AccessNeed.State.WITHDRAWN)
        context["history"] = history.happenings(found)
    if found.session.has_ended and found.is_coming:
        context["next_way"] = next_way(found.session, found.person)
    if found.session.makes_offers:
        context["answer_by"] = offers.offer_until(found.session.start, clock.now())
    if found.is_coming:
        context["materials"] = found.session.materials.all()
    return _page(request, "registration", found, **context)


def _asks_what_changed(found: Registration) -> bool:
    """Is there something to give up? An offer says by itself how to say no to it."""
    is_off = found.session.shown_state == Session.State.CANCELLED
    return (
        found.can_give_up and not found.is_leaving and found.state != State.OFFERED and not is_off
    )


@signed_in_or_with_key
@require_http_methods(["GET", "HEAD", "POST"])
def give_up(request: HttpRequest, pk: UUID) -> HttpResponse:
    """ "I cannot come": a page that asks once more, and no reason."""
    found, key = _reachable(request, pk)
    if request.method == "POST":
        give_up = leaving.give_up_by_link if key else places.give_up
        with _saying(request):
            give_up(found)
        return _back_to(found, key)
    return _page(request, "give_up", found, key=key)


@signed_in_or_with_key
@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What was given up by a link is kept after all: a page that asks, a button that does it."""
    found, key = _reachable(request, pk)
    if request.method == "POST":
        with _saying(request):
            messages.success(request, TAKEN_BACK[State(leaving.take_back(found).state)])
        return _back_to(found, key)
    return _page(request, "take_back", found, key=key)


@signed_in_or_with_key
@require_safe
def offer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The offered place: until when, and the two buttons."""
    found, key = _reachable(request, pk)
    return _page(request, "offer", found, key=key)


@signed_in_or_with_key
@press_only("offer", "pk")
def accept_offer(request: HttpRequest, pk: UUID) -> HttpResponse:
    found, key = _reachable(request, pk)
    with _saying(request):
        places.accept(found)
    return _back_to(found, key)


@signed_in_or_with_key
@require_http_methods(["GET", "HEAD", "POST"])
def decline_offer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """ "No, thank you": a page that asks once more, and no reason."""
    found, key = _reachable(request, pk)
    if request.method == "POST":
        decline = leaving.decline_by_link if key else places.decline
        with _saying(request):
            decline(found)
        return _back_to(found, key)
    return _page(request, "decline_offer", found, key=key)


@signed_in_or_with_key
@press_only("registration", "pk")
def sign_up_again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The way back: a place if one is free, else the end of the list."""
    found, key = _reachable(request, pk)
    if not Session.objects.visible_to(found.person).filter(pk=found.session_id).exists():
        raise Http404
    try:
        again = places.sign_up_again(found)
    except RuleError as error:
        messages.error(request, str(error))
        return _back_to(found, key)
    if not key:
        return redirect(again)
    # the key of the old registration opens no other: the new one's comes by mail
    return _back_to(found, key)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@asks(AccessNeedsForm)
def change_access_needs(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Change what would help. Only for the person, signed in."""
    mine = Registration.objects.visible_to(request.user).live().select_related("session__call")
    found = get_object_or_404(mine, pk=pk)
    if found.session.has_ended:
        return redirect(found)
    before = AccessNeedsForm.initial_for(found)
    form = AccessNeedsForm(request.POST or None, session=found.session, initial=before)
    if request.method == "POST" and form.is_valid():
        with _saying(request, "We have saved what would help you."):
            answers.change(found, access_needs=form.needs)
        return redirect(found)
    return _page(request, "access_needs", found, form=form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@asks(CapacityForm)
def correct_capacity(request: MemberRequest, pk: UUID) -> HttpResponse:
    """In which capacity I take, or took, part: until the payment is approved."""
    mine = Registration.objects.visible_to(request.user).live()
    found = get_object_or_404(mine.select_related("session__call", "payment", "person"), pk=pk)
    if not found.can_correct_capacity:
        return redirect(found)
    before = {"capacity": found.capacity}
    form = CapacityForm(request.POST or None, offer=offered.of(found), initial=before)
    if request.method == "POST" and form.is_valid():
        with _saying(request, "We have noted how you take part."):
            answers.correct_capacity(found, form.cleaned_data["capacity"], request.user)
        return redirect(found)
    return _page(request, "capacity", found, form=form)


@signed_in_or_with_key
@require_safe
def calendar_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The session as a calendar file."""
    found, _ = _reachable(request, pk)
    session = found.session
    if not (session.has_date and session.length):
        raise Http404
    takes_place = session.shown_state != Session.State.CANCELLED
    method = "REQUEST" if found.is_coming and takes_place else "CANCEL"
    file = calendar.invitation(calendar.of_registration(found), method)
    response = HttpResponse(file, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="session.ics"'
    return response


@signed_in_or_with_key
@require_safe
def material(request: HttpRequest, pk: UUID, material_pk: UUID) -> FileResponse:
    """A file for people who are coming, from the set time on; always as a download."""
    found, _ = _reachable(request, pk)
    if not (found.is_coming and found.session.shows_materials):
        raise Http404
    files = Material.objects.exclude(file="")
    row = get_object_or_404(files, pk=material_pk, session=found.session)
    return FileResponse(uploads.opened(row.file), as_attachment=True, filename=row.download_name)
