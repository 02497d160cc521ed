from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from collective.models import ClockOffset

UNITS = {"d": "days", "h": "hours", "m": "minutes"}


class Command(BaseCommand):
    help = (
        'Move the demonstration\'s clock: "clock forward 7d" (d, h or m), "clock reset", '
        '"clock show".'
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=["forward", "reset", "show"])
        parser.add_argument("span", nargs="?", default="")

    def handle(self, *, act: str, span: str, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The clock can only be moved in a demonstration (DEBUG).")
        row, _ = ClockOffset.objects.get_or_create(pk=1)
        if act == "reset":
            row.offset = timedelta()
        elif act == "forward":
            row.offset += self.span(span)
        row.save()
        shown = timezone.now() + row.offset
        self.stdout.write(f"The demonstration's clock says {shown:%A %d %B %Y, %H:%M} UTC")

    def span(self, text: str) -> timedelta:
        """7d, 3h or 20m. Raises CommandError for anything else."""
        number, unit = text[:-1], text[-1:]
        if not number.isdigit() or unit not in UNITS:
            raise CommandError("Say how far: 7d, 3h or 20m.")
        return timedelta(**{UNITS[unit]: int(number)})
