"""A part of a picture, cut from its whole decode: a small one may be all there is of what is looked for."""

from typing import BinaryIO

import numpy as np
from PIL import Image

from fanal.engine.fingerprint.image import part_prints
from fanal.engine.fingerprint.region import Region
from fanal.engine.fingerprint.sampling import Plane
from fanal.engine.media import jpeg, raster
from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.exif import exif_facts
from fanal.engine.media.facts import FactSheet
from fanal.engine.media.findings import Findings, Preview
from fanal.engine.media.heif import open_within
from fanal.engine.media.image import picture_facts, whole_file
from fanal.engine.media.kinds import HEIF, JPEG, Kind
from fanal.engine.media.limits import Limits
from fanal.engine.media.preview import preview_of, small, upright
from fanal.engine.media.refusals import Refusal


def read_region(file: BinaryIO, kind: Kind, limits: Limits, region: Region) -> Findings:
    """Return the prints of a part of a picture (of the first frame of an animated one), and the size of the whole.

    One small upright preview shows that part alone. Where the region lies outside the picture there is neither. Raises
    MediaRefused for anything but a picture, or whatever the decoder raises: `examine` names it.
    """
    if kind.family != "image":
        raise MediaRefused(Refusal.UNKNOWN_KIND)
    whole, orientation = _decoded(file, kind, limits)
    prints, part = part_prints(whole, region), region.crop(whole)
    previews: tuple[Preview, ...] = ()
    if part.size:
        previews = (
            preview_of(upright(small(np.ascontiguousarray(part[..., :3] if part.ndim == 3 else part)), orientation)),
        )
    return Findings(
        kind.media_type, "image", whole.shape[1], whole.shape[0], frames=1, prints=prints, previews=previews
    )


def whole_pixels(file: BinaryIO, kind: Kind, limits: Limits) -> Plane:
    """Return all stored pixels of a picture, of the first frame of one that moves. Raises as `read_region` does."""
    return _decoded(file, kind, limits)[0]


def _decoded(file: BinaryIO, kind: Kind, limits: Limits) -> tuple[Plane, int]:
    """Return the stored pixels, and how Exif wants them shown."""
    data = whole_file(file, limits)
    if kind == HEIF:  # decoded as its own rotation has it
        return np.array(open_within(data, limits)), 1
    picture, _ = raster.load(data, kind, limits)
    return raster.pixels_of(picture), _orientation(data, kind, limits, picture)


def _orientation(data: bytes, kind: Kind, limits: Limits, picture: Image.Image) -> int:
    sheet = FactSheet(limits)
    if kind == JPEG:
        return exif_facts(jpeg.read_head(data).exif, sheet).orientation
    if raster.is_animated(data, kind, limits):
        return 1
    return picture_facts(data, kind, picture.info, sheet).orientation
