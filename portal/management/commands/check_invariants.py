from typing import Any

from django.core.management.base import BaseCommand, CommandError

from events.conversations import invariants as of_conversations
from payments import invariants as of_payments


class Command(BaseCommand):
    help = (
        "Ask the database whether everything holds that must always hold of payments and "
        "conversations."
    )

    def handle(self, **options: Any) -> None:
        found = [*of_payments.broken(), *of_conversations.broken()]
        for words, keys in found:
            self.stderr.write(f"Does not hold: {words}: {', '.join(str(key) for key in keys)}")
        if found:
            raise CommandError(f"{len(found)} rules do not hold.")
        self.stdout.write("Everything holds.")
