"""A press or a form that came while its sender was signed out, or the second step had run out.

Nothing is done with it. What was typed is kept for its sender, encrypted, and shown to them once
they are back, with a button that sends it once more.
"""

from dataclasses import asdict, dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Self
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import TextChoices
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode

from collective import clock
from collective.errors import RuleError
from collective.models import InterruptedForm, Person
from collective.people import standing
from collective.typed import worded
from collective.typed.sent import Sent

KEEP = timedelta(days=1)
MOST = 20  # forms of one person
MOST_CHARACTERS = 300_000  # of one form; a longer one is shown back at once
AGAIN = "interrupted"  # a hidden field: this form was kept under that key before
NEVER_KEPT = frozenset(("csrfmiddlewaretoken", AGAIN, "code", "old_code"))

KEPT = "What you typed is kept for you, and you see it again after this step."

COOKIE = "__Host-whose" if settings.HTTPS else "whose"
SALT = "whose-pages"
LASTS = 365 * 24 * 3600  # seconds


class Why(TextChoices):
    """Why what came was not taken, as a sentence begins."""

    SIGNED_OUT = "out", "You were signed out"
    STEP = "step", "We had to ask for your second step"
    ANEW = "anew", "You have signed in again since you opened that page"

    @property
    def kept(self) -> str:
        """That what was typed is kept, for the next page. The second step's says why by itself."""
        return KEPT if self == Why.STEP else f"{self.label}. {KEPT}"


@dataclass(frozen=True)
class Interrupted:
    """One form as it was sent: where to, from which page, what, and why it was not taken."""

    path: str
    page: str
    why: Why
    pairs: list[tuple[str, list[str]]]
    files: list[tuple[str, str]] = field(default_factory=list)  # (name of the field, of the file)

    @classmethod
    def of(cls, request: HttpRequest, page: str, why: Why) -> Self:
        """Everything that was sent but codes; of files the names alone."""
        pairs = [
            (name, list(map(str, values)))
            for name, values in request.POST.lists()
            if name not in NEVER_KEPT
        ]
        files = [(name, str(getattr(file, "name", ""))) for name, file in request.FILES.items()]
        return cls(request.get_full_path(), page, why, pairs, files)

    @cached_property
    def parts(self) -> Sent:
        """What was typed, and what goes along with it."""
        return Sent.of_pairs(self.pairs, worded.form_at(self.path))

    @property
    def is_typed(self) -> bool:
        """Is there anything that a person typed, ticked or chose?"""
        return bool(self.parts.typed or self.files)

    @property
    def why_in_words(self) -> str:
        return Why(self.why).label

    @property
    def length(self) -> int:
        return sum(len(value) for _, values in self.pairs for value in values)


@transaction.atomic
def keep(owner: UUID | str, form: Interrupted, *, again: UUID | None = None) -> InterruptedForm:
    """Keep it for this person, in the place of what was kept under `again`.

    Raises RuleError where it is too long, or nobody is left to keep it for.
    """
    if form.length > MOST_CHARACTERS:
        raise RuleError("This is too long to be kept here.")
    try:
        person = standing.record_of(owner)
    except (Person.DoesNotExist, ValidationError) as error:
        raise RuleError("We do not know whose it is.") from error
    mine = InterruptedForm.objects.filter(person=person)
    mine.filter(pk__in=[again] if again else []).delete()
    newest = mine.order_by("-sent_at").values_list("pk", flat=True)[: MOST - 1]
    mine.exclude(pk__in=list(newest)).delete()
    return InterruptedForm.objects.create(person=person, sent=asdict(form))


def find(person: Person, key: UUID) -> Interrupted | None:
    """What this person sent and was kept under this key; None for nothing."""
    row = InterruptedForm.objects.filter(person=person, pk=key).first()
    return Interrupted(**row.sent) if row else None


def forget(person: Person, key: UUID) -> None:
    """It was sent once more, and taken."""
    InterruptedForm.objects.filter(person=person, pk=key).delete()


def forget_old() -> tuple[int, int]:
    """The sweep: what was never sent once more goes after a day; returns (seen, done)."""
    done, _ = InterruptedForm.objects.filter(sent_at__lt=clock.now() - KEEP).delete()
    return done, done


def by_way_of_words(page: str, why: Why) -> str:
    """The path that leads on to this page, with the words that say to press the button again."""
    return f"{reverse('press_again')}?{urlencode({'next': page, 'why': why.value})}"


def owner_in(request: HttpRequest) -> str:
    """Whose pages stand open in this browser: who is signed in, or was; "" for nobody we know.

    A signed cookie says so. It opens nothing: what is kept by it is shown to that person alone.
    """
    if request.user.is_authenticated:
        return str(request.user.pk)
    return _noted(request)


def note_owner(request: HttpRequest, response: HttpResponse) -> None:
    """Remember who is signed in here."""
    mine = str(request.user.pk)
    if _noted(request) == mine:
        return
    response.set_cookie(
        COOKIE,
        signing.dumps(mine, salt=SALT),
        max_age=LASTS,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def forget_owner(response: HttpResponse) -> None:
    """Somebody signed out by themselves: the next person here may be another."""
    response.delete_cookie(COOKIE, samesite="Lax")


def _noted(request: HttpRequest) -> str:
    try:
        return str(signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LASTS))
    except signing.BadSignature:
        return ""


def kept_before(request: HttpRequest) -> UUID | None:
    """The key under which this form was kept before, if it says one."""
    try:
        return UUID(request.POST.get(AGAIN, ""))
    except ValueError:
        return None
