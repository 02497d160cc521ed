import json
import signal
from collections.abc import Iterator
from functools import partial
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection

from collective.errors import RuleError
from collective.typed import addresses
from portal import doctor
from portal.doctor import mail_try
from portal.doctor.lines import NO_DATABASE, Line

LONGEST = 60  # seconds for one check


class Command(BaseCommand):
    help = (
        "Look whether everything runs: settings, keys, database, broker, worker, mail, sweeps, "
        "clock, disk, proxy, uploads, static files, backups, Stripe. Each line says ok, or what to "
        "do; the exit status is 1 where something is wrong."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--mail-to", default="", help="send a mail there through the worker")
        parser.add_argument("--json", action="store_true", help="print the lines as JSON")
        parser.add_argument(
            "--start", action="store_true", help="only what no role may start without"
        )

    def handle(self, *, mail_to: str, start: bool, **options: Any) -> None:
        checks = doctor.AT_THE_START if start else self.checks(mail_to)
        lines = list(bounded(checks))
        if start:  # the database may come later, and pages say so until then
            lines = [line for line in lines if line.words != NO_DATABASE and not line.ok]
        if options["json"]:
            self.stdout.write(json.dumps([line._asdict() for line in lines], indent=2))
        else:
            self.write(lines)
        if wrong := [line for line in lines if not line.ok]:
            raise CommandError(f"{len(wrong)} of {len(checks)} are not well.")

    def checks(self, mail_to: str) -> list[doctor.Check]:
        """Everything; without an address the mail is not tried, and that is no fault."""
        look = partial(mail_try.send, read(mail_to)) if mail_to else lambda: (True, mail_try.HOW)
        return [*doctor.QUICK, *doctor.SLOW, doctor.Check("Mail", look)]

    def write(self, lines: list[Line]) -> None:
        for line in lines:
            self.stdout.write(f"{'ok ' if line.ok else '-> '} {line.name}: {line.words}")


def read(address: str) -> str:
    """The address in its one form. Raises CommandError."""
    try:
        return addresses.read(address)
    except RuleError as error:
        raise CommandError(f"--mail-to {address}: {error}") from error


def bounded(checks: list[doctor.Check]) -> Iterator[Line]:
    """The line of each check; one that takes too long says so, and keeps no other back."""
    signal.signal(signal.SIGALRM, _too_long)
    for check in checks:
        bound_statements()  # each time: one that failed has closed the connection
        signal.alarm(LONGEST)
        try:
            yield check.line()
        finally:
            signal.alarm(0)


def _too_long(number: int, frame: FrameType | None) -> None:
    raise TimeoutError(f"It took longer than {LONGEST} seconds")


def bound_statements() -> None:
    """The database ends what takes longer than half of that."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = %s", [LONGEST * 1000 // 2])
    except DatabaseError:
        connection.close()
