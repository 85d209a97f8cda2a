"""The one shape of every comparison: contents are put in by their prints, and asked for by prints."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol, runtime_checkable

from fanal.engine.fingerprint.prints import Print
from fanal.engine.match.link import Link

Bridges = Callable[[int], bool]
"""Whether a content, as it was put in, may lead to others."""


class Found(NamedTuple):
    """A content that shares something with a query."""

    owner: int
    """As it was put in."""
    link: Link
    """From the query to the content."""


class Comparer(Protocol):
    """Compares the prints of one technique. What was put in before a search began is found; what was dropped is not.

    Safe to search from several threads while another puts and drops.
    """

    def put(self, owner: int, prints: Sequence[Print]) -> None:
        """Take in all prints that a content has of this technique, in place of those it had. Others are left out.

        Raises ValueError for prints that are none.
        """

    def drop(self, owner: int) -> None:
        """Forget a content; nothing happens where it is not known."""

    def search(self, prints: Sequence[Print], threads: int = 1) -> Iterator[Found]:
        """Yield what shares something with a query, each content once, in a fixed order.

        The query itself, where it was put in, is found like any other: the caller leaves it out.
        """

    def __len__(self) -> int:
        """How many contents were put in that can be found."""


@runtime_checkable
class BridgingComparer(Comparer, Protocol):
    """Compares the prints of a technique that finds more through what it has found."""

    def search_through(self, prints: Sequence[Print], bridges: Bridges, threads: int = 1) -> Iterator[Found]:
        """Yield what `search` does, and is surer of what other contents that show the same thing speak for.

        `bridges` tells which contents may: those that whoever asks may see, and not the query itself.
        """
