"""What was typed into a form is kept, encrypted, until it is sent for good.

It outlives errors, "back", and a lost sign-in: a form to sign up or to book says itself, signed,
whose it is.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404

from collective import clock
from collective.models import Activity, Person
from collective.people import standing
from collective.people.interrupted import Why, by_way_of_words
from events.forms import KeptForm
from events.models import BookingDraft, ConversationSeries, SignUpDraft

FORM_LASTS = 24 * 3600  # seconds in which a form that was opened may still be sent
SALT = "sign-up-form"
KEEP_DRAFTS = timedelta(days=1)
SEVERAL = {"access"}  # fields of which a browser sends many values

DraftModel = type[SignUpDraft] | type[BookingDraft]


def owner_of(request: HttpRequest) -> str:
    """Whose form this is, signed."""
    return signing.dumps(str(request.user.pk), salt=SALT)


@transaction.atomic
def save(person_id: UUID | str, activity: Activity, form: KeptForm) -> None:
    """Keep what was typed; the newest stands."""
    model, field = _model_and_key(activity)
    row = {"answers": form.typed(), "updated_at": clock.now()}
    owner = standing.record_of(person_id)
    model.objects.update_or_create(defaults=row, **_key(field, owner.pk, activity))


def as_sent(person: Person, activity: Activity) -> QueryDict | None:
    """What was typed before, as a browser sent it; None for nothing."""
    answers = _answers(person, activity)
    if answers is None:
        return None
    query = QueryDict(mutable=True)
    for name, values in answers.items():
        query.setlist(name, values)
    return query


def initial(person: Person, activity: Activity) -> dict[str, Any] | None:
    """The same as a form's initial values."""
    answers = _answers(person, activity)
    if answers is None:
        return None
    typed = {name: values for name, values in answers.items() if values}
    return {name: values if name in SEVERAL else values[-1] for name, values in typed.items()}


def forget(person: Person, activity: Activity) -> None:
    """It was sent for good."""
    model, field = _model_and_key(activity)
    model.objects.filter(**_key(field, person.pk, activity)).delete()


def keep_and_sign_in(request: HttpRequest, form: type[KeptForm], slug: str) -> HttpResponseRedirect:
    """Somebody who lost the sign-in meanwhile finds the form as it was, once they are back."""
    if request.method == "POST":
        try:
            owner = signing.loads(request.POST.get("owner", ""), salt=SALT, max_age=FORM_LASTS)
        except signing.BadSignature:
            return redirect_to_login(request.path)
        activity = get_object_or_404(form.activities, slug=slug)
        save(owner, activity, form.as_sent(request.POST, activity))
        messages.info(request, Why.SIGNED_OUT.kept)
        return redirect_to_login(by_way_of_words(request.path, Why.SIGNED_OUT))
    return redirect_to_login(request.path)


def in_words(answers: dict[str, list[str]]) -> dict[str, str]:
    """What a browser sent, for reading: each field by its name."""
    return {name.replace("_", " "): ", ".join(values) for name, values in answers.items()}


def forget_old() -> tuple[int, int]:
    """The sweep: what was typed and never sent goes after a day; returns (seen, done)."""
    before = clock.now() - KEEP_DRAFTS
    done = sum(
        model.objects.filter(updated_at__lt=before).delete()[0]
        for model in (SignUpDraft, BookingDraft)
    )
    return done, done


def _answers(person: Person, activity: Activity) -> dict[str, list[str]] | None:
    model, field = _model_and_key(activity)
    draft = model.objects.filter(**_key(field, person.pk, activity)).first()
    return draft.answers if draft else None


def _model_and_key(activity: Activity) -> tuple[DraftModel, str]:
    """(the model of such drafts, the name of its key to the activity)"""
    if isinstance(activity, ConversationSeries):
        return BookingDraft, "series"
    return SignUpDraft, "session"


def _key(field: str, person_id: UUID | str, activity: Activity) -> dict[str, Any]:
    return {"person_id": person_id, field: activity}
