"""Small whole files of every kind, made here: what the malformed ones are made of, and what unit tests read."""

import gzip
import io
import struct
import tarfile
import zipfile
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from typing import Any

import av
import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image


def scene(width: int = 160, height: int = 120, shift: int = 0) -> NDArray[np.uint8]:
    """Return a drawn scene with edges enough for a hash of full quality; `shift` moves it as a camera would."""
    rows, columns = np.mgrid[0:height, 0:width]
    x, y = (columns + shift) / width * 160, rows / height * 120
    red = 128 + 100 * np.sin(x / 9) * np.cos(y / 14)
    green = np.where(((x // 23) + (y // 17)) % 2 > 0, 210, 60) + 30 * np.sin(y / 5)
    blue = np.where((x - 90) ** 2 + (y - 50) ** 2 < 900, 230, 40 + x / 2)
    return np.dstack([red, green, blue]).clip(0, 255).astype(np.uint8)


def picture(form: str, **options: Any) -> bytes:
    """Return the scene as a file of a format that Pillow writes."""
    out = io.BytesIO()
    Image.fromarray(scene()).save(out, form, **options)
    return out.getvalue()


def animation(form: str, frames: int = 6, milliseconds: int = 500) -> bytes:
    """Return an animated picture."""
    out = io.BytesIO()
    first, *others = (Image.fromarray(scene(shift=12 * number)) for number in range(frames))
    first.save(out, form, save_all=True, append_images=others, duration=milliseconds, loop=0)
    return out.getvalue()


def heif() -> bytes:
    """Return a HEIF picture."""
    out = io.BytesIO()
    pillow_heif.from_pillow(Image.fromarray(scene())).save(out, quality=80)
    return out.getvalue()


def film(form: str, codec: str, seconds: float = 2.5, rate: int = 10, pixels: str = "yuv420p", **options: str) -> bytes:
    """Return a film that pans over the scene."""
    return film_of(
        [scene(shift=3 * number) for number in range(round(seconds * rate))], form, codec, rate, pixels, **options
    )


def film_of(
    pictures: Sequence[NDArray[np.uint8]],
    form: str = "mp4",
    codec: str = "libx264",
    rate: int = 10,
    pixels: str = "yuv420p",
    **options: str,
) -> bytes:
    """Return a film of these pictures, each uint8[120, 160, 3]."""
    out = io.BytesIO()
    with av.open(out, "w", format=form) as container:
        stream: Any = container.add_stream(codec, rate=rate, options=options)
        stream.width, stream.height, stream.pix_fmt = 160, 120, pixels
        stream.codec_context.thread_count = 1
        for number, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return out.getvalue()


def film_with(sound: NDArray[np.float32] | None, rate: int = 8000) -> bytes:
    """Return a film of six seconds that pans over the scene, with this sound: mono, `rate` samples a second."""
    out = io.BytesIO()
    with av.open(out, "w", format="matroska") as container:
        stream: Any = container.add_stream("mpeg4", rate=5)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        stream.codec_context.thread_count = 1
        track: Any = None if sound is None else container.add_stream("pcm_s16le", rate=rate, layout="mono")
        for number in range(30):
            frame = av.VideoFrame.from_ndarray(scene(shift=3 * number), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 5)
            container.mux(stream.encode(frame))
            if sound is not None:
                part = np.clip(sound[number * rate // 5 : (number + 1) * rate // 5] * 32767, -32768, 32767)
                if len(part):
                    heard: Any = av.AudioFrame.from_ndarray(part.astype(np.int16)[None], format="s16", layout="mono")
                    heard.sample_rate, heard.pts, heard.time_base = rate, number * rate // 5, Fraction(1, rate)
                    container.mux(track.encode(heard))
        container.mux(stream.encode())
        if track is not None:
            container.mux(track.encode())
    return out.getvalue()


def sound(form: str, codec: str, seconds: float = 1.5, rate: int = 16000, layout: str = "mono") -> bytes:
    """Return a falling tone that grows louder."""
    out = io.BytesIO()
    count = int(seconds * rate)
    time = np.arange(count) / rate
    wave = (np.sin(2 * np.pi * (600 - 100 * time) * time) * np.linspace(0.1, 0.9, count) * 32767).astype(np.int16)
    with av.open(out, "w", format=form) as container:
        stream: Any = container.add_stream(codec, rate=rate, layout=layout)
        stream.bit_rate = 64_000
        frame = av.AudioFrame.from_ndarray(wave[None, :], format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
        resampler = av.AudioResampler(stream.format, layout, rate, frame_size=stream.frame_size or 1024)
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(piece))
        container.mux(stream.encode())
    return out.getvalue()


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a ZIP archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2020, 2, 3, 4, 5, 6)), data, method)
    return out.getvalue()


def taped(members: dict[str, bytes]) -> bytes:
    """Return a TAR archive, uncompressed."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), 1_580_000_000
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def exif(entries: dict[int, str | int]) -> bytes:
    """Return a block of Exif with texts and short numbers in its first directory."""
    body, table = b"", b""
    at = 8 + 2 + 12 * len(entries) + 4
    for tag, value in sorted(entries.items()):
        if isinstance(value, int):
            table += struct.pack("<HHIHH", tag, 3, 1, value, 0)
        else:
            text = value.encode() + b"\0"
            table += struct.pack("<HHII", tag, 2, len(text), at + len(body)) if len(text) > 4 else b""
            body += text
    return b"Exif\0\0II*\0" + struct.pack("<IH", 8, len(entries)) + table + b"\0\0\0\0" + body


@cache
def whole_files() -> dict[str, bytes]:
    """Return one whole file of each kind, by a name with the right ending."""
    png, jpeg = picture("PNG"), picture("JPEG", quality=85, exif=exif({0x010F: "Lantern", 0x0112: 6}))
    tape = taped({"a/picture.png": png, "b.jpg": jpeg})
    return {
        "still.jpg": jpeg,
        "progressive.jpg": picture("JPEG", quality=70, progressive=True),
        "still.png": png,
        "moving.gif": animation("GIF"),
        "moving.webp": animation("WEBP"),
        "still.tiff": picture("TIFF", compression="tiff_lzw"),
        "still.bmp": picture("BMP"),
        "still.heic": heif(),
        "still.avif": picture("AVIF"),
        "film.mp4": film("mp4", "libx264"),
        "film.mkv": film("matroska", "mpeg4"),
        "film.avi": film("avi", "mjpeg", pixels="yuvj420p"),
        "film.ts": film("mpegts", "mpeg2video", rate=25, seconds=1.2),
        "sound.wav": sound("wav", "pcm_s16le"),
        "sound.flac": sound("flac", "flac"),
        "sound.m4a": sound("mp4", "aac"),
        "pack.zip": zipped({"a/picture.png": png, "b.jpg": jpeg}),
        "pack.tar": tape,
        "pack.tar.gz": gzip.compress(tape, mtime=0),
    }
