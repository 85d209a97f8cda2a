"""The vault's named points at which a test may kill the process; see `fanal.kit.crash`."""

from fanal.kit.crash import here, watch

__all__ = ["POINTS", "here", "watch"]

POINTS = (
    "seal.begun",
    "seal.digested",
    "store.opened",
    "store.first_bytes",
    "store.written",
    "store.synced",
    "store.named",
    "store.settled",
    "seal.done",
    "rows.begun",
    "rows.inserted",
    "rows.checked",
    "loser.before_delete",
    "loser.deleted",
    "erase.key_destroyed",
    "erase.before_delete",
    "erase.deleted",
    "sweep.before_delete",
    "sweep.deleted",
    "keys.drafted",
    "keys.named",
    "rewrap.page_done",
)
