from django.core.management.base import BaseCommand

from collective.people import roles


class Command(BaseCommand):
    help = (
        "Give the staff groups the permissions that collective/roles.py lists. Run after migrate; "
        "safe to repeat."
    )

    def handle(self, **options) -> None:
        roles.sync()
