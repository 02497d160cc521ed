"""Pages for a newcomer with `make run`: who is who, how to enter the admin, and every email that
was sent.
"""

import email
import email.policy
from datetime import datetime
from pathlib import Path

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from collective.models import Person
from portal.views.errors import not_found


def plain_not_found(get_response):
    """A newcomer sees the page that people see, not Django's list of addresses."""

    def middleware(request):
        response = get_response(request)
        return not_found(request) if response.status_code == 404 else response

    return middleware


FOLDER = settings.BASE_DIR / ".local" / "mail"
MOST = 1000


@require_safe
def start(request) -> HttpResponse:
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


def _read(path: Path):
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    return {
        "name": path.stem,
        "to": message["X-RcptTo"],
        "subject": message["Subject"],
        "message": message,
        "at": datetime.fromtimestamp(path.stat().st_mtime, timezone.get_current_timezone()),
    }


@require_safe
def mail(request) -> HttpResponse:
    """What our own mail catcher received, newest first."""
    paths = sorted(Path(FOLDER).glob("*.eml"), key=lambda path: path.stat().st_mtime, reverse=True)
    return render(request, "dev/mail.html", {"mails": [_read(path) for path in paths[:MOST]]})


@require_safe
def one_mail(request, name) -> HttpResponse:
    """One mail: its headers, its text and what is attached."""
    path = next((path for path in Path(FOLDER).glob("*.eml") if path.stem == name), None)
    if path is None:
        raise Http404
    found = _read(path)
    parts = [part for part in found["message"].walk() if not part.is_multipart()]
    return render(
        request,
        "dev/one_mail.html",
        {
            **found,
            "headers": found["message"].items(),
            "text": next(
                (part.get_content() for part in parts if part.get_content_type() == "text/plain"),
                "",
            ),
            "attached": [part.get_filename() for part in parts if part.get_filename()],
        },
    )
