"""Proves a copy of a log: plays the leaves again, in order, and compares with everything that was ever signed.

Only hashes and signatures decide; the state between two leaves is a `Walk`, so that a long log can be proven in parts.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from fanal.engine.merkle.checkpoint import Checkpoint
from fanal.engine.merkle.errors import MalformedNote, UnverifiedNote
from fanal.engine.merkle.hashing import leaf_hash
from fanal.engine.merkle.tree import Frontier

Rule = Callable[[int, bytes], str | None]
"""Says what is wrong with a leaf found at an index, or None."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was signed. The first bad leaf is `first`, or between `first` and `last`."""

    sentence: str
    first: int | None = None
    last: int | None = None

    def __str__(self) -> str:
        return self.sentence


@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody said that the log of `size` leaves had this root."""

    size: int
    root: bytes
    by: str


@dataclass(frozen=True, slots=True)
class Walk:
    """The leaves played so far, and how many of them a claim covers."""

    frontier: Frontier = field(default_factory=Frontier)
    covered: int = 0

    @property
    def size(self) -> int:
        """Leaves played."""
        return self.frontier.size


def claims_of(
    untrusted_notes: Iterable[str], opener: Callable[[str], Checkpoint], by: str, *, growing: bool
) -> tuple[list[Claim], list[Fault]]:
    """Open signed checkpoints; those that do not open are faults.

    `growing`: each must be of a longer log than the one before, as a log's own list of checkpoints is; an older one
    played again, or one that takes leaves back, is a fault.
    """
    claims: list[Claim] = []
    faults: list[Fault] = []
    longest = -1
    for number, untrusted_note in enumerate(untrusted_notes):
        try:
            found = opener(untrusted_note)
        except (MalformedNote, UnverifiedNote) as refused:
            faults.append(Fault(f"Checkpoint {number} of {by} does not hold: {refused}"))
            continue
        if growing and found.size <= longest:
            faults.append(Fault(f"Checkpoint {number} of {by} is of {found.size} leaves, after one of {longest}."))
        longest = max(longest, found.size)
        claims.append(Claim(found.size, found.root, f"checkpoint {number} of {by}"))
    return claims, faults


def walk(
    untrusted_leaves: Iterable[bytes],
    untrusted_hashes: Iterable[bytes],
    claims: Sequence[Claim],
    rule: Rule,
    start: Walk | None = None,
) -> tuple[Walk, Fault | None]:
    """Play leaves, the hashes listed for them, and all claims about them; stop at the first fault.

    Leaves and hashes begin after those of `start`; claims of shorter logs than that are taken as compared before.
    """
    state = start or Walk()
    # The next claim stands last; of those about one size the first given is compared first.
    waiting = sorted((one for one in reversed(claims) if one.size >= state.size), key=lambda one: -one.size)
    state, fault = _compare(state, waiting)
    for leaf, listed in zip_longest(untrusted_leaves, untrusted_hashes):
        if fault:
            return state, fault
        fault = _fault_of_leaf(state.size, leaf, listed, rule)
        if not fault:
            state = Walk(state.frontier.append(listed).frontier, state.covered)
            if waiting and waiting[-1].size == state.size:
                state, fault = _compare(state, waiting)
    return state, fault or _fault_of_end(state, waiting)


def _fault_of_leaf(index: int, leaf: bytes | None, listed: bytes | None, rule: Rule) -> Fault | None:
    if leaf is None:
        return Fault(f"Leaf {index} is gone; its hash is still listed.", index, index)
    if leaf_hash(leaf) != listed:
        return Fault(f"Leaf {index} is not what its hash says.", index, index)
    reason = rule(index, leaf)
    return Fault(f"Leaf {index} {reason}.", index, index) if reason else None


def _compare(state: Walk, waiting: list[Claim]) -> tuple[Walk, Fault | None]:
    """Compare the root with all claims about this size, taking them off the end of `waiting`."""
    while waiting and waiting[-1].size == state.size:
        claim = waiting.pop()
        if claim.root != state.frontier.root():
            return state, _fault_of_root(state, claim)
        state = Walk(state.frontier, state.size)
    return state, None


def _fault_of_root(state: Walk, claim: Claim) -> Fault:
    first, last = state.covered, state.size - 1
    if first > last:
        return Fault(f"The log forked: {claim.by} gives another root to the same {state.size} leaves.", None, None)
    between = f"leaf {first}" if first == last else f"one of the leaves {first} to {last}"
    return Fault(f"{claim.by.capitalize()} has another root: {between} is not what was signed.", first, last)


def _fault_of_end(state: Walk, waiting: list[Claim]) -> Fault | None:
    if waiting:
        claim = waiting[0]
        missing = f"The leaves from {state.size} on are gone: {claim.by} counts {claim.size}."
        return Fault(missing, state.size, claim.size - 1)
    if state.covered < state.size:
        return Fault(f"The leaves from {state.covered} on are signed by nobody.", state.covered, state.size - 1)
    return None
