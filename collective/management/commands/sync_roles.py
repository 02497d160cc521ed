from typing import Any

from django.core.management.base import BaseCommand

from collective.people import roles


class Command(BaseCommand):
    help = (
        "Give the staff groups the permissions that collective/people/roles.py lists. Run after "
        "migrate; safe to repeat."
    )

    def handle(self, **options: Any) -> None:
        roles.sync()
