from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from collective.pages import first_pages
from collective.safety import key_proof
from payments.models import PaymentRules


class Command(BaseCommand):
    help = (
        "Make the database ready for this version: migrate, cache table, sync_roles, first pages. "
        "Safe to repeat. With other keys than the database's it does nothing and says so."
    )

    def handle(self, **options: Any) -> None:
        if said := key_proof.look():
            raise CommandError(said)
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
        call_command("sync_roles")
        first_pages.ensure()
        PaymentRules.note()
        key_proof.write()
