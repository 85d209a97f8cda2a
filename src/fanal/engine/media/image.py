"""Pictures: decode, facts, prints of the stored pixels, and an upright preview."""

from dataclasses import replace
from typing import BinaryIO

import numpy as np

from fanal.engine.fingerprint.image import image_prints
from fanal.engine.media import jpeg, raster
from fanal.engine.media.animation import read_animation
from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.exif import exif_facts, tiff_facts
from fanal.engine.media.facts import FactSheet
from fanal.engine.media.findings import Findings
from fanal.engine.media.heif import read_heif
from fanal.engine.media.kinds import HEIF, JPEG, TIFF, Kind
from fanal.engine.media.limits import Limits
from fanal.engine.media.preview import preview_of, small, upright
from fanal.engine.media.refusals import Refusal


def read_image(file: BinaryIO, kind: Kind, limits: Limits) -> Findings:
    """Return what a picture holds. Raises MediaRefused, or whatever its decoder raises: `examine` names it."""
    data = whole_file(file, limits)
    if kind == JPEG:
        return _read_jpeg(data, limits)
    return read_heif(data, limits) if kind == HEIF else _read_raster(data, kind, limits)


def whole_file(file: BinaryIO, limits: Limits) -> bytes:
    """Return all bytes: libraries that get a descriptor try calls that the wall does not allow. Raises MediaRefused."""
    data = file.read(limits.picture_bytes // 2 + 1)
    if len(data) > limits.picture_bytes // 2:
        raise MediaRefused(Refusal.OUT_OF_MEMORY)
    return data


def _read_jpeg(data: bytes, limits: Limits) -> Findings:
    head = jpeg.read_head(data)
    jpeg.check_size(head, limits)
    decoded = jpeg.decode(data, head)
    sheet = FactSheet(limits)
    sheet.add("jpeg_quantisation", head.quantisation_digest)
    sheet.add("jpeg_progressive", int(head.progressive))
    sheet.add("icc_bytes", head.icc_bytes or None)
    sheet.add("comment", head.comment)
    orientation = exif_facts(head.exif, sheet)
    if decoded is None:
        return _with_facts(_read_raster(data, JPEG, limits), sheet)
    sheet.add("damaged", 1 if decoded.damaged else None)
    sheet.add("mode", "L" if decoded.pixels.ndim == 2 else "RGB")
    sheet.add("orientation", orientation)
    return Findings(
        JPEG.media_type,
        "image",
        head.width,
        head.height,
        frames=1,
        facts=sheet.facts,
        prints=image_prints(decoded.pixels, (head.height, head.width)),
        previews=(preview_of(upright(small(decoded.pixels), orientation)),),
    )


def _with_facts(findings: Findings, sheet: FactSheet) -> Findings:
    return replace(findings, facts={**sheet.facts, **findings.facts})


def _read_raster(data: bytes, kind: Kind, limits: Limits) -> Findings:
    """Read what Pillow reads, whole: PNG, WebP, GIF, TIFF, BMP, AVIF, and JPEG in inks."""
    if raster.is_animated(data, kind, limits):
        return read_animation(data, kind, limits)
    picture, damaged = raster.load(data, kind, limits)
    sheet = FactSheet(limits)
    orientation = picture_facts(data, kind, picture.info.get("exif"), sheet)
    sheet.add("icc_bytes", len(picture.info.get("icc_profile") or b"") or None)
    sheet.add("mode", picture.mode)
    sheet.add("damaged", 1 if damaged else None)
    sheet.add("orientation", orientation)
    shown = raster.flattened(raster.reduced(picture))
    pixels = raster.pixels_of(picture)
    return Findings(
        kind.media_type,
        "image",
        picture.width,
        picture.height,
        frames=1,
        facts=sheet.facts,
        prints=image_prints(pixels),
        previews=(preview_of(upright(np.asarray(shown), orientation)),),
    )


def picture_facts(data: bytes, kind: Kind, untrusted_exif: object, sheet: FactSheet) -> int:
    """Put the camera's facts on the sheet; return the orientation."""
    if kind == TIFF:
        return tiff_facts(lambda offset, count: data[offset : offset + count], sheet)
    return exif_facts(untrusted_exif, sheet) if isinstance(untrusted_exif, bytes) else 1
