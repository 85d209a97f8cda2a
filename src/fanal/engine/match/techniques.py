"""The one list of techniques: our own, and those that installed packages add. All else follows from it."""

import hashlib
from collections.abc import Callable
from functools import cache
from typing import cast

from fanal.engine.fingerprint.added import discover
from fanal.engine.match.camera.technique import Camera
from fanal.engine.match.comparer import Comparer
from fanal.engine.match.frames.technique import Exact, Pdq, Video
from fanal.engine.match.local.technique import Local
from fanal.engine.match.sound.technique import Sound
from fanal.engine.match.technique import Technique
from fanal.engine.match.text.technique import Text

EXAMINED: tuple[Technique, ...] = (Exact(), Pdq(), Video(), Local(), Sound(), Camera())
"""What every file is examined by."""
OWN: tuple[Technique, ...] = (*EXAMINED, Text())
"""In the order in which they lead where they are equally sure: what is easier to explain comes first."""


def added() -> tuple[Technique, ...]:
    """Return the techniques that installed packages add, by name."""
    return tuple(cast("Technique", one.maker) for one in discover().added)


def techniques() -> tuple[Technique, ...]:
    """Return all techniques."""
    return OWN + added()


def named(name: str) -> Technique | None:
    """Return the technique of this name and version; None where it is not, or no longer, installed."""
    return next((one for one in techniques() if one.name == name), None)


def comparers(of: tuple[Technique, ...] = OWN) -> dict[str, Callable[[], Comparer]]:
    """Return how to make a comparer for the prints of each technique that has one of its own."""
    return {one.name: cast("Callable[[], Comparer]", one.comparer) for one in of if one.name not in _SPOKEN_FOR}


_FURTHER = ("cells",)
"""What techniques make since without another version, because what they made before is still right: prints of cells."""
_SPOKEN_FOR = frozenset(one.name for one in OWN if isinstance(one, Exact | Video))


@cache
def stamp() -> str:
    """Return one word for the whole list with its versions: what was made under another one is out of date."""
    word = "+".join([*(one.name.replace("/", "-") for one in EXAMINED), *_FURTHER])
    if not added():
        return word
    others = " ".join(one.name for one in added())
    return f"{word}+{hashlib.sha256(others.encode()).hexdigest()[:12]}"
