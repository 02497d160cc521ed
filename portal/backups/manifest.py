"""The manifest of a set: what it holds, of which version, and which keys open it.

It stands in the clear beside the files, with nothing about people but the keys of those who were
forgotten. Each key signs it, so it proves two things: that a key of now is the one of then, and
that nobody has changed what it says.
"""

import hashlib
import json
import os
import secrets
import subprocess
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.conf import settings
from django.db.migrations.loader import MigrationLoader
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.dateparse import parse_datetime

import collective
from collective.environment import BASE_DIR
from collective.safety import encryption
from portal.backups.problems import RefusedError

FORMAT = 1
SIGNED = "collective backup "  # what a key encrypts begins so
LARGEST = 50_000_000


@dataclass
class Manifest:
    """What is known of a set. `body` is signed by every key that its database needs."""

    body: dict[str, Any]
    keys: dict[str, str] = field(default_factory=dict)

    @property
    def taken_at(self) -> datetime:
        moment = parse_datetime(self.body["taken_at"])
        assert moment is not None
        return moment

    @property
    def files(self) -> dict[str, dict[str, Any]]:
        return self.body["files"]

    @property
    def tables(self) -> dict[str, int]:
        return self.body["tables"]

    def digest(self) -> str:
        text = json.dumps(self.body, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def sign(self, key_ids: set[str]) -> None:
        """With the newest key, and each other one that the database needs."""
        ours = encryption.keys()
        newest = next(iter(ours))
        text = (SIGNED + self.digest()).encode()
        self.keys = {
            key_id: fernet.encrypt(text).decode()
            for key_id, fernet in ours.items()
            if key_id == newest or key_id in key_ids
        }

    def as_bytes(self) -> bytes:
        return json.dumps({**self.body, "keys": self.keys}, indent=1).encode() + b"\n"

    def check_format(self) -> None:
        """Raises RefusedError for what another, newer version wrote."""
        if self.body.get("format") != FORMAT:
            raise RefusedError(
                "The manifest was written by another version of Collective: install that one, or "
                "a newer one."
            )
        known = MigrationLoader(None).disk_migrations
        unknown = [
            f"{app}.{newest}"
            for app, newest in self.body["migrations"].items()
            if app in apps.app_configs and (app, newest) not in known
        ]
        if unknown:
            raise RefusedError(
                f"The backup is of Collective {self.body['version']}, which is newer than this "
                f"({collective.__version__}): it has {unknown[0]}. Install that version first."
            )

    def check_keys(self) -> None:
        """Raises RefusedError where FIELD_KEYS cannot open what was stored then; names the key."""
        ours = encryption.keys()
        missing = [key_id for key_id in self.keys if key_id not in ours]
        if missing:
            raise RefusedError(
                f"FIELD_KEYS lacks the key “{'”, “'.join(missing)}”, which this backup was made "
                "with. Without it nobody can read what people told in confidence, and staff "
                "cannot sign in. Nothing was written."
            )
        for key_id, token in self.keys.items():
            self._check_token(key_id, ours[key_id], token)

    def _check_token(self, key_id: str, key: Fernet, token: str) -> None:
        try:
            text = key.decrypt(token.encode()).decode()
        except InvalidToken as error:
            raise RefusedError(
                f"The key “{key_id}” in FIELD_KEYS is not the one of this backup: same name, "
                "another key. Put in the one of then. Nothing was written."
            ) from error
        if text != SIGNED + self.digest():
            raise RefusedError(
                "The manifest is not as it was written: it is damaged, or somebody changed it. "
                "Nothing was written."
            )

    @property
    def is_of_this_secret(self) -> bool:
        found = self.body["secret"]
        return constant_time_compare(found["proof"], _proof_of_secret(found["salt"]))


def _proof_of_secret(salt: str) -> str:
    return salted_hmac("portal.backups", salt, algorithm="sha256").hexdigest()


def begun(taken_at: datetime, **more: Any) -> Manifest:
    """A manifest that says who writes it, for a set that is about to be taken."""
    salt = secrets.token_hex(16)
    return Manifest(
        {
            "format": FORMAT,
            "product": "Collective",
            "version": collective.__version__,
            "commit": commit(),
            "taken_at": taken_at.isoformat(),
            "secret": {"salt": salt, "proof": _proof_of_secret(salt)},
            **more,
        }
    )


def read(data: bytes) -> Manifest:
    """Raises RefusedError for what is no manifest."""
    try:
        body = json.loads(data)
        keys = body.pop("keys")
        found = Manifest(body, keys)
        if not (keys and found.taken_at and found.files and found.body["secret"]["salt"]):
            raise ValueError("incomplete")
    except (ValueError, KeyError, TypeError, AttributeError, AssertionError) as error:
        raise RefusedError(
            "The manifest cannot be read: it is damaged, or cut off. Take another set."
        ) from error
    return found


def commit() -> str:
    """Which commit runs here, where that can be known: COMMIT, the installer's or git's word."""
    noted = BASE_DIR / ".commit"
    if settings.COMMIT or noted.exists():
        return settings.COMMIT or noted.read_text().strip()
    if not (BASE_DIR / ".git").exists():
        return ""
    command = ["git", "-C", os.fspath(BASE_DIR), "rev-parse", "HEAD"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()
