"""Bringing a set back into an empty database: asked for keys first, written last.

Uploads come first and the dump after them in one transaction, so that whatever ends this halfway
leaves an empty database, and it can be begun again. What ends it between the dump and what is held
for staff leaves a database in which nothing starts (`restoring.is_under_way`).
"""

import logging
import subprocess
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.management import call_command

from collective.background import invariants, restoring
from collective.people import asked_to_forget
from collective.safety import encryption
from portal.backups import media, names, opening, postgres
from portal.backups.opening import Chosen
from portal.backups.problems import BackupError, RefusedError
from portal.backups.streams import pieces

logger = logging.getLogger("portal.backups")
NEW_SECRET = (
    "SECRET_KEY is not the one of this backup. With a new one everybody signs in again, and the "
    "links in mail that went out end; what is encrypted stays readable. Put the old one in, or "
    "add --new-secret: then phone numbers are made findable anew (rotate_field_keys). Nothing was "
    "written."
)
NEWER = (
    "There is a newer backup beside it ({name}), so things went on after this one was taken. Take "
    "the newest, or leave out --nothing-since. Nothing was written."
)


@dataclass
class Asked:
    """What somebody says on the command line, knowing what it means."""

    new_secret: bool = False
    without_manifest: bool = False
    nothing_since: bool = False


def restore(chosen: Chosen, asked: Asked) -> int:
    """Bring the set back; returns how many things are held for staff.

    Raises RefusedError before anything is written, and BackupError for what goes wrong later.
    """
    check_empty()
    check(chosen, asked)
    restoring.begin()
    _bring_uploads_back(chosen)
    load(chosen)
    call_command("prepare")
    if asked.new_secret:
        call_command("rotate_field_keys")
    end = restoring.go_on if asked.nothing_since else restoring.hold
    held = end(chosen.files.taken_at)
    if chosen.manifest is None:
        _check_afterwards()
    return held


def _check_afterwards() -> None:
    """Without a manifest nobody could ask before: do these keys open it?"""
    check_readable()
    if found := invariants.broken():
        raise BackupError(
            f"It is back, but does not hold: {found[0][0]} ({found[0][1][0]}). If its keys are "
            "missing, put them into FIELD_KEYS, make a new database and restore once more."
        )


def check_empty() -> None:
    """Raises RefusedError for a database that has tables."""
    with postgres.connected() as connection, connection.cursor() as cursor:
        number = postgres.number_of_tables(cursor)
    if number and restoring.is_under_way():
        raise RefusedError(
            "A restore into this database has not ended, so nothing of it is held for staff yet. "
            "Make a new one: dropdb and createdb; or name another in DATABASE_URL."
        )
    if number:
        raise RefusedError(
            f"This database is not empty ({number} tables). Make a new one: createdb."
        )


def check(chosen: Chosen, asked: Asked) -> None:
    """Ask for everything that it needs: version, keys, whole files. Raises RefusedError."""
    if asked.nothing_since:
        _check_newest(chosen)
    found = chosen.manifest
    if found is None:
        if not asked.without_manifest:
            name = names.file_name(chosen.files.stamp, names.MANIFEST)
            raise RefusedError(opening.NO_MANIFEST.format(manifest=name))
    else:
        found.check_format()
        found.check_keys()
        if not (found.is_of_this_secret or asked.new_secret):
            raise RefusedError(NEW_SECRET)
    try:
        chosen.check_files()
        _check_dump(chosen)
    except BackupError as error:
        raise RefusedError(f"{error} Nothing was written.") from error


def _check_newest(chosen: Chosen) -> None:
    """Raises RefusedError where a newer set shows that things went on."""
    for one in names.sets(chosen.target.names()):
        if one.taken_at > chosen.files.taken_at:
            name = names.file_name(one.stamp, names.DUMP)
            raise RefusedError(NEWER.format(name=name))


def _check_dump(chosen: Chosen) -> None:
    """Read the whole dump once without writing: another version of PostgreSQL, a torn file."""
    assert chosen.files.dump
    with (
        postgres.tool(
            "pg_restore",
            "--file=/dev/null",
            database="",
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
        ) as process,
        chosen.reading(chosen.files.dump) as reader,
    ):
        for data in pieces(reader):
            postgres.hand_on(process.stdin, data)


def load(chosen: Chosen, database: str | None = None) -> None:
    """Write the dump into our database, or into another one, in one transaction."""
    assert chosen.files.dump
    how = ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"]
    with (
        postgres.tool("pg_restore", *how, database=database, stdin=subprocess.PIPE) as process,
        chosen.reading(chosen.files.dump) as reader,
    ):
        for data in pieces(reader):
            postgres.hand_on(process.stdin, data)


def _bring_uploads_back(chosen: Chosen) -> None:
    """The uploads, and from newer sets the list of people who were forgotten since."""
    folder = Path(settings.MEDIA_ROOT)
    if chosen.files.media:
        with chosen.reading(chosen.files.media) as reader:
            held = media.unpack(reader, folder)
        said = chosen.manifest.body["media"]["sha256"] if chosen.manifest else held.sha256
        if held.sha256 != said:
            raise BackupError(
                "The uploads are not as the manifest says. The database is empty still."
            )
    for key in sorted(_forgotten_since(chosen)):
        asked_to_forget.list_one(UUID(key))


def _forgotten_since(chosen: Chosen) -> set[str]:
    """The keys of everybody who is forgotten by this set and all sets in the same place."""
    found: set[str] = set()
    for one in names.sets(chosen.target.names()):
        try:
            found |= _forgotten_of(chosen, one)
        except BackupError as error:
            logger.warning("Who was forgotten by the set of %s is not known: %s", one.stamp, error)
    return found


def _forgotten_of(chosen: Chosen, one: names.BackupSet) -> set[str]:
    if known := opening.manifest_of(chosen.target, one):
        known.check_keys()
        return set(known.body["forgotten"])
    if one.media is None:
        return set()
    with Chosen(chosen.target, one, None, chosen.keys).reading(one.media) as reader:
        return media.forgotten(reader, asked_to_forget.LIST)


def check_readable(database: str | None = None) -> int:
    """Decrypt one text of each column and key; returns how many. Raises BackupError, names it."""
    number = 0
    with postgres.connected(database) as connection, connection.cursor() as cursor:
        for column, key_id, token in postgres.tokens(cursor, encryption.keys()):
            try:
                encryption.decrypt(f"{key_id}:{token}")
            except InvalidToken as error:
                raise BackupError(
                    f"{column} cannot be read with the key “{key_id}” in FIELD_KEYS."
                ) from error
            number += 1
    return number
