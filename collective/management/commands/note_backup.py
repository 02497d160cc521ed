from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.dateparse import parse_datetime

from collective.models import Backup


class Command(BaseCommand):
    help = (
        "Note that a backup was taken, for the page “System status”. `backup` does it by itself; "
        "this is for one that was taken in another way."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "taken_at", help="when it began, with its zone: 2026-10-06T03:00:00+00:00"
        )
        parser.add_argument("file", type=Path)

    def handle(self, *, taken_at: str, file: Path, **options: Any) -> None:
        moment = parse_datetime(taken_at)
        if moment is None or moment.tzinfo is None:
            raise CommandError(f"{taken_at} is not a moment with its zone.")
        if not file.is_file():
            raise CommandError(f"{file} is not there.")
        Backup.objects.create(taken_at=moment, size=file.stat().st_size)
