"""The half of a technique that meets files, behind the wall: it reads them in one of a few forms and makes prints."""

import re
from abc import ABC
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import BinaryIO, ClassVar

import numpy as np
from numpy.typing import NDArray

from fanal.engine.fingerprint.prints import Print

NAME = re.compile(r"[a-z][a-z0-9-]{0,14}/[0-9]{1,4}")
"""What a technique may be called: at most 20 characters, with its version."""

Pixels = NDArray[np.uint8]
"""[height, width, 3] of red, green, blue, or [height, width] of grey, for grey pictures and very large ones."""
Frames = Iterator[tuple[float, Pixels]]
"""Seconds from the start and a picture, one a second, in order."""
Samples = Iterator[NDArray[np.float32]]
"""Mono, -1 to 1, in pieces of any length."""


class Form(StrEnum):
    """In which a technique reads a file."""

    PICTURE = "picture"
    FILM = "film"
    SOUND = "sound"
    FACTS = "facts"
    BYTES = "bytes"


_FAMILIES = {
    Form.PICTURE: {"image"},
    Form.FILM: {"video"},
    Form.SOUND: {"audio", "video"},
    Form.FACTS: {"image", "video", "audio"},
    Form.BYTES: {"image", "video", "audio", "archive", "other"},
}


class Maker(ABC):
    """Makes the prints of one technique. Override what it reads; whatever is raised costs this technique's prints only.

    What it needs must be imported with its module or loaded when it is made: behind the wall no file can be opened.
    """

    name: ClassVar[str]
    """Name and version, such as `mean-colour/1`: another version is never compared with this one."""
    rate: ClassVar[int] = 16_000
    """Samples a second that `of_sound` wants."""

    def of_picture(self, pixels: Pixels) -> Iterable[Print]:
        """Return the prints of a picture's stored pixels, or of a part that was marked in one."""
        del pixels
        return ()

    def of_film(self, frames: Frames) -> Iterable[Print]:
        """Return the prints of a film."""
        del frames
        return ()

    def of_sound(self, samples: Samples) -> Iterable[Print]:
        """Return the prints of a recording, or of the sound of a film, at `rate` samples a second."""
        del samples
        return ()

    def of_facts(self, facts: Mapping[str, str | int | float]) -> Iterable[Print]:
        """Return the prints of what the file's own facts say."""
        del facts
        return ()

    def of_bytes(self, file: BinaryIO) -> Iterable[Print]:
        """Return the prints of the bytes themselves; the file can seek."""
        del file
        return ()

    @property
    def forms(self) -> frozenset[Form]:
        """In which it reads files: what it overrides."""
        return frozenset(form for form in Form if getattr(type(self), f"of_{form}") is not getattr(Maker, f"of_{form}"))

    @property
    def reads(self) -> frozenset[str]:
        """Families of files that it may have prints of, see `fanal.engine.media.findings`."""
        return frozenset().union(*(_FAMILIES[form] for form in self.forms))
