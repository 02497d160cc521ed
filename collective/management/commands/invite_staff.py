from typing import Any

from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError, CommandParser

from collective.errors import RuleError
from collective.people import staff
from collective.typed import addresses


class Command(BaseCommand):
    help = (
        "Make somebody a member of staff and send them the way in. The first account of a new "
        "site: "
        'manage.py invite_staff you@example.org --name "You" --superuser'
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="", help="what to call them")
        parser.add_argument(
            "--group", action="append", default=[], help="Coordinators, Finance, Safeguarding leads"
        )
        parser.add_argument(
            "--superuser", action="store_true", help="may do everything, and invite others"
        )

    def handle(
        self, *, email: str, name: str, group: list[str], superuser: bool, **options: Any
    ) -> None:
        try:
            email = addresses.read(email)
        except RuleError as error:
            raise CommandError(f"{email}: {error}") from error
        unknown = set(group) - set(Group.objects.values_list("name", flat=True))
        if unknown:
            raise CommandError(
                f"There is no group {', '.join(sorted(unknown))}. Run `manage.py prepare` first?"
            )
        if not group and not superuser:
            raise CommandError("Say what they do: --group Coordinators, or --superuser.")
        person = staff.invite(email, name=name, groups=group, is_superuser=superuser)
        self.stdout.write(
            f"{person} is staff now. They sign in at /admin/ with {person.email} and a code."
        )
