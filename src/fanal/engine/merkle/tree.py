"""A tree that only grows, kept as the hashes of its complete subtrees.

A node `(level, position)` is the root of the complete subtree over leaves `position << level` up to, not including,
`(position + 1) << level`; once made it never changes, so a table of nodes is append-only like the log itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from fanal.engine.merkle.hashing import EMPTY_ROOT, node_hash

Node = tuple[int, int]
"""Level (0: a leaf hash) and position from the left."""


class NodeReader(Protocol):
    """Where the complete subtrees are kept."""

    def read(self, nodes: Iterable[Node]) -> Mapping[Node, bytes]:
        """Return the hashes of these nodes; a node that is missing is left out."""


class MissingNode(LookupError):
    """A complete subtree that the size of the tree promises is not in the store."""


@dataclass(frozen=True, slots=True)
class Grown:
    """What one append changed: the new frontier and the nodes that became complete, leaf hash first."""

    frontier: "Frontier"
    nodes: tuple[tuple[Node, bytes], ...]


@dataclass(frozen=True, slots=True)
class Frontier:
    """The complete subtrees of a tree of `size` leaves, widest first: enough to append and to know the root."""

    size: int = 0
    roots: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.roots) != self.size.bit_count():
            raise ValueError(f"a tree of {self.size} leaves has not {len(self.roots)} complete subtrees")

    def append(self, leaf: bytes) -> Grown:
        """Add a leaf hash; amortised two hashes, at most log2(size)."""
        level, position, current = 0, self.size, leaf
        roots = list(self.roots)
        nodes = [((0, position), leaf)]
        while position & 1:
            current = node_hash(roots.pop(), current)
            level, position = level + 1, position >> 1
            nodes.append(((level, position), current))
        roots.append(current)
        return Grown(Frontier(self.size + 1, tuple(roots)), tuple(nodes))

    def root(self) -> bytes:
        """Return the root hash of the tree (RFC 6962, section 2.1)."""
        if not self.roots:
            return EMPTY_ROOT
        current = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            current = node_hash(left, current)
        return current


def frontier_nodes(size: int) -> tuple[Node, ...]:
    """Return the complete subtrees of a tree of `size` leaves, widest first."""
    return tuple((level, (size >> level) - 1) for level in range(size.bit_length() - 1, -1, -1) if size >> level & 1)


def read_frontier(size: int, reader: NodeReader) -> Frontier:
    """Return the frontier of the first `size` leaves of a stored tree. Raises MissingNode."""
    wanted = frontier_nodes(size)
    return Frontier(size, tuple(gather(wanted, reader)))


def gather(nodes: tuple[Node, ...], reader: NodeReader) -> list[bytes]:
    """Read nodes in one go, in the order asked for. Raises MissingNode."""
    found = reader.read(nodes)
    try:
        return [found[node] for node in nodes]
    except KeyError as missing:
        raise MissingNode(f"node {missing.args[0]} of the tree is not in the store") from missing
