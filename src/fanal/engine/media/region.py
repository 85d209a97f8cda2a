"""A part of a picture, cut from its whole decode: a small one may be all there is of what is looked for."""

from typing import BinaryIO

import numpy as np

from fanal.engine.fingerprint.image import part_prints
from fanal.engine.fingerprint.region import Region
from fanal.engine.fingerprint.sampling import Plane
from fanal.engine.media import raster
from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.findings import Findings
from fanal.engine.media.heif import open_within
from fanal.engine.media.image import whole_file
from fanal.engine.media.kinds import HEIF, Kind
from fanal.engine.media.limits import Limits
from fanal.engine.media.refusals import Refusal


def read_region(file: BinaryIO, kind: Kind, limits: Limits, region: Region) -> Findings:
    """Return the prints of a part of a picture (of the first frame of an animated one), and the size of the whole.

    Where the region lies outside the picture there are no prints. Raises MediaRefused for anything but a picture, or
    whatever the decoder raises: `examine` names it.
    """
    if kind.family != "image":
        raise MediaRefused(Refusal.UNKNOWN_KIND)
    whole = whole_pixels(file, kind, limits)
    prints = part_prints(whole, region)
    return Findings(kind.media_type, "image", whole.shape[1], whole.shape[0], frames=1, prints=prints)


def whole_pixels(file: BinaryIO, kind: Kind, limits: Limits) -> Plane:
    """Return all stored pixels of a picture, of the first frame of one that moves. Raises as `read_region` does."""
    data = whole_file(file, limits)
    if kind == HEIF:
        return np.array(open_within(data, limits))
    picture, _ = raster.load(data, kind, limits)
    return raster.pixels_of(picture)
