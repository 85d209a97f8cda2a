"""A media store in a bucket of any server that speaks S3."""

import io
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import BinaryIO, cast

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError
from obstore.store import S3Store as Bucket

from fanal.core.vault import crash
from fanal.core.vault.errors import ObjectExists, ObjectMissing, StorageFull, StoreUnavailable
from fanal.core.vault.store import StoredObject

WHOLE = 32 << 20
"""Objects up to this many bytes are sent in one request, which the server refuses if the name is taken."""
_PART = 16 << 20
_NO_ROOM = ("QuotaExceeded", "InsufficientStorage", "XMinioStorageFull", "507")


class S3Store:
    """Objects as keys `prefix/ab/cdef…`. The server makes durable what it acknowledges."""

    def __init__(self, bucket: Bucket, place: str) -> None:
        self._bucket = bucket
        self._place = place

    @classmethod
    def at(cls, bucket: str, prefix: str) -> "S3Store":
        """Return the store in this bucket, reached as the usual AWS_* variables say. Nothing is sent yet."""
        plain = os.environ.get("AWS_ENDPOINT_URL", "").startswith("http://")
        place = Bucket(
            bucket,
            prefix=prefix or None,
            client_options={"allow_http": plain, "timeout": "300s", "connect_timeout": "10s"},
            retry_config={"max_retries": 4, "retry_timeout": timedelta(seconds=60)},
        )
        return cls(place, f"s3://{bucket}/{prefix}")

    @contextmanager
    def create(self, name: str) -> Iterator["BucketSink"]:
        """Send the object when the block ends; a large one in parts while it is written."""
        with self._faults(name):
            sink = BucketSink(self._bucket, _key(name))
            crash.here("store.opened")
            yield sink
            crash.here("store.written")
            sink.finish()
            crash.here("store.named")

    def settle(self, names: Collection[str]) -> None:
        """Nothing is left to do: what the server acknowledged is durable."""
        crash.here("store.settled")

    def read(self, name: str) -> BinaryIO:
        """Return a stream of the object; a large one is fetched in ranges. Raises ObjectMissing."""
        with self._faults(name):
            answer = obstore.get(self._bucket, _key(name))
            if answer.meta["size"] <= WHOLE:
                return io.BytesIO(answer.bytes())
            reader = obstore.open_reader(self._bucket, _key(name), buffer_size=_PART)
            return cast("BinaryIO", io.BufferedReader(_Ranges(reader), _PART))

    def delete(self, name: str) -> bool:
        """Remove the object. S3 does not tell whether it was there, so this asks first."""
        there = self.exists(name)
        with self._faults(name):
            obstore.delete(self._bucket, _key(name))
        return there

    def exists(self, name: str) -> bool:
        """Ask for the object's head."""
        try:
            with self._faults(name):
                obstore.head(self._bucket, _key(name))
        except ObjectMissing:
            return False
        return True

    def objects(self, shard: str) -> Iterator[StoredObject]:
        """List one prefix, page by page."""
        with self._faults(shard):
            for page in obstore.list(self._bucket, prefix=shard):
                for item in page:
                    name = item["path"].replace("/", "")
                    yield StoredObject(name, item["size"], item["last_modified"])

    def clear_leavings(self, before: datetime) -> int:
        """Unfinished uploads in parts belong to the bucket's own rule (AbortIncompleteMultipartUpload)."""
        return 0

    @contextmanager
    def _faults(self, name: str) -> Iterator[None]:
        """Tell what went wrong with the server in our words."""
        try:
            yield
        except AlreadyExistsError:
            raise ObjectExists(f"There is an object {name} already.") from None
        except (NotFoundError, FileNotFoundError):
            raise ObjectMissing(f"There is no object {name} in {self._place}.") from None
        except (BaseError, OSError) as fault:
            reason = str(fault)
            if any(word in reason for word in _NO_ROOM):
                raise StorageFull(f"No room is left in {self._place}; nothing was stored.") from fault
            raise StoreUnavailable(f"The media store {self._place} failed: {reason.splitlines()[0]}") from fault


class BucketSink:
    """Bytes on their way to a bucket: kept while they fit one request, else sent in parts."""

    def __init__(self, bucket: Bucket, key: str) -> None:
        self._bucket = bucket
        self._key = key
        self._held = bytearray()
        self._parts: obstore.WritableFile | None = None

    def write(self, data: bytes, /) -> int:
        """Take all of `data`."""
        if self._parts is not None:
            self._parts.write(data)
        else:
            self._held += data
            if len(self._held) > WHOLE:
                self._begin_parts()
        return len(data)

    def finish(self) -> None:
        """Send what is left; the object is there when this returns."""
        if self._parts is not None:
            self._parts.close()
        else:
            obstore.put(self._bucket, self._key, bytes(self._held), mode="create", use_multipart=False)

    def _begin_parts(self) -> None:
        # An upload in parts cannot be refused by the server for its name, which is random; so this asks first.
        try:
            obstore.head(self._bucket, self._key)
        except (NotFoundError, FileNotFoundError):
            self._parts = obstore.open_writer(self._bucket, self._key, buffer_size=_PART, max_concurrency=2)
            self._parts.write(bytes(self._held))
            self._held = bytearray()
            return
        raise ObjectExists(f"There is an object {self._key} already.")


class _Ranges(io.RawIOBase):
    """A reader of ranges with the manners of a file."""

    def __init__(self, reader: "obstore.ReadableFile") -> None:
        self._reader = reader

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # the stubs' WriteableBuffer has no length
        data = self._reader.read(len(buffer))
        buffer[: len(data)] = memoryview(data)
        return len(data)


def _key(name: str) -> str:
    return f"{name[:2]}/{name[2:]}"
