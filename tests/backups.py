"""What tests of backups share: commands on this test's database, a set's names, keys."""

import pyrage
import pytest
from django.core.management import call_command

from collective.safety import encryption
from portal.backups import bringing_back, opening
from portal.backups.bringing_back import Asked
from portal.backups.problems import RefusedError
from portal.backups.targets import Folder
from tests import processes

OURS = pyrage.x25519.Identity.generate()  # somebody who may open what is encrypted
WORD = "narwhal-in-a-teacup"  # in a person's name, and in an upload


def url():
    """Of this test's database."""
    return processes.environment(9)["DATABASE_URL"]


def back_up(place, *options):
    call_command("backup", str(place), *options)


def names(folder):
    """How the names of the files end."""
    return sorted(path.name.split("Z", 1)[1] for path in folder.iterdir())


def newest(folder, *keys):
    return opening.newest(Folder(folder), list(keys))


def refusal(chosen, **asked):
    """The sentence with which it is refused before anything is written."""
    with pytest.raises(RefusedError) as caught:
        bringing_back.check(chosen, Asked(**asked))
    return str(caught.value)


def use_keys(settings, *pairs):
    settings.FIELD_KEYS = list(pairs)
    encryption.keys.cache_clear()
