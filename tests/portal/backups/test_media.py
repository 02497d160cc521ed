"""The archive of uploads, made of a folder that changes under it."""

import errno
import gzip
import io
import tarfile

import pytest

from portal.backups import media
from portal.backups.problems import BackupError, in_words


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "uploads" / "receipts").mkdir(parents=True)
    for name in ("receipts/a.png", "receipts/b.png", "c.txt"):
        (tmp_path / "uploads" / name).write_bytes(name.encode() * 50_000)
    return tmp_path / "uploads"


def packed(folder):
    out = io.BytesIO()
    return media.pack(folder, out), io.BytesIO(out.getvalue())


def test_what_was_packed_comes_back(folder, tmp_path):
    contents, archive = packed(folder)

    assert media.unpack(archive, tmp_path / "back") == contents
    assert (tmp_path / "back" / "receipts" / "a.png").read_bytes() == b"receipts/a.png" * 50_000


def test_archive_that_is_looked_through_has_the_same_hash(folder):
    contents, archive = packed(folder)

    assert media.look_through(archive) == contents
    assert contents.files == 3


def changing(monkeypatch, change):
    """Do this once, just before a file is added."""
    add, left = media._add, [change]

    def add_later(archive, path, name):
        if left:
            left.pop()(path)
        return add(archive, path, name)

    monkeypatch.setattr(media, "_add", add_later)


def test_file_that_vanishes_meanwhile_is_left_out(folder, monkeypatch):
    changing(monkeypatch, lambda path: path.unlink())

    contents, archive = packed(folder)

    assert (contents.files, media.look_through(archive)) == (2, contents)


@pytest.mark.parametrize("now", [b"short", b"longer" * 100_000], ids=["shorter", "longer"])
def test_file_that_changes_while_it_is_read_is_taken_once_more(folder, tmp_path, monkeypatch, now):
    read, left = media._Padded.read, [now]

    def read_and_change(self, size):
        if left:
            (folder / "c.txt").write_bytes(left.pop())
        return read(self, size)

    monkeypatch.setattr(media._Padded, "read", read_and_change)
    contents, archive = packed(folder)

    assert media.unpack(archive, tmp_path / "back") == contents
    assert (tmp_path / "back" / "c.txt").read_bytes() == now


@pytest.mark.parametrize("left", [100, 0.5, 0.99])
def test_archive_that_was_cut_off_is_told(folder, left):
    _, archive = packed(folder)
    whole = archive.getvalue()
    cut = whole[: int(len(whole) * left) if left < 1 else left]

    with pytest.raises(BackupError, match="ends too early"):
        media.look_through(io.BytesIO(cut))


@pytest.mark.parametrize("name", ["../out.txt", "/etc/out.txt", "a/../../out.txt"])
def test_name_that_leads_out_of_the_folder_is_refused(tmp_path, name):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(tarfile.TarInfo(name))

    with pytest.raises(BackupError, match="has a file named"):
        media.unpack(io.BytesIO(gzip.compress(out.getvalue())), tmp_path / "back")


def test_full_disk_is_told_with_the_folder_of_uploads(folder, tmp_path, monkeypatch):
    def fill(source, out):
        raise OSError(errno.ENOSPC, "No space left on device")

    _, archive = packed(folder)
    monkeypatch.setattr(media, "copy", fill)

    with pytest.raises(OSError, match="No space left") as caught:
        media.unpack(archive, tmp_path / "back")

    assert f"The disk is full ({tmp_path / 'back'})" in in_words(caught.value)
