from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from portal.backups import opening, problems, proving, streams
from portal.backups.targets import target_of


class Command(BaseCommand):
    help = (
        "Restore the newest backup into a second database beside ours, compare it, drop it again, "
        "and say so on “System status”. Sends nothing. Worth a line in cron, each week."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "place",
            nargs="?",
            default=settings.BACKUP_TO,
            help="where the backups are: a folder, or s3://bucket/prefix; else BACKUP_TO",
        )
        parser.add_argument(
            "--identity",
            type=Path,
            default=settings.BACKUP_IDENTITY or None,
            help="the file of age-keygen with the private key, or - for what comes in by a pipe; "
            "else BACKUP_AGE_IDENTITY",
        )

    def handle(self, *, place: str, identity: Path | None, **options: Any) -> None:
        with problems.told("The newest backup is not proven"):
            chosen = opening.newest(target_of(place), streams.identities(identity))
            found = proving.prove(chosen)
        self.stdout.write(
            f"Proven: the backup of {chosen.files.taken_at.isoformat()} comes back whole. "
            f"{found.tables} tables with {found.rows} rows as they were, {found.decrypted} "
            f"texts of every kind decrypted, {found.files} uploads."
        )
