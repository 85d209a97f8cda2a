"""HEIF pictures, straight from libheif: one copy of the pixels instead of Pillow's two."""

import numpy as np
import pillow_heif
from PIL import Image

from fanal.engine.fingerprint.image import image_prints
from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.exif import exif_facts
from fanal.engine.media.facts import FactSheet
from fanal.engine.media.findings import Findings
from fanal.engine.media.kinds import HEIF
from fanal.engine.media.limits import Limits
from fanal.engine.media.preview import small, still_previews
from fanal.engine.media.raster import flattened
from fanal.engine.media.refusals import Refusal
from fanal.engine.media.xmp import xmp_facts

_BYTES_A_PIXEL = 6
"""Red, green and blue, and the planes they are made from, measured."""

pillow_heif.options.DECODE_THREADS = 1
pillow_heif.options.THUMBNAILS = False
pillow_heif.options.DEPTH_IMAGES = False
pillow_heif.options.AUX_IMAGES = False


def open_within(data: bytes, limits: Limits) -> pillow_heif.HeifFile:
    """Open without decoding; raises MediaRefused if what the header promises is beyond the limits."""
    picture = pillow_heif.open_heif(data, convert_hdr_to_8bit=True)
    pixels = picture.size[0] * picture.size[1]
    if pixels > limits.pixels or len(data) + pixels * _BYTES_A_PIXEL > limits.picture_bytes:
        raise MediaRefused(Refusal.TOO_MANY_PIXELS)
    return picture


def read_heif(data: bytes, limits: Limits) -> Findings:
    """Return what a HEIF picture holds. Its own rotation is part of the format and applied; one in its Exif is not."""
    picture = open_within(data, limits)
    width, height = picture.size
    pixels = np.array(picture)
    sheet = FactSheet(limits)
    # The rotation in Exif repeats that of the format: it is a fact, never applied a second time.
    sheet.add("orientation", exif_facts(picture.info.get("exif") or b"", sheet).orientation)
    xmp_facts(picture.info.get("xmp") or b"", sheet)
    sheet.add("icc_bytes", len(picture.info.get("icc_profile") or b"") or None)
    sheet.add("mode", picture.mode)
    sheet.add("pictures", len(picture))
    return Findings(
        HEIF.media_type,
        "image",
        width,
        height,
        frames=1,
        facts=sheet.facts,
        prints=image_prints(pixels),
        previews=still_previews(np.asarray(flattened(Image.fromarray(small(pixels))))),
    )
