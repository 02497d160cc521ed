"""Restore asks for keys, version and whole files, and writes nothing before they are there."""

import json
import shutil
import subprocess

import pyrage
import pytest
from cryptography.fernet import Fernet

from collective.safety import encryption
from dev import servers
from portal.backups import bringing_back, opening
from portal.backups.bringing_back import Asked
from tests.backups import OURS, WORD, names, newest, refusal, url, use_keys
from tests.faults.test_backup import another_database, environment, fingerprints

pytestmark = [pytest.mark.faults, pytest.mark.usefixtures("tools")]


@pytest.fixture
def invariants_hold():
    """Nothing here writes into this test's database, so nothing is looked at afterwards."""


@pytest.fixture(autouse=True)
def keys_of_now():
    yield
    encryption.keys.cache_clear()


@pytest.fixture
def folder(kept, tmp_path):
    """A copy of the set that is not encrypted."""
    return shutil.copytree(kept / "plain", tmp_path / "sets")


def test_encrypted_set_holds_no_word_in_the_clear(kept):
    folder = kept / "sealed"

    assert names(folder) == [".dump.age", ".json", ".media.tar.gz.age"]
    assert not [path for path in folder.iterdir() if WORD.encode() in path.read_bytes()]


def test_negative_control_the_word_is_in_the_dump(folder):
    dump = next(folder.glob("*.dump"))

    plain = subprocess.run(["pg_restore", "--file=-", dump], capture_output=True, check=True)

    assert WORD.encode() in plain.stdout


@pytest.mark.parametrize(
    ("keys", "words"),
    [([], "add --identity FILE"), ([pyrage.x25519.Identity.generate()], "does not open")],
    ids=["no key", "another"],
)
def test_encrypted_set_asks_for_its_key_before_anything_is_written(kept, keys, words):
    assert words in refusal(newest(kept / "sealed", *keys))


def test_encrypted_set_is_taken_with_its_key(kept):
    bringing_back.check(newest(kept / "sealed", OURS), Asked())


def test_missing_key_is_named(folder, settings):
    use_keys(settings, f"fresh:{Fernet.generate_key().decode()}")

    assert "FIELD_KEYS lacks the key “tests”" in refusal(newest(folder))


def test_other_key_of_the_same_name_is_told(folder, settings):
    use_keys(settings, f"tests:{Fernet.generate_key().decode()}")

    assert "same name, another key" in refusal(newest(folder))


def test_other_secret_is_refused_until_somebody_says_yes(folder, settings):
    settings.SECRET_KEY = "another-" * 10

    assert "add --new-secret" in refusal(newest(folder))
    bringing_back.check(newest(folder), Asked(new_secret=True))


def test_that_nothing_happened_since_is_not_believed_beside_a_newer_set(folder):
    older = newest(folder)
    bringing_back.check(older, Asked(nothing_since=True))
    (folder / "collective-29990101T000000Z.dump").touch()

    assert "There is a newer backup" in refusal(older, nothing_since=True)


@pytest.mark.parametrize("ending", [".dump", ".media.tar.gz"])
def test_file_that_was_cut_off_is_refused(folder, ending):
    path = next(folder.glob(f"*{ending}"))
    path.write_bytes(path.read_bytes()[:-10])

    assert "its copy was cut off" in refusal(newest(folder))


def test_file_with_one_other_byte_is_refused(folder):
    path = next(folder.glob("*.dump"))
    data = bytearray(path.read_bytes())
    data[-100] ^= 1
    path.write_bytes(data)

    assert "is damaged" in refusal(newest(folder))


def changed(folder, **more):
    path = next(folder.glob("*.json"))
    path.write_text(json.dumps({**json.loads(path.read_text()), **more}))
    return newest(folder)


def test_manifest_that_somebody_changed_is_refused(folder):
    assert "somebody changed it" in refusal(changed(folder, forgotten=["x"]))


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"migrations": {"events": "9999_later"}}, "which is newer than this"),
        ({"format": 2}, "written by another version"),
    ],
    ids=["migration", "format"],
)
def test_set_of_a_newer_version_is_refused(folder, more, words):
    assert words in refusal(changed(folder, **more))


def test_dump_without_its_manifest_needs_a_word(folder):
    next(folder.glob("*.json")).unlink()
    chosen = opening.choose(str(next(folder.glob("*.dump"))), [])

    assert "add --without-manifest" in refusal(chosen)
    bringing_back.check(chosen, Asked(without_manifest=True))


def test_restore_with_other_keys_writes_nothing_and_ends_with_two(folder, tmp_path):
    with another_database(url()) as empty:
        env = environment(empty, 9, tmp_path / "other")
        env["FIELD_KEYS"] = f"fresh:{Fernet.generate_key().decode()}"
        dump = next(folder.glob("*.dump"))
        done = subprocess.run(
            ["bin/restore", dump], env=env, cwd=servers.ROOT, capture_output=True, text=True
        )
        left = fingerprints(empty)

    assert (done.returncode, left, (tmp_path / "other").exists()) == (2, {}, False)
    assert "lacks the key “tests”" in done.stderr
