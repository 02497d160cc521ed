"""Pages for a newcomer with `make run`: the demonstration's people, how to enter the admin, and
every email that was sent.
"""

import email
import email.policy
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from collective.models import Person
from dev.reporter import MISSED
from portal.views import away
from portal.views.errors import not_found

FOLDER = Path(settings.BASE_DIR) / ".local" / "mail"
MOST = 1000
GetResponse = Callable[[HttpRequest], HttpResponse]


def plain_pages(get_response: GetResponse) -> GetResponse:
    """A newcomer sees the pages that people see, not Django's list of addresses."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == 404:
            return not_found(request)
        error = request.META.get(MISSED)
        return response if error is None else away.page(request, error)

    return middleware


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """The demonstration's people, and the app codes of its staff for the next half minute."""
    first = Person.objects.order_by("created_at").prefetch_related("groups")[:12]
    people = [{"person": person, "app_code": _app_code(person)} for person in first]
    return render(request, "dev/start.html", {"people": people})


def _app_code(person: Person) -> str:
    factor = Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).first()
    if factor is None:
        return ""
    middle = list(yield_hotp_counters_from_time())
    return format_hotp_value(hotp_value(decrypt(factor.data["secret"]), middle[len(middle) // 2]))


@dataclass
class CaughtMail:
    """A mail as the catcher wrote it down."""

    path: Path

    def __post_init__(self) -> None:
        self.name = self.path.stem
        self.message: EmailMessage = email.message_from_bytes(
            self.path.read_bytes(), policy=email.policy.default
        )

    @property
    def to(self) -> str:
        return self.message["X-RcptTo"]

    @property
    def subject(self) -> str:
        return self.message["Subject"]

    @property
    def at(self) -> datetime:
        written = self.path.stat().st_mtime
        return datetime.fromtimestamp(written, timezone.get_current_timezone())

    @property
    def headers(self) -> list[tuple[str, str]]:
        return self.message.items()

    @property
    def text(self) -> str:
        """The first plain text in it."""
        texts = [part for part in self._parts() if part.get_content_type() == "text/plain"]
        return texts[0].get_content() if texts else ""

    @property
    def attached(self) -> list[str]:
        """The names of the files that are attached."""
        names = [part.get_filename() for part in self._parts()]
        return [name for name in names if name]

    def _parts(self) -> list[EmailMessage]:
        return [part for part in self.message.walk() if not part.is_multipart()]


@require_safe
def mail(request: HttpRequest) -> HttpResponse:
    """What our own mail catcher received, newest first."""
    paths = sorted(FOLDER.glob("*.eml"), key=lambda path: path.stat().st_mtime, reverse=True)
    return render(request, "dev/mail.html", {"mails": [CaughtMail(path) for path in paths[:MOST]]})


@require_safe
def one_mail(request: HttpRequest, name: str) -> HttpResponse:
    """One mail: its headers, its text and what is attached."""
    path = next((path for path in FOLDER.glob("*.eml") if path.stem == name), None)
    if path is None:
        raise Http404
    caught = CaughtMail(path)
    shown = ("to", "subject", "at", "headers", "text", "attached")
    return render(request, "dev/one_mail.html", {name: getattr(caught, name) for name in shown})
