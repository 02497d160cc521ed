from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.dateparse import parse_datetime

from collective.background import restoring


class Command(BaseCommand):
    help = (
        "Hold what may have been sent since the backup was taken, before any worker starts. "
        "`restore` does it by itself; this is for a database that was brought back in another way."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("taken_at", help="when the backup began: 2026-10-06T03:00:00+00:00")

    def handle(self, *, taken_at: str, **options: Any) -> None:
        moment = parse_datetime(taken_at)
        if moment is None or moment.tzinfo is None:
            raise CommandError(f"{taken_at} is not a moment with its zone.")
        held = restoring.hold(moment)
        self.stdout.write(f"{held} things are held. Staff see them in the admin, under Messages.")
