"""Data on its way: counted, hashed, encrypted to a public key and opened again.

Everything is handed on piece by piece, so that a large backup needs little memory and nothing plain
touches a disk where it is to be encrypted (age-encryption.org/v1, by pyrage).
"""

import hashlib
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import pyrage

from portal.backups.problems import BackupError, RefusedError

A_PIECE = 256 * 1024


class Writer(Protocol):
    def write(self, data: bytes, /) -> int: ...


class Reader(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


Produce = Callable[[Writer], None]


class Tally:
    """Counts and hashes what is written, and hands it on; remembers what went wrong there."""

    def __init__(self, onward: Writer) -> None:
        self._onward, self._hash, self.size = onward, hashlib.sha256(), 0
        self.error: Exception | None = None

    def write(self, data: bytes) -> int:
        try:
            self._onward.write(data)
        except Exception as error:
            self.error = error
            raise
        self._hash.update(data)
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """The file below is flushed when it is closed."""

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


class Nowhere:
    def write(self, data: bytes) -> int:
        return len(data)


class _Remembering:
    """Hands reading on, and remembers what went wrong: pyrage gives its own errors instead."""

    def __init__(self, source: Reader) -> None:
        self._source = source
        self.error: Exception | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            return self._source.read(size)
        except Exception as error:
            self.error = error
            raise


class _Piped:
    """The reading end: at its end it raises what went wrong at the other."""

    def __init__(self, number: int, produce: Produce, into: int) -> None:
        self.error: Exception | None = None
        self._file = os.fdopen(number, "rb")
        self._thread = threading.Thread(target=self._run, args=(produce, into), daemon=True)
        self._thread.start()

    def _run(self, produce: Produce, into: int) -> None:
        try:
            with os.fdopen(into, "wb") as writer:
                produce(writer)
        except Exception as error:
            self.error = error

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        if not data or size < 0 or len(data) < size:
            self._thread.join()
            if self.error:
                raise self.error
        return data

    def close(self) -> None:
        self._file.close()
        self._thread.join()


@contextmanager
def piped(produce: Produce) -> Iterator[_Piped]:
    """What `produce(writer)` writes, to be read while it is being written."""
    number, into = os.pipe()
    reader = _Piped(number, produce, into)
    try:
        yield reader
    finally:
        reader.close()


def pieces(reader: Reader) -> Iterator[bytes]:
    while data := reader.read(A_PIECE):
        yield data


def copy(reader: Reader, writer: Writer) -> None:
    for data in pieces(reader):
        writer.write(data)


def recipients(keys: list[str]) -> list[pyrage.x25519.Recipient]:
    """The public keys as pyrage takes them. Raises RefusedError for what is none."""
    found = []
    for key in keys:
        try:
            found.append(pyrage.x25519.Recipient.from_str(key.strip()))
        except pyrage.RecipientError as error:
            raise RefusedError(
                f"“{key[:80]}” is no public key of age: it begins with age1, as age-keygen says it."
            ) from error
    return found


def identities(path: Path | None) -> list[pyrage.x25519.Identity]:
    """The private keys in a file of age-keygen, or "-": what comes in; none without a file.

    Raises RefusedError.
    """
    if path is None:
        return []
    try:
        text = sys.stdin.read() if path == Path("-") else path.read_text()
    except OSError as error:
        raise RefusedError(
            f"{path} cannot be read: {error.strerror}. Hand it in: --identity - < FILE"
        ) from error
    lines = [line.strip() for line in text.splitlines()]
    try:
        found = [
            pyrage.x25519.Identity.from_str(line) for line in lines if line.startswith("AGE-SECRET")
        ]
    except pyrage.IdentityError as error:
        raise RefusedError(f"A key in {path} cannot be read: {error}") from error
    if not found:
        raise RefusedError(f"{path} holds no line that begins with AGE-SECRET-KEY.")
    return found


def sealed(produce: Produce, to: list[pyrage.x25519.Recipient]) -> Produce:
    """The same, encrypted to these public keys; without any it stays as it is."""
    if not to:
        return produce

    def encrypt(writer: Writer) -> None:
        onward = Tally(writer)
        with piped(produce) as reader:
            try:
                pyrage.encrypt_io(reader, onward, to)
            except pyrage.EncryptError as error:
                raise (reader.error or onward.error or error) from error

    return encrypt


@contextmanager
def opened(reader: Reader, keys: list[pyrage.x25519.Identity]) -> Iterator[Reader]:
    """What was encrypted, readable again. Raises BackupError for another key, a damaged file."""

    def decrypt(writer: Writer) -> None:
        onward, source = Tally(writer), _Remembering(reader)
        try:
            pyrage.decrypt_io(source, onward, keys)
        except (pyrage.DecryptError, OSError) as error:
            if onward.error:  # whoever reads has had enough
                return
            raise (source.error or BackupError(_why_not(error))) from error

    with piped(decrypt) as plain:
        yield plain


def _why_not(error: Exception) -> str:
    if "matching keys" in str(error):
        return "This age key does not open the backup. It needs the one that it was encrypted to."
    return f"The encrypted file is damaged, or ends too early ({error})."
