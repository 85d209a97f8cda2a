"""Forty ways to alter an audit log, each as a function of an honest copy and a place in it.

Those who alter have the leaves and their hashes in their hands; the last few also stole the signing key. Leaves are
handed on lazily, as the proof reads them.
"""

import base64
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import chain, count, islice
from uuid import UUID

from fanal.core.audit.copy import Copy
from fanal.core.audit.entry import Entry, canonical, to_leaf
from fanal.engine.merkle.checkpoint import Checkpoint
from fanal.engine.merkle.hashing import leaf_hash
from fanal.engine.merkle.keys import SigningKey
from fanal.engine.merkle.replay import Walk
from fanal.kit.actor import Actor

KEY = SigningKey("fanal/tampering", bytes(range(32)))
IMPOSTOR = SigningKey(KEY.name, bytes(range(1, 33)))
EACH = 40
"""Leaves between two checkpoints."""
WITNESSED = 200
"""Leaves between two checkpoints that somebody else kept."""


@dataclass(frozen=True, slots=True)
class Honest:
    """A log as it was written, and the state of its proof at each checkpoint."""

    leaves: list[bytes]
    hashes: list[bytes]
    checkpoints: list[str]
    kept: list[str]
    walks: list[Walk]

    @property
    def copy(self) -> Copy:
        """The whole log."""
        return Copy(self.leaves, self.hashes, self.checkpoints, self.kept)


def honest_log(size: int) -> Honest:
    """Write a log of this size, a multiple of the leaves between checkpoints."""
    began = datetime(2026, 1, 1, tzinfo=UTC)
    agencies = [UUID(int=number) for number in range(1, 5)]
    leaves = []
    for index in range(size):
        actor = Actor("user", f"officer-{index % 7}", agencies[index % 4])
        entry = Entry("media.revealed", actor, f"content:{index % 997}", {"number": index, "why": "victim search"})
        leaves.append(to_leaf(entry, index, began + timedelta(seconds=index)))
    hashes = [leaf_hash(leaf) for leaf in leaves]
    checkpoints, kept, walks = [], [], [Walk()]
    for stop in range(EACH, size + 1, EACH):
        frontier = walks[-1].frontier
        for value in hashes[stop - EACH : stop]:
            frontier = frontier.append(value).frontier
        walks.append(Walk(frontier, stop))
        checkpoints.append(Checkpoint(KEY.name, stop, frontier.root()).signed(KEY))
        if stop % WITNESSED == 0:
            kept.append(checkpoints[-1])
    return Honest(leaves, hashes, checkpoints, kept, walks)


@dataclass(frozen=True, slots=True)
class Tampered:
    """An altered copy without the leaves before `start`, which are as they were."""

    copy: Copy
    start: Walk


Tamper = Callable[[Honest, int], Tampered]
TAMPERS: dict[str, Tamper] = {}


def _kind(tamper: Tamper) -> Tamper:
    TAMPERS[tamper.__name__] = tamper
    return tamper


def _with_leaves(log: Honest, first: int, rest: Iterable[bytes], hashes: Iterable[bytes] | None = None) -> Tampered:
    """Return the log with other leaves from `first` on; the hashes stay as listed if none are given."""
    at = first // EACH
    before = slice(at * EACH, first)
    listed = log.hashes[first:] if hashes is None else hashes
    leaves = chain(log.leaves[before], rest)
    return Tampered(Copy(leaves, chain(log.hashes[before], listed), log.checkpoints, log.kept), log.walks[at])


def _rehashed(log: Honest, first: int, rest: Callable[[], Iterable[bytes]]) -> Tampered:
    return _with_leaves(log, first, rest(), map(leaf_hash, rest()))


def _renumbered(leaves: Iterable[bytes], first: int) -> Iterator[bytes]:
    for index, leaf in zip(count(first), leaves, strict=False):
        yield canonical({**json.loads(leaf), "index": index})


def _edited(log: Honest, place: int, **fields: object) -> list[bytes]:
    changed = canonical({**json.loads(log.leaves[place]), **fields})
    assert changed != log.leaves[place]
    return [changed, *islice(log.leaves, place + 1, None)]


def _edit(name: str, value: object, *, careful: bool) -> None:
    """Add the kind that edits one field of one leaf; the careful also list the hash of what they wrote."""

    def tamper(log: Honest, place: int) -> Tampered:
        rest = _edited(log, place, **{name: value})
        hashes = [leaf_hash(rest[0]), *log.hashes[place + 1 :]] if careful else None
        return _with_leaves(log, place, rest, hashes)

    tamper.__name__ = f"edit_{name}" + ("_and_its_hash" if careful else "")
    _kind(tamper)


