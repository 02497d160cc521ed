"""Other keys for a while, as after somebody has written new ones into `.env` and started anew."""

from contextlib import contextmanager

from cryptography.fernet import Fernet
from django.conf import settings
from django.test import override_settings

from collective.safety import encryption


def new_key(key_id="new"):
    return f"{key_id}:{Fernet.generate_key().decode()}"


@contextmanager
def keys(*rows):
    """The product with these FIELD_KEYS."""
    encryption.keys.cache_clear()
    try:
        with override_settings(FIELD_KEYS=list(rows)):
            yield
    finally:
        encryption.keys.cache_clear()


@contextmanager
def key_in_front():
    """The product with a new key before those of now; yields it."""
    key = new_key()
    with keys(key, *settings.FIELD_KEYS):
        yield key
