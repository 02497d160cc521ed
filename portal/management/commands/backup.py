import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from portal.backups import problems, streams, taking
from portal.backups.targets import keep_days, target_of


class Command(BaseCommand):
    help = (
        "Back up the database and the uploads: into a folder, or into a bucket that speaks S3. "
        "Prints the dump's name. Older backups go. Worth a line in cron, each night."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "to",
            nargs="?",
            default=settings.BACKUP_TO,
            help="a folder, or s3://bucket/prefix; else BACKUP_TO",
        )
        parser.add_argument(
            "--encrypt-to",
            action="append",
            metavar="age1…",
            help="a public key of age, as often as there are people who may open it; else "
            "BACKUP_AGE_RECIPIENT",
        )
        parser.add_argument("--keep", type=int, metavar="DAYS", help="fewer days than BACKUP_DAYS")

    def handle(
        self, *, to: str, encrypt_to: list[str] | None, keep: int | None, **options: Any
    ) -> None:
        os.umask(0o077)
        with problems.told("No backup was taken"):
            keys = streams.recipients(encrypt_to or settings.BACKUP_ENCRYPT_TO)
            target = target_of(to)
            taken = taking.take(target, keys, keep_days(keep))
        self.stdout.write(target.describe(taken.dump))
