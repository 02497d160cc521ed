"""Encryption on the way: nothing plain in the result, and what goes wrong is told as it was."""

import errno
import io
from pathlib import Path

import pyrage
import pytest

from portal.backups import streams
from portal.backups.problems import BackupError, RefusedError

WORDS = b"planted words " * 100_000
OURS, OTHERS = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()


def locked():
    out = io.BytesIO()
    streams.sealed(lambda writer: streams.copy(io.BytesIO(WORDS), writer), [OURS.to_public()])(out)
    return out.getvalue()


def unlocked(data, *keys):
    with streams.opened(io.BytesIO(data), list(keys)) as reader:
        return b"".join(streams.pieces(reader))


def test_words_are_not_readable_and_come_back_with_the_key():
    data = locked()

    assert (b"planted" in data, unlocked(data, OTHERS, OURS)) == (False, WORDS)


def test_age_reads_it_without_us():
    assert pyrage.decrypt(locked(), [OURS]) == WORDS


def test_another_key_is_told():
    with pytest.raises(BackupError, match="This age key does not open"):
        unlocked(locked(), OTHERS)


def test_file_that_was_cut_off_is_told():
    with pytest.raises(BackupError, match="ends too early"):
        unlocked(locked()[:-100_000], OURS)


def test_failure_of_whoever_writes_is_raised_as_it_was():
    def produce(writer):
        writer.write(WORDS)
        raise BackupError("pg_dump was killed (signal 9).")

    with pytest.raises(BackupError, match="pg_dump was killed"):
        streams.sealed(produce, [OURS.to_public()])(io.BytesIO())


def test_full_disk_is_raised_as_it_was():
    class Full:
        def write(self, data):
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        streams.sealed(lambda writer: streams.copy(io.BytesIO(WORDS), writer), [OURS.to_public()])(
            Full()
        )


@pytest.mark.parametrize("key", ["age1abc", "ssh-ed25519 AAAA", "AGE-SECRET-KEY-1"])
def test_what_is_no_public_key_is_refused(key):
    with pytest.raises(RefusedError, match="is no public key of age"):
        streams.recipients([key])


def test_file_of_age_keygen_is_read_with_its_comments(tmp_path):
    path = tmp_path / "key.txt"
    path.write_text(f"# created: today\n# public key: {OURS.to_public()}\n{OURS}\n")

    assert [str(key) for key in streams.identities(path)] == [str(OURS)]


def test_key_of_age_may_come_in_by_a_pipe(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"# created: today\n{OURS}\n"))

    assert [str(key) for key in streams.identities(Path("-"))] == [str(OURS)]
