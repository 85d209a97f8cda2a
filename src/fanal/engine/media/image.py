"""Pictures: decode, facts, prints of the stored pixels, and an upright preview."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, BinaryIO

import numpy as np

from fanal.engine.fingerprint.image import image_prints
from fanal.engine.media import jpeg, raster
from fanal.engine.media.animation import read_animation
from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.exif import Exif, exif_facts, tiff_facts
from fanal.engine.media.facts import FactSheet
from fanal.engine.media.findings import Findings
from fanal.engine.media.heif import read_heif
from fanal.engine.media.iptc import iptc_facts, photoshop_facts
from fanal.engine.media.kinds import HEIF, JPEG, TIFF, Kind
from fanal.engine.media.limits import Limits
from fanal.engine.media.preview import small, still_previews, upright
from fanal.engine.media.refusals import Refusal
from fanal.engine.media.thumbnail import read_thumbnail
from fanal.engine.media.xmp import xmp_facts


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
    _coding_facts(head, sheet)
    exif = exif_facts(head.exif, sheet)
    photoshop_facts(head.photoshop, sheet)
    xmp_facts(head.xmp or exif.xmp, sheet)
    if decoded is None:
        return _with_facts(_read_raster(data, JPEG, limits), sheet)
    sheet.add("damaged", 1 if decoded.damaged else None)
    sheet.add("mode", "L" if decoded.pixels.ndim == 2 else "RGB")
    sheet.add("orientation", exif.orientation)
    prints = image_prints(decoded.pixels, (head.height, head.width))
    previews = still_previews(upright(small(decoded.pixels), exif.orientation))
    other = read_thumbnail(exif.thumbnail, prints[0], (head.width, head.height), sheet)
    return Findings(
        JPEG.media_type,
        "image",
        head.width,
        head.height,
        frames=1,
        facts=sheet.facts,
        prints=(*prints, other.print) if other else prints,
        previews=(*previews, other.preview) if other else previews,
    )


def _coding_facts(head: jpeg.JpegHead, sheet: FactSheet) -> None:
    sheet.add("jpeg_quantisation", head.quantisation_digest)
    sheet.add("jpeg_progressive", int(head.progressive))
    sheet.add("icc_bytes", head.icc_bytes or None)
    sheet.add("comment", head.comment)
    signature = head.signature
    if signature is not None:
        sheet.add("jpeg_signature", signature.name)
        sheet.add("jpeg_quality", signature.quality)
        sheet.add("jpeg_tables", "standard" if signature.standard else "rare")
        sheet.add("jpeg_subsampling", signature.subsampling)
        sheet.add("jpeg_huffman", "default" if signature.default_huffman else "optimised")


def _with_facts(findings: Findings, sheet: FactSheet) -> Findings:
    return replace(findings, facts={**sheet.facts, **findings.facts})


def _read_raster(data: bytes, kind: Kind, limits: Limits) -> Findings:
    """Read what Pillow reads, whole: PNG, WebP, GIF, TIFF, BMP, AVIF, and JPEG in inks."""
    if raster.is_animated(data, kind, limits):
        return read_animation(data, kind, limits)
    picture, damaged = raster.load(data, kind, limits)
    sheet = FactSheet(limits)
    exif = picture_facts(data, kind, picture.info, sheet)
    sheet.add("icc_bytes", len(picture.info.get("icc_profile") or b"") or None)
    sheet.add("mode", picture.mode)
    sheet.add("damaged", 1 if damaged else None)
    sheet.add("orientation", exif.orientation)
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
        previews=still_previews(upright(np.asarray(shown), exif.orientation)),
    )


def picture_facts(data: bytes, kind: Kind, untrusted_info: Mapping[Any, object], sheet: FactSheet) -> Exif:
    """Put on the sheet what stands beside a picture, given what Pillow found there; return its Exif."""
    if kind == TIFF:
        exif = tiff_facts(lambda offset, count: data[offset : offset + count], sheet)
        iptc_facts(exif.iptc, sheet)
        xmp_facts(exif.xmp, sheet)
        return exif
    block = untrusted_info.get("exif")
    exif = exif_facts(block, sheet) if isinstance(block, bytes) else Exif()
    packet = untrusted_info.get("xmp")
    xmp_facts(packet if isinstance(packet, bytes) else exif.xmp, sheet)
    return exif
