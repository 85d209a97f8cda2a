"""Techniques that other packages add: found once, through entry points, and checked before anything relies on them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import NamedTuple

from fanal.engine.fingerprint.maker import NAME, Maker

GROUP = "fanal.techniques"
RESERVED = frozenset({"exact", "pdq", "video", "local", "audio", "camera", "text"})
"""Names, of any version, that are our own."""


@dataclass(frozen=True, slots=True)
class Added:
    """A technique from elsewhere that may be used."""

    maker: Maker
    package: str
    release: str


@dataclass(frozen=True, slots=True)
class Broken:
    """A technique that a package promises and that cannot be used; everything else works without it."""

    entry: str
    package: str
    release: str
    reason: str
    next_step: str

    def __str__(self) -> str:
        return f"The technique {self.entry} of the package {self.package} {self.release} is not used: {self.reason}"


class Discovery(NamedTuple):
    """What was found."""

    added: tuple[Added, ...] = ()
    """By name."""
    broken: tuple[Broken, ...] = ()

    def maker(self, name: str) -> Maker:
        """Return the maker of this name. Raises KeyError."""
        return {one.maker.name: one.maker for one in self.added}[name]


@cache
def discover() -> Discovery:
    """Return what the installed packages add. Never raises: what is wrong with one is told of it."""
    return examined(entry_points(group=GROUP))


def examined(entries: Iterable[EntryPoint]) -> Discovery:
    """Load and check entry points. Two that claim one name are both left out: which one is meant nobody can know."""
    found = [_loaded(entry) for entry in sorted(entries, key=lambda entry: (entry.name, entry.value))]
    claims = Counter(one.maker.name for one in found if isinstance(one, Added))
    added = [one for one in found if isinstance(one, Added) and claims[one.maker.name] == 1]
    broken = [one for one in found if isinstance(one, Broken)]
    broken += [_clash(one) for one in found if isinstance(one, Added) and claims[one.maker.name] > 1]
    return Discovery(tuple(sorted(added, key=lambda one: one.maker.name)), tuple(broken))


def _loaded(entry: EntryPoint) -> Added | Broken:
    package, release = (entry.dist.name, entry.dist.version) if entry.dist else ("unknown", "")
    try:
        made = entry.load()
        maker = made() if isinstance(made, type) else made
    except Exception as fault:  # noqa: BLE001 - another's code: whatever it raises must not stop us
        reason, step = f"it cannot be loaded ({type(fault).__name__}: {fault}).", "Mend or remove the package."
        return Broken(entry.name, package, release, reason, step)
    reason = _objection(maker)
    if reason:
        return Broken(entry.name, package, release, reason, "Ask its maker to correct it, or remove the package.")
    return Added(maker, package, release)


def _objection(maker: object) -> str:
    """Return why this is no technique that may be used; nothing where it is one."""
    if not isinstance(maker, Maker) or not callable(getattr(maker, "comparer", None)):
        return f"{type(maker).__name__} is no fanal.engine.match.technique.Technique."
    name = getattr(maker, "name", None)
    if not isinstance(name, str) or not NAME.fullmatch(name):
        return f"its name {name!r} is not a few small letters, a slash and a version, such as mean-colour/1."
    if name.partition("/")[0] in RESERVED:
        return f"the name {name} belongs to Fanal's own techniques."
    if not maker.forms:
        return "it reads nothing: none of of_picture, of_film, of_sound, of_facts and of_bytes is its own."
    return ""


def _clash(one: Added) -> Broken:
    reason = f"more than one package claims the name {one.maker.name}, so none of them has it."
    return Broken(one.maker.name, one.package, one.release, reason, "Remove all of these packages but one.")
