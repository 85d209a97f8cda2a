"""The kinds of deeds that need a second officer. Nouns register theirs when their app is ready."""

from collections.abc import Callable
from dataclasses import dataclass

from fanal.core.access.models import User
from fanal.core.access.roles import Right
from fanal.core.approvals.models import Proposal
from fanal.kit.errors import NotFound


@dataclass(frozen=True, slots=True)
class Deed:
    """A kind of deed. `says` and `does` are given the proposal, with its subject, arguments and reason."""

    name: str
    """Its noun and verb, such as `evidence.widen`."""
    says: Callable[[Proposal], str]
    """Returns what is to be done as one sentence, in the reader's language."""
    does: Callable[[Proposal, User], None]
    """Does it, in the transaction of the agreement, for the officer who agreed. What it raises leaves all undone.

    It looks again whether it can still be done: days may have passed since it was proposed.
    """
    to_propose: Right = Right.SUBMIT
    to_agree: Right = Right.APPROVE
    """The right that it takes. Besides, whoever agrees is of the proposer's agency, and never the proposer."""


_deeds: dict[str, Deed] = {}


def register(deed: Deed) -> None:
    """Make a kind of deed known; twice is once."""
    _deeds[deed.name] = deed


def deed_named(name: str) -> Deed:
    """Return the kind of deed with this name. Raises NotFound."""
    try:
        return _deeds[name]
    except KeyError:
        raise NotFound("This kind of deed is not known here.") from None


def deeds() -> tuple[Deed, ...]:
    """Return all kinds of deeds."""
    return tuple(_deeds.values())
