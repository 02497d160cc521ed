from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal import invariants


class Command(BaseCommand):
    help = (
        "Ask the database whether everything holds that must always hold of places, waiting "
        "lists, needs, conversations, payments, drafts and joined records."
    )

    def handle(self, **options: Any) -> None:
        found = invariants.broken()
        for words, keys in found:
            self.stderr.write(f"Does not hold: {words}: {', '.join(str(key) for key in keys)}")
        if found:
            raise CommandError(f"{len(found)} rules do not hold.")
        self.stdout.write("Everything holds.")
