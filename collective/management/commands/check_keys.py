import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from collective.safety import key_proof


class Command(BaseCommand):
    help = (
        "Ask whether FIELD_KEYS opens what the database holds. With --sql, whether it opens what a "
        "backup holds, which comes in as SQL: pg_restore --data-only -f - FILE | manage.py "
        "check_keys --sql"
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sql", action="store_true", help="read SQL from the standard input")

    def handle(self, *, sql: bool, **options: Any) -> None:
        said = key_proof.refusal(key_proof.texts_in(sys.stdin)) if sql else key_proof.look()
        if said:
            raise CommandError(said)
        self.stdout.write("These keys open it.")
