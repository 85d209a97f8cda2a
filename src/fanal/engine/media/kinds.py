"""What a file is, told from its first bytes; a name is never believed."""

import re
from dataclasses import dataclass

HEAD_BYTES = 4096
"""As many bytes of the start as `sniff` wants to see."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file and the one reader that may open it."""

    media_type: str
    family: str
    """`image`, `video`, `audio`, `archive` or `other`; a container that may hold either starts as `video`."""
    reader: str = ""
    """Pillow's format, FFmpeg's demuxer, or the archive's own form; empty: the kind is known but never opened."""


UNKNOWN = Kind("application/octet-stream", "other")

JPEG = Kind("image/jpeg", "image", "JPEG")
PNG = Kind("image/png", "image", "PNG")
GIF = Kind("image/gif", "image", "GIF")
WEBP = Kind("image/webp", "image", "WEBP")
TIFF = Kind("image/tiff", "image", "TIFF")
BMP = Kind("image/bmp", "image", "BMP")
HEIF = Kind("image/heif", "image", "HEIF")
AVIF = Kind("image/avif", "image", "AVIF")
MP4 = Kind("video/mp4", "video", "mov")
QUICKTIME = Kind("video/quicktime", "video", "mov")
THREE_GP = Kind("video/3gpp", "video", "mov")
M4A = Kind("audio/mp4", "audio", "mov")
MATROSKA = Kind("video/x-matroska", "video", "matroska")
WEBM = Kind("video/webm", "video", "matroska")
AVI = Kind("video/x-msvideo", "video", "avi")
MPEG_TS = Kind("video/mp2t", "video", "mpegts")
OGG = Kind("video/ogg", "video", "ogg")
ASF = Kind("video/x-ms-wmv", "video", "asf")
WAV = Kind("audio/wav", "audio", "wav")
MP3 = Kind("audio/mpeg", "audio", "mp3")
ADTS = Kind("audio/aac", "audio", "aac")
ZIP = Kind("application/zip", "archive", "zip")
TAR = Kind("application/x-tar", "archive", "tar")
TEXT_PLAYLIST = Kind("application/vnd.apple.mpegurl", "other")

# Order matters only where one mark begins another.
_MARKS: tuple[tuple[int, bytes, Kind], ...] = (
    (0, b"\xff\xd8\xff", JPEG),
    (0, b"\x89PNG\r\n\x1a\n", PNG),
    (0, b"GIF87a", GIF),
    (0, b"GIF89a", GIF),
    (0, b"II*\0", TIFF),
    (0, b"MM\0*", TIFF),
    (0, b"II+\0", TIFF),
    (0, b"MM\0+", TIFF),
    (0, b"FLV\x01", Kind("video/x-flv", "video", "flv")),
    (0, b"\0\0\x01\xba", Kind("video/mpeg", "video", "mpeg")),
    (0, b"\0\0\x01\xb3", Kind("video/mpeg", "video", "mpegvideo")),
    (0, bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"), ASF),
    (0, b"OggS", OGG),
    (0, b"fLaC", Kind("audio/flac", "audio", "flac")),
    (0, b"#!AMR", Kind("audio/amr", "audio", "amr")),
    (0, b"ID3", MP3),
    (0, b".RMF", Kind("video/vnd.rn-realvideo", "video", "rm")),
    (0, b"DKIF", Kind("video/x-ivf", "video", "ivf")),
    (0, b"caff", Kind("audio/x-caf", "audio", "caf")),
    (0, b".snd", Kind("audio/basic", "audio", "au")),
    (0, b"wvpk", Kind("audio/x-wavpack", "audio", "wv")),
    (0, b"MAC ", Kind("audio/x-ape", "audio", "ape")),
    (0, b"riff\x2e\x91\xcf\x11", Kind("audio/x-w64", "audio", "w64")),
    (0, b"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02\x01", Kind("application/mxf", "video", "mxf")),
    (0, b"PK\x03\x04", ZIP),
    (0, b"PK\x05\x06", ZIP),
    (0, b"PK\x07\x08PK\x03\x04", ZIP),
    (0, b"\x1f\x8b\x08", Kind("application/gzip", "archive", "gz")),
    (0, b"BZh", Kind("application/x-bzip2", "archive", "bz2")),
    (0, b"\xfd7zXZ\0", Kind("application/x-xz", "archive", "xz")),
    (257, b"ustar", TAR),
    (0, b"7z\xbc\xaf\x27\x1c", Kind("application/x-7z-compressed", "other")),
    (0, b"Rar!\x1a\x07", Kind("application/vnd.rar", "other")),
    (0, b"\x28\xb5\x2f\xfd", Kind("application/zstd", "other")),
    (0, b"%PDF-", Kind("application/pdf", "other")),
    (0, b"%!PS", Kind("application/postscript", "other")),
    (0, b"8BPS", Kind("image/vnd.adobe.photoshop", "other")),
    (0, b"\0\0\0\x0cjP  \r\n\x87\n", Kind("image/jp2", "other")),
    (0, b"\xff\x4f\xff\x51", Kind("image/jp2", "other")),
    (0, b"\xff\x0a", Kind("image/jxl", "other")),
    (0, b"\0\0\0\x0cJXL \r\n\x87\n", Kind("image/jxl", "other")),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind("application/x-ole-storage", "other")),
    (0, b"SQLite format 3\0", Kind("application/vnd.sqlite3", "other")),
    (0, b"\x7fELF", Kind("application/x-executable", "other")),
    (0, b"#EXTM3U", TEXT_PLAYLIST),
    (0, b"ffconcat version", TEXT_PLAYLIST),
    (0, b"[playlist]", TEXT_PLAYLIST),
    (0, b"v=0\r\no=", Kind("application/sdp", "other")),
)

