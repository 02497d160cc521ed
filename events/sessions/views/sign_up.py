from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from collective import clock
from collective.errors import RuleError
from collective.people.access import name_needed
from events import typed
from events.models import Registration, Session
from events.models.access_need import words_of
from events.sessions.forms import SignUpForm
from payments.owing import expenses

if TYPE_CHECKING:
    from collective.people.requests import MemberRequest


def _session(request: HttpRequest, slug: str) -> Session:
    return get_object_or_404(
        Session.objects.visible_to(request.user).with_counts().select_related("call"), slug=slug
    )


@name_needed
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest, slug: str) -> HttpResponse:
    """The sign-up form.

    What is typed is kept, encrypted, until it is sent: through errors, "back", a lost sign-in.
    """
    if not request.user.is_authenticated:
        return typed.keep_and_sign_in(request, "sign_up", slug)
    session = _session(request, slug)
    if mine := session.registrations.live().filter(person=request.user).first():
        return redirect(mine)
    form = SignUpForm(
        request.POST or None, session=session, initial=typed.initial(request.user, session)
    )
    if request.method == "POST" and form.is_valid():
        typed.keep(request.user.pk, session, form)
        return redirect("check_answers", slug)
    owner = typed.owner_of(request)
    closed = _why_closed(session)
    return render(
        request,
        "events/sessions/sign_up.html",
        {
            "session": session,
            "form": form,
            "owner": owner,
            "closed": closed,
            "limits": expenses.limits(session.call),
        },
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def check_answers(request: "MemberRequest", slug: str) -> HttpResponse:
    """Read it once more, then book. A second click finds the first one's registration."""
    session = _session(request, slug)
    if mine := session.registrations.live().filter(person=request.user).first():
        return redirect(mine)
    form = SignUpForm(typed.before(request.user, session), session=session)
    if not form.is_valid():
        return redirect("sign_up", slug)
    error = ""
    if request.method == "POST":
        try:
            registration = session.sign_up(request.user, **form.answers, agreed_at=clock.now())
        except RuleError as refusal:
            error = str(refusal)
        else:
            typed.forget(request.user, session)
            if registration.state == Registration.State.WAITING and not session.is_full:
                messages.info(
                    request,
                    "The last place was taken while you were filling in the form. We are sorry.",
                )
            return redirect(registration)
    return render(
        request,
        "events/sessions/check_answers.html",
        {
            "session": session,
            "form": form,
            "error": error,
            "needs": words_of(form.needs),
            **form.answers,
            "capacity_words": Registration.Capacity(form.answers["capacity"]).label,
        },
    )


def _why_closed(session: Session) -> str:
    try:
        session.check_sign_up()
    except RuleError as error:
        return str(error)
    return "This session has begun and every place is taken." if session.waits_for_nothing else ""
