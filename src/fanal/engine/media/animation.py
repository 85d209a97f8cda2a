"""Animated pictures (GIF, PNG, WebP, AVIF): frames with times, of which one a second is printed."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from PIL import Image

from fanal.engine.fingerprint.image import image_prints, whole_print
from fanal.engine.fingerprint.prints import Print
from fanal.engine.fingerprint.video import Sampler
from fanal.engine.media import raster
from fanal.engine.media.exif import Exif, exif_facts
from fanal.engine.media.facts import FactSheet
from fanal.engine.media.findings import Findings, Preview
from fanal.engine.media.kinds import Kind
from fanal.engine.media.limits import Limits
from fanal.engine.media.preview import LONGEST, LONGEST_STILL, glimpse_of, preview_of
from fanal.engine.media.xmp import xmp_facts

_STILLS = 4
_DEFAULT_MILLISECONDS = 100.0
_SHORTEST_MILLISECONDS = 11.0
"""Browsers show a frame that asks for less a tenth of a second, and so do we."""


class _Shown(NamedTuple):
    number: int
    time: float
    lasts: float


class _Reading:
    """Goes through the frames and remembers how it ended."""

    def __init__(self, picture: Image.Image, limits: Limits) -> None:
        self._picture = picture
        self._most = max(1, min(limits.frames, limits.animation_pixels // max(1, picture.width * picture.height)))
        self.frames = 0
        self.duration = 0.0
        self.damaged = False
        self.incomplete = False

    def frames_in_order(self) -> Iterator[_Shown]:
        while not self.incomplete:
            try:
                self._picture.seek(self.frames)
                self._picture.load()
            except EOFError:
                return
            except (OSError, ValueError, SyntaxError, IndexError):
                self.damaged = True
                if not self.frames:
                    raise
                return
            shown = _Shown(self.frames, self.duration, _seconds(self._picture))
            self.frames += 1
            self.duration += shown.lasts
            self.incomplete = self.frames >= self._most
            yield shown


def _seconds(picture: Image.Image) -> float:
    asked = picture.info.get("duration")
    milliseconds = float(asked) if isinstance(asked, int | float) else 0.0
    return (milliseconds if _SHORTEST_MILLISECONDS <= milliseconds < 1e7 else _DEFAULT_MILLISECONDS) / 1000


def read_animation(data: bytes, kind: Kind, limits: Limits) -> Findings:
    """Return what an animated picture holds: the first frame's print bears no time, as a still picture's."""
    picture = raster.open_header(data, kind, limits, animated=True)
    size, info = picture.size, dict(picture.info)
    reading = _Reading(picture, limits)
    prints: list[Print] = []
    previews: list[Preview] = []
    sampler = Sampler()
    for shown in reading.frames_in_order():
        if not sampler.due(shown.time):
            continue
        pixels = raster.pixels_of(picture)
        if shown.number == 0:
            prints += image_prints(pixels)
        else:
            prints.append(replace(whole_print(pixels), time=shown.time))
        if len(previews) <= _STILLS:
            previews += _still(picture, shown, first=not previews)
    sheet = FactSheet(limits)
    untrusted_exif, untrusted_packet = info.get("exif"), info.get("xmp")
    exif = exif_facts(untrusted_exif, sheet) if isinstance(untrusted_exif, bytes) else Exif()
    sheet.add("orientation", exif.orientation)
    xmp_facts(untrusted_packet if isinstance(untrusted_packet, bytes) else b"", sheet)
    sheet.add("icc_bytes", len(info.get("icc_profile") or b"") or None)
    sheet.add("mode", picture.mode)
    sheet.add("loops", info.get("loop"))
    sheet.add("damaged", 1 if reading.damaged else None)
    sheet.add("incomplete", 1 if reading.incomplete and _goes_on(picture, reading.frames) else None)
    return Findings(
        kind.media_type,
        "image",
        *size,
        duration=round(reading.duration, 3),
        frames=reading.frames,
        facts=sheet.facts,
        prints=tuple(prints),
        previews=tuple(previews),
    )


def _still(picture: Image.Image, shown: _Shown, *, first: bool) -> Iterator[Preview]:
    longest = LONGEST_STILL if shown.number else LONGEST
    shrunk = np.asarray(raster.flattened(raster.reduced(picture, longest)))
    if first:
        yield glimpse_of(shrunk)
    yield preview_of(shrunk, shown.time if shown.number else None)


def _goes_on(picture: Image.Image, frame: int) -> bool:
    try:
        picture.seek(frame)
    except (EOFError, OSError, ValueError, SyntaxError):
        return False
    return True
