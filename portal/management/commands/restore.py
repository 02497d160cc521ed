from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from portal.backups import bringing_back, opening, problems, streams
from portal.backups.bringing_back import Asked


class Command(BaseCommand):
    help = (
        "Bring a backup back into an empty database. First stop web, worker and beat. Asks for "
        "keys, version and whole files before anything is written; what may have been sent since "
        "is held for staff."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dump", help="what `backup` printed: its dump")
        parser.add_argument(
            "--identity",
            type=Path,
            default=settings.BACKUP_IDENTITY or None,
            help="the file of age-keygen with the private key, or - for what comes in by a pipe; "
            "else BACKUP_AGE_IDENTITY",
        )
        parser.add_argument(
            "--new-secret",
            action="store_true",
            help="SECRET_KEY is another one, and you know what that means",
        )
        parser.add_argument(
            "--without-manifest",
            action="store_true",
            help="the dump is all there is: keys are looked at afterwards",
        )
        parser.add_argument(
            "--nothing-since",
            action="store_true",
            help="a move: everything was stopped before this backup and not started since, so "
            "nothing is held, and what was due goes out",
        )

    def handle(
        self,
        *,
        dump: str,
        identity: Path | None,
        new_secret: bool,
        without_manifest: bool,
        nothing_since: bool,
        **options: Any,
    ) -> None:
        with problems.told("Nothing was restored"):
            chosen = opening.choose(dump, streams.identities(identity))
            held = bringing_back.restore(chosen, Asked(new_secret, without_manifest, nothing_since))
        self.stdout.write(f"{held} things are held. Staff see them in the admin, under Messages.")
        self.stdout.write(
            f"Restored from {chosen.files.taken_at.isoformat()}. Start web, worker and beat now."
        )
