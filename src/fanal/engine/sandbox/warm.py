"""Let every decoder run once before confinement: what libraries load or compile lazily must be there already."""

import importlib
import io
import os
import signal
import tarfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, BinaryIO

import av
import numpy as np
import pillow_heif
from PIL import Image

from fanal.engine.fingerprint.added import discover
from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.examine import prints_of
from fanal.engine.media.findings import Findings
from fanal.engine.media.limits import DEFAULT_LIMITS, Limits
from fanal.engine.media.member import Member

Examine = Callable[[BinaryIO, str, Limits], Findings]
Unpack = Callable[[BinaryIO, str, Limits], Iterator[Member]]

_SIDE = 128
_LOW = 32
"""What is learned of a picture costs by its area once it has the working size, and is the same code for all."""
_TRIAL_SECONDS = 30
_FRAMES = 3
_STILLS = ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "AVIF")
_MOVING = ("GIF", "WEBP", "PNG")
_FILMS = (("mp4", "libx264"), ("matroska", "libvpx-vp9"), ("mov", "mpeg4"), ("avi", "mjpeg"))
_SOUNDS = (("wav", "pcm_s16le"), ("mp3", "mp3"), ("ogg", "flac"), ("adts", "aac"))
# Names in archives and tags come in the code pages of the machines they were made on.
_CODE_PAGES = (
    *("ascii", "latin_1", "utf_8", "utf_8_sig", "utf_16", "utf_16_le", "utf_16_be", "utf_32", "utf_32_le", "utf_32_be"),
    *(
        "cp437",
        "cp850",
        "cp852",
        "cp855",
        "cp858",
        "cp866",
        "cp874",
        "cp932",
        "cp949",
        "cp950",
        "gbk",
        "gb18030",
    ),
    *("big5", "shift_jis", "euc_jp", "euc_kr", "koi8_r", "koi8_u", "mac_roman", "unicode_escape", "raw_unicode_escape"),
    *(f"cp125{page}" for page in range(9)),
    *(f"iso8859_{part}" for part in (*range(1, 12), *range(13, 17))),
)


def warm(examine: Examine, unpack: Unpack) -> None:
    """Run both, and every added technique, on a small file of every kind."""
    for page in _CODE_PAGES:
        importlib.import_module(f"encodings.{page}")
    # datetime imports this at its first parsing, when nothing can be imported any more.
    importlib.import_module("_strptime")
    time.tzset()
    Image.init()
    for sample in samples():
        with suppress(MediaRefused):
            examine(io.BytesIO(sample), "", DEFAULT_LIMITS)
        with suppress(MediaRefused):
            for member in unpack(io.BytesIO(sample), "", DEFAULT_LIMITS):
                b"".join(member.chunks)
    for one in discover().added:
        _warm_added(one.maker.name)


def _warm_added(technique: str) -> None:
    """Run an added technique: first in a process that it may crash, and then here unless it did."""
    trial = os.fork()
    if trial == 0:
        try:
            signal.alarm(_TRIAL_SECONDS)
            _try_on_all(technique)
        finally:
            os._exit(0)
    if os.waitpid(trial, 0)[1] == 0:
        _try_on_all(technique)


def _try_on_all(technique: str) -> None:
    for sample in samples():
        with suppress(MediaRefused):
            prints_of(io.BytesIO(sample), "", DEFAULT_LIMITS, technique=technique)


def samples() -> Iterator[bytes]:
    """Yield a small file of every kind that this build of the libraries can make, and one that is broken."""
    yield _still(Image.fromarray(_pixels(0, _SIDE)), "JPEG")
    picture = Image.fromarray(_pixels(0))
    for form in _STILLS:
        yield _still(picture, form)
    for mode in ("L", "CMYK"):
        yield _still(picture.convert(mode), "JPEG")
    yield _still(picture, "JPEG", progressive=True)
    for form in _MOVING:
        more = [Image.fromarray(_pixels(number)) for number in range(1, _FRAMES)]
        yield _still(picture, form, save_all=True, append_images=more)
    held = io.BytesIO()
    pillow_heif.from_pillow(picture).save(held, quality=50)
    yield held.getvalue()
    for container, codec in _FILMS:
        yield _film(container, codec)
    for container, codec in _SOUNDS:
        yield _sound(container, codec)
    yield from _archives()
    yield b"\xff\xd8\xff\xe0 broken"


def _pixels(seed: int, height: int = _LOW) -> Any:
    return np.random.default_rng(seed).integers(0, 256, (height, _SIDE, 3), dtype=np.uint8)


def _still(picture: Image.Image, form: str, **options: Any) -> bytes:
    held = io.BytesIO()
    exif = Image.Exif()
    exif[306] = "2020:01:01 00:00:00"
    # A library built without one of the formats cannot read it either: there is nothing to warm.
    with suppress(OSError, KeyError):
        picture.save(held, form, **options, **({"exif": exif} if form in {"JPEG", "PNG", "WEBP", "AVIF"} else {}))
    return held.getvalue() or b"?"


def _film(container: str, codec: str) -> bytes:
    held = io.BytesIO()
    with suppress(av.FFmpegError, ValueError), av.open(held, "w", format=container) as film:
        stream: Any = film.add_stream(codec, rate=_FRAMES)
        stream.width, stream.height = _SIDE, _LOW
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.codec_context.thread_count = 1
        for number in range(_FRAMES):
            film.mux(stream.encode(av.VideoFrame.from_ndarray(_pixels(number), format="rgb24")))
        film.mux(stream.encode())
    return held.getvalue() or b"?"


def _sound(container: str, codec: str) -> bytes:
    held = io.BytesIO()
    with suppress(av.FFmpegError, ValueError), av.open(held, "w", format=container) as recording:
        stream: Any = recording.add_stream(codec, rate=44_100, layout="mono")
        stream.codec_context.thread_count = 1
        # Noise, not heard: only what can be heard has peaks to pick.
        noise = np.random.default_rng(0).integers(-9_000, 9_000, (1, 44_100), dtype=np.int16)
        heard: Any = av.AudioFrame.from_ndarray(noise, format="s16", layout="mono")
        heard.sample_rate = 44_100
        frames = [heard]
        if stream.format.name != "s16" or stream.frame_size:
            resampler = av.AudioResampler(stream.format.name, "mono", 44_100, frame_size=stream.frame_size)
            frames = [*resampler.resample(heard), *resampler.resample(None)]
        for frame in frames:
            recording.mux(stream.encode(frame))
        recording.mux(stream.encode())
    return held.getvalue() or b"?"


def _archives() -> Iterator[bytes]:
    for compression in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w", compression) as archive:
            archive.writestr("é.txt", b"x" * 100)
        yield held.getvalue()
    modes: tuple[Any, ...] = ("w:", "w:gz", "w:bz2", "w:xz")
    for mode in modes:
        held = io.BytesIO()
        with tarfile.open(fileobj=held, mode=mode) as tape:
            member = tarfile.TarInfo("é.txt")
            member.size = 100
            tape.addfile(member, io.BytesIO(b"x" * 100))
        yield held.getvalue()
