"""A bucket that speaks S3, at any provider: by obstore (decision 28)."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import obstore
from django.conf import settings
from obstore.exceptions import BaseError
from obstore.store import S3Store

from portal.backups.problems import BackupError, RefusedError
from portal.backups.streams import Produce, Reader, Tally, Writer, pieces, piped
from portal.backups.targets import Target

if TYPE_CHECKING:
    from obstore.store import ClientConfig

# A part of an upload, of which there may be 10,000: 160 GB in all. Four go at once.
A_PART, AT_ONCE = 16 * 1024 * 1024, 4
PATIENCE = timedelta(minutes=2)


class Bucket(Target):
    """s3://bucket/prefix, with BACKUP_S3_ENDPOINT and its keys."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")
        bucket, _, prefix = self.address.removeprefix("s3://").partition("/")
        if not (bucket and settings.BACKUP_S3_KEY_ID and settings.BACKUP_S3_SECRET):
            raise RefusedError(
                "A bucket needs s3://NAME, BACKUP_S3_KEY_ID and BACKUP_S3_SECRET, and for another "
                "provider than Amazon BACKUP_S3_ENDPOINT."
            )
        self._store = _store(bucket, prefix)
        self._written: list[str] = []

    def names(self) -> list[str]:
        with self._in_words("look into it"):
            found = [one["path"] for batch in obstore.list(self._store) for one in batch]
        return sorted(name for name in found if "/" not in name)

    def write(self, name: str, produce: Produce) -> Tally:
        self._written.append(name)
        kept: list[Tally] = []

        def counted(writer: Writer) -> None:
            kept.append(Tally(writer))
            produce(kept[0])

        with piped(counted) as reader, self._in_words(f"write {name}"):
            try:
                obstore.put(
                    self._store,
                    name,
                    pieces(reader),
                    chunk_size=A_PART,
                    max_concurrency=AT_ONCE,
                )
            except BaseError as error:
                raise (reader.error or error) from error
        return kept[0]

    def commit(self) -> None:
        self._written.clear()

    def discard(self) -> None:
        for name in self._written:
            self.delete(name)

    def delete(self, name: str) -> None:
        with self._in_words(f"delete {name}"), suppress(FileNotFoundError):
            obstore.delete(self._store, name)

    @contextmanager
    def read(self, name: str) -> Iterator[Reader]:
        with self._in_words(f"read {name}"):
            yield _Reading(obstore.get(self._store, name).stream(min_chunk_size=A_PART // 4))

    @contextmanager
    def alone(self) -> Iterator[None]:
        """There is no lock in a bucket, and no half file: two at once make two sets."""
        yield

    def describe(self, name: str) -> str:
        return f"{self.address}/{name}"

    @contextmanager
    def _in_words(self, what: str) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError as error:
            raise BackupError(f"{self.address}: cannot {what}: it is not there.") from error
        except BaseError as error:
            why = str(error).splitlines()[0][:300]
            raise BackupError(f"{self.address}: cannot {what}: {why}") from error


class _Reading:
    """A stream of pieces, read as a file is."""

    def __init__(self, stream: Any) -> None:
        self._stream, self._left = iter(stream), b""

    def read(self, size: int = -1) -> bytes:
        found = [self._left]
        length = len(self._left)
        while size < 0 or length < size:
            piece = next(self._stream, None)
            if piece is None:
                break
            found.append(bytes(piece))
            length += len(found[-1])
        data = b"".join(found)
        cut = len(data) if size < 0 else size
        self._left = data[cut:]
        return data[:cut]


def _store(bucket: str, prefix: str) -> S3Store:
    endpoint = settings.BACKUP_S3_ENDPOINT
    client: ClientConfig = {"timeout": timedelta(minutes=10), "connect_timeout": "10s"}
    if endpoint.startswith("http://"):
        client["allow_http"] = True
    return S3Store(
        bucket,
        prefix=prefix or None,
        endpoint=endpoint or None,
        region=settings.BACKUP_S3_REGION,
        access_key_id=settings.BACKUP_S3_KEY_ID,
        secret_access_key=settings.BACKUP_S3_SECRET,
        client_options=client,
        retry_config={"max_retries": 5, "retry_timeout": PATIENCE},
    )
