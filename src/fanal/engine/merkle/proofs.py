"""Inclusion and consistency proofs (RFC 6962 section 2.1, checked as RFC 9162 sections 2.1.3.2 and 2.1.4.2 say)."""

from collections.abc import Iterator, Sequence

from fanal.engine.merkle.errors import ProofFailed
from fanal.engine.merkle.hashing import EMPTY_ROOT, node_hash
from fanal.engine.merkle.tree import Node, NodeReader, gather

Span = tuple[int, int]
"""Leaves from the first up to, not including, the second."""


def inclusion_proof(index: int, size: int, reader: NodeReader) -> tuple[bytes, ...]:
    """Return PATH(index, D[size]): the siblings from the leaf up; reads O(log size) nodes in one go.

    Raises ValueError for an index outside the tree, MissingNode.
    """
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    return _hashes(_siblings(index, size), reader)


def consistency_proof(old: int, new: int, reader: NodeReader) -> tuple[bytes, ...]:
    """Return PROOF(old, D[new]), empty when there is nothing to show; reads O(log new) nodes in one go.

    Raises ValueError for sizes that are no prefix, MissingNode.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {old} leaves is no beginning of one of {new}")
    return _hashes(_common(old, new) if old else [], reader)


def root_from_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes]) -> bytes:
    """Return the root that a leaf hash and its path lead to. Raises ProofFailed for a path of the wrong length."""
    if not 0 <= index < size:
        raise ProofFailed(f"Leaf {index} is not in a log of {size}.")
    current = leaf
    for sibling, on_left in _climb(index, size - 1, proof):
        current = node_hash(sibling, current) if on_left else node_hash(current, sibling)
    return current


def check_inclusion(index: int, size: int, leaf: bytes, root: bytes, proof: Sequence[bytes]) -> None:
    """Check that the log of this size and root holds this leaf hash at this index. Raises ProofFailed."""
    if root_from_inclusion(index, size, leaf, proof) != root:
        raise ProofFailed(f"Leaf {index} is not in the log with this root.")


def check_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Check that the log of `new` leaves begins with the log of `old` leaves. Raises ProofFailed."""
    if not 0 <= old <= new:
        raise ProofFailed(f"A log of {old} leaves is no beginning of one of {new}.")
    if old in (0, new):
        expected = EMPTY_ROOT if old == 0 else new_root
        if proof or old_root != expected or (new == 0 and new_root != EMPTY_ROOT):
            raise ProofFailed("The two logs differ.")
        return
    if _roots_from_consistency(old, new, old_root, proof) != (old_root, new_root):
        raise ProofFailed(f"The log of {new} leaves does not begin with the {old} of the other.")


def _roots_from_consistency(old: int, new: int, old_root: bytes, proof: Sequence[bytes]) -> tuple[bytes, bytes]:
    path = list(proof)
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    if not path:
        raise ProofFailed("The proof is too short.")
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    first = second = path[0]
    for sibling, on_left in _climb(position, last, path[1:]):
        if on_left:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
        else:
            second = node_hash(second, sibling)
    return first, second


def _climb(position: int, last: int, proof: Sequence[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield each sibling from the leaf up, and whether it stands on the left. Raises ProofFailed for a wrong length."""
    for sibling in proof:
        if last == 0:
            raise ProofFailed("The proof is too long.")
        on_left = bool(position & 1) or position == last
        yield sibling, on_left
        while on_left and position and not position & 1:
            position, last = position >> 1, last >> 1
        position, last = position >> 1, last >> 1
    if last:
        raise ProofFailed("The proof is too short.")


def _siblings(index: int, size: int) -> list[Span]:
    start, stop, path = 0, size, []
    while stop - start > 1:
        middle = start + _split(stop - start)
        if index < middle:
            path.append((middle, stop))
            stop = middle
        else:
            path.append((start, middle))
            start = middle
    return path[::-1]


def _common(old: int, new: int) -> list[Span]:
    start, stop, path = 0, new, []
    while stop != old:
        middle = start + _split(stop - start)
        if old <= middle:
            path.append((middle, stop))
            stop = middle
        else:
            path.append((start, middle))
            start = middle
    if start:
        path.append((start, stop))
    return path[::-1]


def _split(width: int) -> int:
    """Return the largest power of two smaller than a width of two or more."""
    return 1 << ((width - 1).bit_length() - 1)


def _complete(span: Span) -> list[Node]:
    """Return the complete subtrees that make up a span that starts where a subtree of its width may, widest first."""
    start, stop = span
    nodes = []
    while start < stop:
        level = (stop - start).bit_length() - 1
        nodes.append((level, start >> level))
        start += 1 << level
    return nodes


def _hashes(spans: list[Span], reader: NodeReader) -> tuple[bytes, ...]:
    parts = [_complete(span) for span in spans]
    found = iter(gather(tuple(node for part in parts for node in part), reader))
    return tuple(_fold([next(found) for _ in part]) for part in parts)


def _fold(hashes: list[bytes]) -> bytes:
    current = hashes[-1]
    for left in reversed(hashes[:-1]):
        current = node_hash(left, current)
    return current
