from typing import Any

from django.core.management.base import BaseCommand, CommandError

from collective.safety import key_proof


class Command(BaseCommand):
    help = "Ask whether FIELD_KEYS opens what the database holds. A restore asks it of a backup."
    requires_system_checks = []

    def handle(self, **options: Any) -> None:
        if said := key_proof.look():
            raise CommandError(said)
        self.stdout.write("These keys open it.")
