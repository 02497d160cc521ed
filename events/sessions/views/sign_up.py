from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from collective import clock
from collective.errors import RuleError
from collective.models import Person
from collective.people.access import name_needed
from collective.people.requests import MemberRequest
from collective.typed.worded import asks
from events import typed
from events.models import Registration, Session
from events.models.access_need import words_of
from events.sessions import places
from events.sessions.forms import SignUpForm
from payments.owing import expenses, offered

TAKEN_MEANWHILE = "The last place was taken while you were filling in the form. We are sorry."


def _session(request: HttpRequest, slug: str) -> Session:
    sessions = Session.objects.visible_to(request.user).with_counts().select_related("call")
    return get_object_or_404(sessions, slug=slug)


def _live(session: Session, person: Person) -> Registration | None:
    return session.registrations.live().filter(person=person).first()


@name_needed
@require_http_methods(["GET", "HEAD", "POST"])
@asks(SignUpForm)
def sign_up(request: HttpRequest, slug: str) -> HttpResponse:
    """The sign-up form.

    What is typed is kept, encrypted, until it is sent: through errors, "back", a lost sign-in.
    """
    if not request.user.is_authenticated:
        return typed.keep_and_sign_in(request, SignUpForm, slug)
    session = _session(request, slug)
    if mine := _live(session, request.user):
        return redirect(mine)
    before = typed.initial(request.user, session)
    offer = offered.to(request.user, session)
    form = SignUpForm(request.POST or None, session=session, offer=offer, initial=before)
    if request.method == "POST" and form.is_valid():
        typed.save(request.user.pk, session, form)
        return redirect("check_answers", slug)
    context = {
        "session": session,
        "form": form,
        "owner": typed.owner_of(request),
        "closed": _why_closed(session),
        "limits": expenses.limits(session.call),
        "offered": offer,
    }
    return render(request, "events/sessions/sign_up.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def check_answers(request: MemberRequest, slug: str) -> HttpResponse:
    """Read it once more, then book. A second click finds the first one's registration."""
    session = _session(request, slug)
    if mine := _live(session, request.user):
        return redirect(mine)
    form = SignUpForm(typed.as_sent(request.user, session), session=session)
    if not form.is_valid():
        return redirect("sign_up", slug)
    error = ""
    if request.method == "POST":
        try:
            return _signed_up(request, session, form)
        except RuleError as refusal:
            error = str(refusal)
    context = {
        **form.answers,
        "session": session,
        "form": form,
        "error": error,
        "needs": words_of(form.needs),
        "capacity_words": Registration.Capacity(form.answers["capacity"]).label,
    }
    return render(request, "events/sessions/check_answers.html", context)


def _signed_up(request: MemberRequest, session: Session, form: SignUpForm) -> HttpResponse:
    """Sign up by the rule, and lead to what came of it."""
    registration = places.sign_up(session, request.user, **form.agreed(clock.now()))
    typed.forget(request.user, session)
    if registration.state == Registration.State.WAITING and not session.is_full:
        messages.info(request, TAKEN_MEANWHILE)
    return redirect(registration)


def _why_closed(session: Session) -> str:
    """Why nobody can sign up now; "" where people can."""
    try:
        places.check_sign_up(session)
    except RuleError as error:
        return str(error)
    return "This session has begun and every place is taken." if session.waits_for_nothing else ""
