"""Pictures that promise or unfold to far more than they weigh."""

import struct
import zlib
from collections.abc import Iterator

from hostile.corpus import Sample
from hostile.wellformed import picture, whole_files

_ZEROS = bytes(1 << 20)


def zeros(mebibytes: int, wrapper: int = zlib.MAX_WBITS) -> bytes:
    """Return that many MiB of zeros, deflated; quick to make, for a block after a full flush repeats."""
    deflater = zlib.compressobj(9, zlib.DEFLATED, wrapper)
    first = deflater.compress(_ZEROS) + deflater.flush(zlib.Z_FULL_FLUSH)
    block = deflater.compress(_ZEROS) + deflater.flush(zlib.Z_FULL_FLUSH)
    return first + block * (mebibytes - 1) + deflater.flush()


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return a chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, depth: int, colour: int, pixels: bytes, *between: bytes) -> bytes:
    """Return a PNG of deflated `pixels`, with chunks between its header and them."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(between) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def png_bombs() -> Iterator[Sample]:
    """Yield PNG and APNG."""
    small = zlib.compress(b"\0" + bytes(48)) * 1
    yield Sample("pixels.png", png(60_000, 60_000, 8, 6, small), "3.6 thousand million pixels promised")
    yield Sample("bilevel.png", png(30_000, 30_000, 1, 0, zeros(110)), "900 million pixels that are there, in 110 kB")
    yield Sample("deep.png", png(9_000, 8_000, 16, 6, zeros(560)), "72 million pixels of 8 bytes")
    yield Sample("surplus.png", png(16, 16, 8, 0, zeros(2_000)), "2 GB of pixels for a picture of 256")
    yield Sample("text.png", png(4, 4, 8, 0, small, chunk(b"zTXt", b"k\0\0" + zeros(1_000))), "a text of 1 GB")
    many = (chunk(b"zTXt", b"k\0\0" + zeros(1)) for _ in range(200))
    yield Sample("texts.png", png(4, 4, 8, 0, small, *many), "200 texts of 1 MB")
    yield Sample("icc.png", png(4, 4, 8, 0, small, chunk(b"iCCP", b"p\0\0" + zeros(1_000))), "a colour profile of 1 GB")
    yield Sample("exif.png", png(4, 4, 8, 0, small, chunk(b"eXIf", exif_fan())), "Exif whose entries all fan out")
    control = chunk(b"acTL", struct.pack(">II", 2**31 - 1, 0))
    frame = struct.pack(">IIIIHHBB", 4, 4, 0, 0, 1, 100, 0, 0)
    frames = (
        chunk(b"fcTL", struct.pack(">I", 2 * n) + frame) + chunk(b"fdAT", struct.pack(">I", 2 * n + 1) + small)
        for n in range(20_000)
    )
    yield Sample("frames.png", png(4, 4, 8, 0, small, control, *frames), "20,000 frames, 2 thousand million promised")
    outside = chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, 2**31 - 1, 2**31 - 1, 2**31 - 1, 2**31 - 1, 1, 1, 1, 1))
    yield Sample("outside.png", png(4, 4, 8, 0, small, control, outside), "a frame far outside of its picture")


def exif_fan(entries: int = 5_000) -> bytes:
    """Return Exif of many entries that all point to the same 60 kB."""
    table = b"".join(struct.pack("<HHII", (0x9C9B + n) & 0xFFFF, 7, 60_000, 8) for n in range(entries))
    return b"II*\0" + struct.pack("<IH", 8, entries) + table + bytes(64)


def exif_loop() -> bytes:
    """Return Exif whose directories point to each other and to themselves."""
    entries = ((0x8769, 8), (0x8825, 8), (0x014A, 8), (0x010F, 8))
    table = b"".join(struct.pack("<HHII", tag, 4, 1, at) for tag, at in entries)
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + table + struct.pack("<I", 8)


def segment(marker: int, data: bytes) -> bytes:
    """Return a segment of a JPEG."""
    return b"\xff" + bytes((marker,)) + struct.pack(">H", len(data) + 2) + data


def jpeg_bombs() -> Iterator[Sample]:
    """Yield JPEG."""
    whole, progressive = whole_files()["still.jpg"], whole_files()["progressive.jpg"]
    yield Sample("pixels.jpg", resized(whole, 65_500, 65_500), "4.3 thousand million pixels promised")
    yield Sample("progressive.jpg", resized(progressive, 14_000, 14_000), "a progressive picture of 196 million pixels")
    scan = progressive.index(b"\xff\xda")
    scans = progressive[:scan] + progressive[scan:-2] * 300 + b"\xff\xd9"
    yield Sample("scans.jpg", resized(scans, 4_000, 4_000), "300 times the scans, each over 16 million pixels")
    yield Sample("loop.jpg", whole[:2] + segment(0xE1, b"Exif\0\0" + exif_loop()) + whole[2:], "an Exif loop")
    yield Sample("fan.jpg", whole[:2] + segment(0xE1, b"Exif\0\0" + exif_fan(5_000)) + whole[2:], "Exif that fans out")
    profile = b"".join(segment(0xE2, b"ICC_PROFILE\0" + bytes((n, 255)) + bytes(65_000)) for n in range(1, 256))
    yield Sample("icc.jpg", whole[:2] + profile + whole[2:], "a colour profile of 16 MB")
    yield Sample("segments.jpg", whole[:2] + segment(0xFE, b"") * 500_000 + whole[2:], "500,000 empty comments")
    pictures = segment(0xE2, b"MPF\0" + exif_loop())
    yield Sample("several.jpg", whole[:2] + pictures + whole[2:] * 2, "a list of pictures that loops")


def resized(data: bytes, width: int, height: int) -> bytes:
    """Return a JPEG with another size in its header."""
    at = max(data.find(b"\xff\xc0"), data.find(b"\xff\xc2"))
    return data[: at + 5] + struct.pack(">HH", height, width) + data[at + 9 :]


def gif_bombs() -> Iterator[Sample]:
    """Yield GIF."""
    image = b"," + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02D\x01\0"
    yield Sample("canvas.gif", _gif(65_535, 65_535, image), "a canvas of 4.3 thousand million pixels")
    yield Sample("frames.gif", _gif(1, 1, image * 400_000), "400,000 frames of one pixel")
    yield Sample("large-frames.gif", _gif(4_000, 4_000, image * 50_000), "50,000 frames of 16 million pixels")
    yield Sample("extent.gif", _gif(1, 1, b"," + struct.pack("<HHHHB", 65_000, 65_000, 65_535, 65_535, 0) + image[10:]),
                 "a frame far outside of its canvas")  # fmt: skip
    yield Sample(
        "endless.gif", _gif(500, 500, image[:10] + b"\x02" + (b"\xff" + bytes(255)) * 40_000), "10 MB of codes"
    )


def _gif(width: int, height: int, images: bytes) -> bytes:
    return b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff" + images + b";"


def tiff_bombs() -> Iterator[Sample]:
    """Yield TIFF."""
    yield Sample("pixels.tiff", _tiff({256: 2**31 - 1, 257: 2**31 - 1}), "2^62 pixels promised")
    yield Sample("row.tiff", _tiff({256: 2**31 - 1, 257: 1}), "one row of 2 thousand million pixels")
    yield Sample("cycle.tiff", _tiff({256: 4, 257: 4}, following=8), "a directory that is its own successor")
    yield Sample("strips.tiff", _tiff({256: 4, 257: 4, 278: 1}, strips=2**28), "268 million strips")
    yield Sample("tiles.tiff", _tiff({256: 4, 257: 4, 322: 2**30, 323: 2**30}), "tiles of 2^60 pixels")
    yield Sample("fan.tiff", exif_fan(60_000), "60,000 entries of the same 60 kB")
    yield Sample("loop.tiff", exif_loop(), "directories in a loop")
    rows = _tiff({256: 20_000, 257: 20_000, 259: 8, 278: 20_000}, data=zeros(400))
    yield Sample("deflated.tiff", rows, "400 million pixels in 400 kB")
    yield Sample("samples.tiff", _tiff({256: 9_000, 257: 9_000, 277: 65_535}), "65,535 channels")
    yield Sample("big.tiff", b"II+\0\x08\0\0\0" + struct.pack("<QQ", 16, 2**60) + bytes(64), "2^60 entries")


def _tiff(tags: dict[int, int], *, following: int = 0, strips: int = 1, data: bytes = bytes(16)) -> bytes:
    values = {258: 8, 259: 1, 262: 1, 277: 1, 278: 4, **tags, 273: 0, 279: len(data)}
    start = 8 + 2 + 12 * len(values) + 4
    values[273] = start
    table = b"".join(
        struct.pack("<HHII", tag, 4, strips if tag in (273, 279) else 1, value) for tag, value in sorted(values.items())
    )
    return b"II*\0" + struct.pack("<IH", 8, len(values)) + table + struct.pack("<I", following) + data


def other_bombs() -> Iterator[Sample]:
    """Yield BMP, WebP, HEIF and AVIF."""
    header = struct.pack("<IiiHHIIiiII", 40, 60_000, -60_000, 1, 24, 0, 0, 0, 0, 0, 0)
    yield Sample("pixels.bmp", b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + header, "3.6 thousand million pixels")
    runs = struct.pack("<IiiHHIIiiII", 40, 16_000, 16_000, 1, 8, 1, 0, 0, 0, 2, 0) + bytes(8)
    coded = (b"\xff\0" * 62 + b"\x7e\0\0\0") * 16_000
    yield Sample("runs.bmp", b"BM" + struct.pack("<IHHI", 62, 0, 0, 62) + runs + coded, "256 million pixels in runs")
    webp = picture("WEBP")
    body = webp[12:]
    canvas = b"VP8X" + struct.pack("<IB3x", 10, 2) + struct.pack("<I", 16_383)[:3] * 2
    control = b"ANIM" + struct.pack("<IIH", 6, 0, 0)
    place = bytes(6) + struct.pack("<I", 159)[:3] + struct.pack("<I", 119)[:3] + b"\x01\0\0\0"
    frame = b"ANMF" + struct.pack("<I", 16 + len(body)) + place + body
    yield Sample("canvas.webp", _riff(canvas + control + frame), "an animated canvas of 268 million pixels")
    small = b"VP8X" + struct.pack("<IB3x", 10, 2) + struct.pack("<I", 3_999)[:3] * 2
    yield Sample("frames.webp", _riff(small + control + frame * 3_000), "3,000 frames on 16 million pixels")
    for name in ("still.heic", "still.avif"):
        data = whole_files()[name]
        at = data.index(b"ispe") + 8
        yield Sample(name, data[:at] + struct.pack(">II", 65_000, 65_000) + data[at + 8 :], "a size that is not true")
        lengths = data.replace(b"iloc", b"iloc\x02\0\0\x01", 1)
        yield Sample(f"places-{name}", lengths, "places of items that are none")


def _riff(chunks: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WEBP" + chunks


def picture_bombs() -> Iterator[Sample]:
    """Yield all of them."""
    yield from png_bombs()
    yield from jpeg_bombs()
    yield from gif_bombs()
    yield from tiff_bombs()
    yield from other_bombs()
