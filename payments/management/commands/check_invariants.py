from django.core.management.base import BaseCommand, CommandError

from payments import invariants


class Command(BaseCommand):
    help = "Ask the database whether everything holds that must always hold of payments."

    def handle(self, **options):
        found = invariants.broken()
        for words, keys in found:
            self.stderr.write(f"Does not hold: {words}: {', '.join(str(key) for key in keys)}")
        if found:
            raise CommandError(f"{len(found)} rules do not hold.")
        self.stdout.write("Everything holds.")
