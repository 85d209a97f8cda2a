"""A Merkle tree in memory, with every root it ever had: what tests compare with."""

from collections.abc import Iterable, Mapping, Sequence

from fanal.engine.merkle.hashing import leaf_hash
from fanal.engine.merkle.tree import Frontier, Node


class Grove:
    """A tree of these leaves; `roots[n]` is the root of its first n leaves, `reads` the nodes of each read."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.nodes: dict[Node, bytes] = {}
        self.reads: list[int] = []
        frontier = Frontier()
        self.roots = [frontier.root()]
        for leaf in leaves:
            grown = frontier.append(leaf_hash(leaf))
            frontier = grown.frontier
            self.nodes.update(grown.nodes)
            self.roots.append(frontier.root())

    def read(self, nodes: Iterable[Node]) -> Mapping[Node, bytes]:
        """Return the hashes of these nodes."""
        wanted = list(nodes)
        self.reads.append(len(wanted))
        return {node: self.nodes[node] for node in wanted if node in self.nodes}
