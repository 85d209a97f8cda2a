"""Where the vault of this process is: its store, its keys, its room for plain bytes."""

from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from fanal.core.vault.store import MediaStore
from fanal.kit import settings
from fanal.kit.errors import Invalid


def store() -> MediaStore:
    """Return the media store that the operator chose. Raises Invalid, StoreUnavailable."""
    return open_store(settings.read().media_store)


def key_file() -> Path:
    """Return the file of the keys that wrap the keys of contents."""
    return settings.read().data / "keys" / "vault.json"


def plain_folder() -> Path:
    """Return the folder where large contents are decrypted, in files that have no name."""
    return settings.read().data / "plain"


@lru_cache(maxsize=8)
def open_store(url: str) -> MediaStore:
    """Return the store at this URL: `file:///folder` or `s3://bucket/prefix`. Raises Invalid."""
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.netloc in ("", "localhost") and parts.path:
        from fanal.core.vault.local import LocalStore

        return LocalStore.at(unquote(parts.path))
    if parts.scheme == "s3" and parts.netloc:
        from fanal.core.vault.s3 import S3Store

        return S3Store.at(parts.netloc, unquote(parts.path).strip("/"))
    raise Invalid(
        f"FANAL_MEDIA_STORE is {url!r}, which is no media store.",
        next_step="Set it to file:///folder or s3://bucket/prefix.",
    )
