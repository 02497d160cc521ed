"""What was typed into a form is kept, encrypted, until it is sent: through errors, "back", a lost
sign-in.

A form to sign up or to book says itself, signed, whose it is.
"""

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.forms import Form
from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404

from collective import clock
from events.conversations.forms import BookingForm
from events.models import BookingDraft, ConversationSeries, Session, SignUpDraft
from events.sessions.forms import SignUpForm

if TYPE_CHECKING:
    from collective.models import Activity, Person

FORM_LASTS = 24 * 3600  # seconds in which a form that was opened may still be sent
SALT = "sign-up-form"
KEEP_DRAFTS = timedelta(days=1)
# the name of a form's address -> what it is a form of
KEPT = {"sign_up": Session, "book_conversation": ConversationSeries}
SEVERAL = {"access"}  # fields of which a browser sends many values


def _form(activity: "Activity") -> type[BookingForm] | type[SignUpForm]:
    return BookingForm if isinstance(activity, ConversationSeries) else SignUpForm


def _drafts(activity: "Activity") -> tuple[type[BookingDraft], str] | tuple[type[SignUpDraft], str]:
    """(the model, the name of its key to the activity)"""
    return (
        (BookingDraft, "series")
        if isinstance(activity, ConversationSeries)
        else (SignUpDraft, "session")
    )


def _draft(person: "Person", activity: "Activity") -> BookingDraft | SignUpDraft | None:
    model, field = _drafts(activity)
    return model.objects.filter(**{"person": person, field: activity}).first()


def owner_of(request: HttpRequest) -> str:
    """Whose form this is, signed."""
    return signing.dumps(str(request.user.pk), salt=SALT)


def keep(person_id: UUID, activity: "Activity", form: Form) -> None:
    """Keep what was typed; the newest stands."""
    model, field = _drafts(activity)
    row = {"answers": form.typed(), "updated_at": clock.now()}
    model.objects.update_or_create(**{"person_id": person_id, field: activity}, defaults=row)


def before(person: "Person", activity: "Activity") -> QueryDict | None:
    """What was typed before, as a browser sent it; None for nothing."""
    draft = _draft(person, activity)
    if draft is None:
        return None
    query = QueryDict(mutable=True)
    for name, values in draft.answers.items():
        query.setlist(name, values)
    return query


def initial(person: "Person", activity: "Activity"):
    """The same as a form's initial values."""
    draft = _draft(person, activity)
    if draft is None:
        return None
    return {
        name: values if name in SEVERAL else values[-1]
        for name, values in draft.answers.items()
        if values
    }


def forget(person: "Person", activity: "Activity") -> None:
    """It was sent."""
    model, field = _drafts(activity)
    model.objects.filter(**{"person": person, field: activity}).delete()


def keep_and_sign_in(request: HttpRequest, name: str, slug: str) -> HttpResponseRedirect:
    """Who lost the sign-in meanwhile finds the form as it was."""
    here = request.path
    if request.method == "POST":
        try:
            owner = signing.loads(request.POST.get("owner", ""), salt=SALT, max_age=FORM_LASTS)
        except signing.BadSignature:
            return redirect_to_login(here)
        activity = get_object_or_404(KEPT[name], slug=slug)
        keep(owner, activity, _form(activity)(request.POST, **_of(activity)))
    return redirect_to_login(here)


def _of(activity: "Activity"):
    return (
        {"series": activity} if isinstance(activity, ConversationSeries) else {"session": activity}
    )


def forget_old() -> tuple[int, int]:
    """Delete what was typed and never sent, after a day; returns (seen, done)."""
    old = {"updated_at__lt": clock.now() - KEEP_DRAFTS}
    done = (
        SignUpDraft.objects.filter(**old).delete()[0]
        + BookingDraft.objects.filter(**old).delete()[0]
    )
    return done, done
