"""What can go wrong with the vault."""

from fanal.kit.errors import Conflict, FanalError, Invalid, NotFound, StorageFull, Unavailable

__all__ = [
    "BlobDamaged",
    "BlobErased",
    "BlobMissing",
    "KeyRefused",
    "KeysLost",
    "ObjectExists",
    "ObjectMissing",
    "SealExpired",
    "SourceUnreadable",
    "StorageFull",
    "StoreUnavailable",
]


class BlobMissing(NotFound):
    """The vault never held bytes with this digest."""

    code = "vault.missing"


class BlobErased(NotFound):
    """The vault held these bytes; their key was destroyed on purpose."""

    code = "vault.erased"
    status = 410
    next_step = "Nobody can bring it back. The audit log says who erased it and why."


class BlobDamaged(FanalError):
    """The object in the media store is gone, or it is not what was stored."""

    code = "vault.damaged"
    of_the_server = True
    next_step = "Restore the media store from a backup, then run `fanal verify vault`: it names every damaged content."


class KeysLost(Unavailable):
    """The file of the vault's keys is gone or cannot be used, and contents depend on it."""

    code = "vault.keys_lost"
    of_the_server = True
    next_step = "Put keys/vault.json back from the backup of the data folder. Without it no content can be opened."


class KeyRefused(FanalError):
    """A wrapped data key does not open: another vault's key file, or a row that was altered."""

    code = "vault.key_refused"
    of_the_server = True
    next_step = "Check that keys/vault.json belongs to this database, then run `fanal verify vault`."


class ObjectMissing(NotFound):
    """The media store has no object of this name."""

    code = "vault.object_missing"


class ObjectExists(Conflict):
    """The media store has an object of this name; objects are written once."""

    code = "vault.object_exists"


class StoreUnavailable(Unavailable):
    """The media store does not answer or refuses."""

    code = "vault.store_unavailable"
    of_the_server = True
    next_step = "Nothing was stored. Check FANAL_MEDIA_STORE, its rights and its disk or server, then submit again."


class SourceUnreadable(Invalid):
    """A file that was to be stored cannot be read."""

    code = "vault.source_unreadable"
    next_step = "Check that the file is there, is a plain file and may be read; then submit it again."


class SealExpired(Conflict):
    """Bytes that were sealed are no longer there to be given rows."""

    code = "vault.seal_expired"
    next_step = "Submit the same files again: nothing was stored twice."