_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1", b"mif2"}
_BOXES = {b"moov", b"mdat", b"free", b"wide", b"skip", b"pnot", b"moof", b"styp", b"sidx"}
_XML = re.compile(rb"^(?:\xef\xbb\xbf)?\s*<(\?xml|!doctype|svg|html|smil|mpd)", re.IGNORECASE)


def sniff(head: bytes, name: str = "") -> Kind:
    """Return what a file is by its first bytes, `UNKNOWN` if they tell nothing.

    `head` is the first `HEAD_BYTES` of the file, or all of it. `name` is part of the call so that no caller wonders:
    it is not looked at.
    """
    for offset, mark, kind in _MARKS:
        if head.startswith(mark, offset):
            return kind
    for look in (_riff, _boxes, _ebml, _aiff, _bitmap, _transport_stream, _frame_sync, _text):
        found = look(head)
        if found is not None:
            return found
    return UNKNOWN


def as_sound(kind: Kind) -> Kind:
    """Return the kind of a container in which no moving picture was found."""
    sound = {"video/x-ms-wmv": "audio/x-ms-wma", "video/vnd.rn-realvideo": "audio/vnd.rn-realaudio"}
    media_type = sound.get(kind.media_type) or kind.media_type.replace("video/", "audio/", 1)
    return Kind(media_type, "audio", kind.reader)


def _riff(head: bytes) -> Kind | None:
    if head[:4] not in (b"RIFF", b"RF64", b"RIFX"):
        return None
    return {b"WEBP": WEBP, b"AVI ": AVI, b"WAVE": WAV}.get(head[8:12])


def _boxes(head: bytes) -> Kind | None:
    """ISO base media (ISO/IEC 14496-12): the brands of `ftyp`, or an old QuickTime file that has none."""
    box = head[4:8]
    if box != b"ftyp":
        return QUICKTIME if box in _BOXES else None
    end = max(16, min(int.from_bytes(head[:4], "big"), len(head), 256))
    brands = [head[8:12]] + [head[at : at + 4] for at in range(16, end, 4)]
    major = brands[0]
    if major in (b"avif", b"avis") or (major in _HEIF_BRANDS and b"avif" in brands):
        return AVIF
    if major in _HEIF_BRANDS:
        return HEIF
    if major == b"qt  ":
        return QUICKTIME
    if major.startswith((b"3gp", b"3g2", b"3gs")):
        return THREE_GP
    return M4A if major.startswith((b"M4A", b"M4B", b"M4P")) else MP4


def _ebml(head: bytes) -> Kind | None:
    if not head.startswith(b"\x1a\x45\xdf\xa3"):
        return None
    return WEBM if b"webm" in head[:64] else MATROSKA


def _aiff(head: bytes) -> Kind | None:
    is_aiff = head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC")
    return Kind("audio/aiff", "audio", "aiff") if is_aiff else None


def _bitmap(head: bytes) -> Kind | None:
    # Two letters alone are too weak a mark: the size of the header that follows must be one of those in use.
    sized = head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in (12, 16, 40, 52, 56, 64, 108, 124)
    return BMP if sized else None


def _transport_stream(head: bytes) -> Kind | None:
    for start, step in ((0, 188), (4, 192)):
        marks = head[start : start + 5 * step : step]
        if len(marks) >= 3 and set(marks) == {0x47}:
            return MPEG_TS
    return None


def _frame_sync(head: bytes) -> Kind | None:
    """MPEG audio without a tag in front: a frame's header, of which the next frame must bear the same first bytes."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    if head[1] & 0xF6 == 0xF0:
        return ADTS
    layer, rate, sampling = head[1] & 0x06, head[2] >> 4, head[2] >> 2 & 3
    return MP3 if layer and rate not in (0, 15) and sampling != 3 else None


def _text(head: bytes) -> Kind | None:
    opening = _XML.match(head[:512])
    if opening:
        is_svg = b"<svg" in head[:2048].lower()
        return Kind("image/svg+xml", "other") if is_svg else Kind("text/xml", "other")
    sample = head[:1024]
    if not sample or b"\0" in sample:
        return None
    try:
        words = sample.decode("utf-8")
    except UnicodeDecodeError as fault:
        if fault.start < len(sample) - 3:
            return None
        words = sample[: fault.start].decode("utf-8")
    return Kind("text/plain", "other") if all(c.isprintable() or c in "\r\n\t\f" for c in words) else None
