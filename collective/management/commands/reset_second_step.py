from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from collective.models import Person
from collective.people import staff


class Command(BaseCommand):
    help = (
        "For a lost phone, where no colleague can do it: take away somebody's second step, and "
        "sign them out."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *, email: str, **options: Any) -> None:
        person = Person.objects.filter(email=email, is_staff=True).first()
        if person is None:
            raise CommandError(f"No staff account has the address {email}.")
        staff.reset_second_step(person)
        self.stdout.write(f"{person} sets up the second step anew at the next sign-in.")
