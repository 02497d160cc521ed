"""What the database says of itself: keys, version, migrations, sweeps, clock, backups."""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from collective import clock
from collective.background import restoring, sweeps
from collective.models import Backup
from collective.safety import encryption, key_proof
from collective.seeing import problems
from portal.doctor.lines import Found

OLDEST_POSTGRES = 15
MOST_APART = timedelta(seconds=5)
A_LIST = 6  # names in a sentence


def keys() -> Found:
    """Are FIELD_KEYS and SECRET_KEY those with which this database was written?"""
    said = key_proof.look() or key_proof.look_at_secret()
    return not said, said or "They open what is there."


def keys_that_open() -> Found:
    """Do FIELD_KEYS open what is there? SECRET_KEY may change, the same hour if it got out."""
    said = key_proof.look()
    return not said, said or "They open what is there."


def keys_of_each_kind() -> Found:
    """Is the newest row of each encrypted place readable?"""
    texts = key_proof.newest_texts(encryption.places())
    said = key_proof.refusal(texts)
    return not said, said or f"{len(texts)} texts of {len(encryption.places())} places were read."


def database() -> Found:
    """Does it answer, and is it new enough?"""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        major = int(cursor.fetchone()[0]) // 10_000
    if major < OLDEST_POSTGRES:
        words = f"This is PostgreSQL {major}, and {OLDEST_POSTGRES} is needed. Upgrade it first."
        return False, words
    return True, f"PostgreSQL {major} answers."


def unapplied() -> list[str]:
    """Names of migrations that this version brings and the database has not seen."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def migrations() -> Found:
    """Is the database ready for this version?"""
    missing = unapplied()
    if missing:
        return False, f"{_listed(missing)} missing. Run the command `prepare`."
    return True, "Every migration is applied."


def restored() -> Found:
    """Was each restore brought to its end? Else mail that went out already would go once more."""
    if restoring.is_under_way():
        return False, (
            "A restore into this database has not ended. Restore once more, into an empty "
            "database: docs/running-it/backups.md"
        )
    return True, "None is under way."


def sweeps_in_time() -> Found:
    """Is the work that runs by itself done?"""
    late = sweeps.late()
    if late:
        words = f"{_listed(late)} late. Are worker and beat running? Their log says more."
        return False, words
    return True, f"{len(sweeps.names())} sweeps are in time."


def clocks() -> Found:
    """Does this machine tell the same time as the database?"""
    apart = clock.of_database() - timezone.now()
    seconds = round(abs(apart).total_seconds())
    words = f"the clock of this machine and of the database differ by {seconds} s"
    if abs(apart) <= MOST_APART:
        return True, f"{words[0].upper()}{words[1:]}."
    way = "behind" if apart > timedelta() else "ahead"
    return False, (
        f"{words[0].upper()}{words[1:]} (this one is {way}). Let both follow a time server: "
        "timedatectl set-ntp true"
    )


def backups() -> Found:
    """Was one seen lately? One of the future is none: a clock was wrong."""
    now = clock.now()
    newest = Backup.objects.taken().filter(taken_at__lte=now + clock.AHEAD).first()
    if newest is None:
        words = "No backup was seen yet. Run `backup` every night: docs/running-it.md"
        return not problems.backup_is_old(), words
    hours = round((now - newest.taken_at) / timedelta(hours=1))
    words = f"The last backup is {hours} hours old"
    if newest.is_old:
        return False, f"{words}, and there should be one each day. Did the last one fail?"
    return True, f"{words}; they are kept for {settings.BACKUP_DAYS} days."


def proof() -> Found:
    """Did a drill of the last week bring a backup back whole?"""
    if failed := Backup.objects.not_coming_back():
        day = f"{failed.taken_at:%d %b}"
        return False, f"The backup of {day} does not come back: {failed.proof_error}"
    proven = Backup.objects.proven().first()
    if proven is None or proven.proof_is_old:
        words = "No backup was tried this week. Run the command `prove_backup`."
        return not problems.backup_is_unproven(), words
    return True, f"The backup of {proven.taken_at:%d %b} came back whole."


def told(name: str) -> Callable[[], Found]:
    """One of the problems of which staff are told."""
    sort = problems.SORTS[name]
    return lambda: (False, f"{sort.what}. {sort.to_do}") if sort.is_there() else (True, "Well.")


def _listed(names: list[str]) -> str:
    """The first names, how many more, and the verb: "a, b and 3 more are"."""
    shown, rest = names[:A_LIST], len(names) - A_LIST
    more = f" and {rest} more" if rest > 0 else ""
    return f"{', '.join(shown)}{more} {'is' if len(names) == 1 else 'are'}"
