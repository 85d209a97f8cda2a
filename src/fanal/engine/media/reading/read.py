"""The one entry behind the wall for text: a file in, the lines that can be read in it out, as prints."""

import warnings
from collections.abc import Callable, Iterator
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from fanal.engine.fingerprint.region import Region
from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.findings import Findings
from fanal.engine.media.kinds import HEAD_BYTES, Kind, sniff
from fanal.engine.media.limits import DEFAULT_LIMITS, Limits
from fanal.engine.media.reading.finding import find_lines
from fanal.engine.media.reading.models import load
from fanal.engine.media.reading.pictures import Seen, picture, stills
from fanal.engine.media.reading.spelling import read_lines
from fanal.engine.media.refusals import Refusal
from fanal.engine.text.line import Line, Page
from fanal.engine.text.stored import print_of

Pixels = NDArray[np.uint8]


def read(file: BinaryIO, name: str, limits: Limits = DEFAULT_LIMITS, region: Region | None = None) -> Findings:
    """Return the text in a picture or in a few frames of a film: a print for each that shows any.

    Corners are pixels of the stored picture, before its Exif orientation. Of a file that shows nothing (a sound, an
    archive) nothing is read. A region is not asked for. Raises MediaRefused and nothing else.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _read(file, name, limits)
    except MediaRefused:
        raise
    except MemoryError:
        raise MediaRefused(Refusal.OUT_OF_MEMORY) from None
    except Exception:  # noqa: BLE001 - the boundary of all decoders: whatever they raise, and its words, stays here
        raise MediaRefused(Refusal.MALFORMED) from None


def _read(file: BinaryIO, name: str, limits: Limits) -> Findings:
    file.seek(0)
    kind = sniff(file.read(HEAD_BYTES), name)
    file.seek(0)
    shown = _shown(kind)
    if shown is None:
        return Findings(kind.media_type, kind.family)
    pages = [_page(seen) for seen in shown(file, kind, limits)]
    prints = tuple(print_of(page) for page in pages if page.lines)
    return Findings(kind.media_type, kind.family, prints=prints)


def _shown(kind: Kind) -> Callable[[BinaryIO, Kind, Limits], Iterator[Seen]] | None:
    if not kind.reader:
        return None
    return {"image": picture, "video": stills}.get(kind.family)


def _page(seen: Seen) -> Page:
    return Page(seen.width, seen.height, tuple(map(seen.placed, lines_of(seen.pixels))), seen.time)


def lines_of(pixels: Pixels) -> tuple[Line, ...]:
    """Return the lines that can be read in pixels, uint8 [height, width, 3]. Raises TextUnread without the models."""
    models = load()
    return tuple(read_lines(pixels, find_lines(pixels, models.find), models))


def warm_up() -> None:
    """Read once what needs each model, so that nothing is left to be loaded behind the wall."""
    from PIL import Image, ImageDraw

    drawn = Image.new("RGB", (640, 320), "white")
    ImageDraw.Draw(drawn).text((40, 100), "Read 0123", fill="black", font_size=60)
    lines_of(np.array(drawn))