SOMEBODY = {"agency": None, "kind": "system", "reference": "fanal"}
for _careful in (False, True):
    _edit("action", "media.previewed", careful=_careful)
    _edit("actor", SOMEBODY, careful=_careful)
    _edit("at", "2026-01-01T00:00:00.000001Z", careful=_careful)
    _edit("detail", {}, careful=_careful)
    _edit("index", 1_000_000, careful=_careful)
    _edit("subject", "content:0815", careful=_careful)
    _edit("version", 2, careful=_careful)


def _one(log: Honest, place: int, leaf: bytes, *, careful: bool = False) -> Tampered:
    rest = [leaf, *log.leaves[place + 1 :]]
    return _with_leaves(log, place, rest, [leaf_hash(leaf), *log.hashes[place + 1 :]] if careful else None)


@_kind
def flip_a_bit(log: Honest, place: int) -> Tampered:
    """One bit of one leaf, as a failing disk would."""
    leaf = bytearray(log.leaves[place])
    leaf[place % len(leaf)] ^= 1 << place % 8
    return _one(log, place, bytes(leaf))


@_kind
def cut_a_leaf_short(log: Honest, place: int) -> Tampered:
    """The last bytes of a leaf."""
    return _one(log, place, log.leaves[place][: -1 - place % 20])


@_kind
def add_a_field(log: Honest, place: int) -> Tampered:
    """A field that no leaf has, with its hash."""
    return _one(log, place, _edited(log, place, note="seen by nobody")[0], careful=True)


@_kind
def remove_a_field(log: Honest, place: int) -> Tampered:
    """Who did it, with its hash."""
    fields = json.loads(log.leaves[place])
    del fields["actor"]
    return _one(log, place, canonical(fields), careful=True)


@_kind
def spell_differently(log: Honest, place: int) -> Tampered:
    """The same JSON with spaces, with its hash."""
    return _one(log, place, json.dumps(json.loads(log.leaves[place])).encode(), careful=True)


@_kind
def write_over_with_another(log: Honest, place: int) -> Tampered:
    """Another leaf's content under this one's index, with its hash."""
    other = log.leaves[(place + 4999) % len(log.leaves)]
    return _one(log, place, next(_renumbered([other], place)), careful=True)


@_kind
def remove_a_leaf(log: Honest, place: int) -> Tampered:
    """A gap."""
    return _with_leaves(log, place, islice(log.leaves, place + 1, None), islice(log.hashes, place + 1, None))


@_kind
def remove_a_leaf_and_close_the_gap(log: Honest, place: int) -> Tampered:
    """All later leaves take the index before theirs."""
    return _rehashed(log, place, lambda: _renumbered(islice(log.leaves, place + 1, None), place))


@_kind
def duplicate_a_leaf(log: Honest, place: int) -> Tampered:
    """The same leaf twice."""
    twice = [place, *range(place, len(log.leaves))]
    return _with_leaves(log, place, (log.leaves[one] for one in twice), (log.hashes[one] for one in twice))


@_kind
def insert_a_leaf(log: Honest, place: int) -> Tampered:
    """Something that never happened, all later leaves renumbered."""
    forged = _edited(log, place, subject="content:never")[:1]
    return _rehashed(log, place, lambda: _renumbered(chain(forged, islice(log.leaves, place, None)), place))


@_kind
def swap_neighbours(log: Honest, place: int) -> Tampered:
    """Two leaves change places, each keeping its index."""
    first = min(place, len(log.leaves) - 2)
    order = [first + 1, first]
    rest = [*(log.leaves[one] for one in order), *log.leaves[first + 2 :]]
    return _with_leaves(log, first, rest, map(leaf_hash, rest))


@_kind
def swap_neighbours_and_renumber(log: Honest, place: int) -> Tampered:
    """Two leaves change places and indexes."""
    first = min(place, len(log.leaves) - 2)
    swapped = list(_renumbered([log.leaves[first + 1], log.leaves[first]], first))
    rest = [*swapped, *log.leaves[first + 2 :]]
    return _with_leaves(log, first, rest, map(leaf_hash, rest))


