"""Many contents in a few indexes that never change: a large one, and smaller ones for what came since.

Each index is at least twice as large as the next, so a content is indexed anew about as often as its number has binary
digits. What is dropped or replaced stays in its index, unseen, until that is built again.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")
Index = TypeVar("Index")


@dataclass(frozen=True, slots=True, eq=False)
class Tier(Generic[Item, Index]):
    """One index, and whose items are in it."""

    owners: tuple[int, ...]
    items: tuple[Item, ...]
    index: Index


class Tiers(Generic[Item, Index]):
    """Contents in tiers. Safe to use from several threads."""

    def __init__(self, build: Callable[[Sequence[Item]], Index]) -> None:
        self._build = build
        self._lock = threading.Lock()
        self._waiting: dict[int, Item] = {}
        self._home: dict[int, Tier[Item, Index]] = {}
        self._tiers: tuple[Tier[Item, Index], ...] = ()

    def __len__(self) -> int:
        with self._lock:
            return len(self._waiting) + len(self._home)

    def put(self, owner: int, item: Item) -> None:
        """Take in an item, in place of the one the owner had."""
        with self._lock:
            self._home.pop(owner, None)
            self._waiting[owner] = item

    def drop(self, owner: int) -> None:
        """Forget the item of an owner."""
        with self._lock:
            self._home.pop(owner, None)
            self._waiting.pop(owner, None)

    def tiers(self) -> tuple[Tier[Item, Index], ...]:
        """Return the indexes that together hold all that was put in; what waited is indexed first."""
        with self._lock:
            if self._waiting:
                self._settle()
            return self._tiers

    def holds(self, tier: Tier[Item, Index], position: int) -> int | None:
        """Return the owner of an item found in a tier, or None when it was dropped or replaced since."""
        owner = tier.owners[position]
        return owner if self._home.get(owner) is tier else None

    def _settle(self) -> None:
        gathered = list(self._waiting.items())
        tiers = list(self._tiers)
        while tiers and len(tiers[-1].owners) < 2 * len(gathered):
            gathered = self._living(tiers.pop()) + gathered
        gathered.sort(key=lambda pair: pair[0])
        owners, items = tuple(owner for owner, _ in gathered), tuple(item for _, item in gathered)
        made = Tier(owners, items, self._build(items))
        self._tiers = (*tiers, made)
        self._home.update(dict.fromkeys(owners, made))
        self._waiting.clear()

    def _living(self, tier: Tier[Item, Index]) -> list[tuple[int, Item]]:
        pairs = zip(tier.owners, tier.items, strict=True)
        return [(owner, item) for owner, item in pairs if self._home.get(owner) is tier]