@_kind
def swap_with_a_far_one(log: Honest, place: int) -> Tampered:
    """Two leaves half a log apart."""
    first, second = sorted((place, (place + len(log.leaves) // 2) % len(log.leaves)))
    rest = log.leaves[first:]
    rest[0], rest[second - first] = rest[second - first], rest[0]
    return _with_leaves(log, first, rest, map(leaf_hash, rest))


@_kind
def reverse_a_run(log: Honest, place: int) -> Tampered:
    """Eight leaves backwards, renumbered."""
    first = min(place, len(log.leaves) - 8)
    run = list(_renumbered(reversed(log.leaves[first : first + 8]), first))
    rest = [*run, *log.leaves[first + 8 :]]
    return _with_leaves(log, first, rest, map(leaf_hash, rest))


@_kind
def alter_a_listed_hash(log: Honest, place: int) -> Tampered:
    """The hash, not the leaf."""
    hashes = log.hashes[place:]
    hashes[0] = hashes[0][:-1] + bytes([hashes[0][-1] ^ 1])
    return _with_leaves(log, place, log.leaves[place:], hashes)


@_kind
def remove_the_end(log: Honest, place: int) -> Tampered:
    """Everything from here on, checkpoints left as they are."""
    return _with_leaves(log, place, (), ())


@_kind
def append_unsigned(log: Honest, place: int) -> Tampered:
    """One more leaf at the end that no checkpoint covers."""
    end = len(log.leaves)
    forged = list(_renumbered([log.leaves[place]], end))
    return _with_leaves(log, end, forged, map(leaf_hash, forged))


def _with_checkpoints(log: Honest, place: int, checkpoints: list[str], **others: Iterable[bytes]) -> Tampered:
    at = place // EACH
    leaves, hashes = islice(log.leaves, at * EACH, None), islice(log.hashes, at * EACH, None)
    copy = Copy(leaves, hashes, checkpoints, log.kept)
    return Tampered(replace(copy, **others), log.walks[at])  # type: ignore[arg-type]


def _only_checkpoints(log: Honest, checkpoints: list[str]) -> Tampered:
    """Return the log with other checkpoints; all leaves are as they were, so that their proof is over."""
    return Tampered(Copy((), (), checkpoints, log.kept), log.walks[-1])


def _signed_over(
    log: Honest, place: int, change: Callable[[Checkpoint], Checkpoint], key: SigningKey | None = None
) -> Tampered:
    """Put another checkpoint in the place of one; without the key its old signature stays."""
    at = place // EACH
    text, lines = log.checkpoints[at].split("\n\n")
    origin, size, root = text.split("\n")
    changed = change(Checkpoint(origin, int(size), base64.b64decode(root)))
    note = changed.signed(key) if key else f"{changed.text}\n{lines}"
    return _only_checkpoints(log, [*log.checkpoints[:at], note, *log.checkpoints[at + 1 :]])


@_kind
def edit_a_signed_root(log: Honest, place: int) -> Tampered:
    """Another root under the old signature."""
    return _signed_over(log, place, lambda one: replace(one, root=log.hashes[place]))


@_kind
def edit_a_signed_size(log: Honest, place: int) -> Tampered:
    """Another size under the old signature."""
    return _signed_over(log, place, lambda one: replace(one, size=one.size - 1 - place % EACH))


@_kind
def sign_with_another_key(log: Honest, place: int) -> Tampered:
    """A key of the same name that is not the log's."""
    return _signed_over(log, place, lambda one: one, IMPOSTOR)


@_kind
def sign_as_another_log(log: Honest, place: int) -> Tampered:
    """The stolen key under another log's name."""
    return _signed_over(log, place, lambda one: replace(one, origin="fanal/other"), KEY)


@_kind
def flip_a_bit_of_a_signature(log: Honest, place: int) -> Tampered:
    """One bit of a signature."""
    at = place // EACH
    head, encoded = log.checkpoints[at].rstrip("\n").rsplit(" ", 1)
    signature = bytearray(base64.b64decode(encoded))
    signature[4 + place % 64] ^= 1 << place % 8
    note = f"{head} {base64.b64encode(signature).decode()}\n"
    return _only_checkpoints(log, [*log.checkpoints[:at], note, *log.checkpoints[at + 1 :]])


@_kind
def replay_an_older_checkpoint(log: Honest, place: int) -> Tampered:
    """An older one again, as if the log had shrunk."""
    at = place // EACH
    return _only_checkpoints(log, [*log.checkpoints[: at + 1], log.checkpoints[at // 2], *log.checkpoints[at + 1 :]])


@_kind
def remove_the_end_and_its_checkpoints(log: Honest, place: int) -> Tampered:
    """The end and every checkpoint that covered it; others kept theirs."""
    at = place // EACH
    return _with_checkpoints(log, place, log.checkpoints[:at], leaves=(), hashes=())


def _sign_again(log: Honest, place: int, rest: list[bytes]) -> Tampered:
    """With the stolen key: other leaves from `place` on, the checkpoints from there on replaced by one that fits."""
    at = place // EACH
    leaves = [*log.leaves[at * EACH : place], *rest]
    hashes = [leaf_hash(leaf) for leaf in leaves]
    frontier = log.walks[at].frontier
    for value in hashes:
        frontier = frontier.append(value).frontier
    note = Checkpoint(KEY.name, frontier.size, frontier.root()).signed(KEY)
    notes = [*log.checkpoints[:at], *([] if frontier.size == at * EACH else [note])]
    return _with_checkpoints(log, place, notes, leaves=leaves, hashes=hashes)


@_kind
def remove_the_end_and_sign_again(log: Honest, place: int) -> Tampered:
    """With the stolen key: a shorter log, signed."""
    return _sign_again(log, place, [])


@_kind
def rewrite_and_sign_again(log: Honest, place: int) -> Tampered:
    """With the stolen key: a fork of the same length, signed."""
    return _sign_again(log, place, _edited(log, place, subject="content:0815"))
