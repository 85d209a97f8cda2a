"""Give a file to one added technique in the forms that it reads, and take its prints within the limits.

Each added technique has a decoder process of its own, in which nothing else is made: what it does to that process
costs its own prints and no others.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO

import av
import numpy as np

from fanal.engine.fingerprint.maker import Form, Frames, Maker, Pixels, Samples
from fanal.engine.fingerprint.prints import Print
from fanal.engine.fingerprint.region import Region
from fanal.engine.media.container import moving_stream, opened
from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.frame_feed import FrameFeed
from fanal.engine.media.kinds import Kind
from fanal.engine.media.limits import Limits
from fanal.engine.media.refusals import Refusal
from fanal.engine.media.region import whole_pixels

_MOST_FAULTS = 500


def prints_for(
    maker: Maker,
    file: BinaryIO,
    kind: Kind,
    limits: Limits,
    facts: Mapping[str, Any] | None,
    region: Region | None = None,
) -> tuple[Print, ...]:
    """Return the prints of one technique: of a file, or of a marked part of a picture. Raises MediaRefused.

    `facts` are those of the file where the technique reads facts.
    """
    return within(_made(maker, file, kind, limits, facts, region), maker.name, limits)


def within(prints: Iterable[Print], name: str, limits: Limits) -> tuple[Print, ...]:
    """Return the prints. Raises MediaRefused for more than the limits allow, and for those of another technique."""
    kept: list[Print] = []
    size = 0
    for one in prints:
        size += len(one.data) + len(one.turned)
        if len(kept) == limits.added_prints or size > limits.added_print_bytes:
            raise MediaRefused(Refusal.TOO_MANY_PRINTS)
        if one.technique != name:
            raise MediaRefused(Refusal.TECHNIQUE_FAILED)
        kept.append(one)
    return tuple(kept)


def _made(
    maker: Maker,
    file: BinaryIO,
    kind: Kind,
    limits: Limits,
    facts: Mapping[str, Any] | None,
    region: Region | None,
) -> Iterator[Print]:
    forms = maker.forms
    if Form.PICTURE in forms and kind.family == "image":
        yield from maker.of_picture(_cropped(_plain(whole_pixels(file, kind, limits)), region))
    if region is not None:
        return
    if kind.family in ("video", "audio"):
        if Form.FILM in forms:
            yield from maker.of_film(_frames(file, kind, limits))
        if Form.SOUND in forms:
            yield from maker.of_sound(_samples(file, kind, limits, maker.rate))
    if facts is not None:
        yield from maker.of_facts(facts)
    if Form.BYTES in forms:
        file.seek(0)
        yield from maker.of_bytes(file)


def _plain(pixels: Any) -> Pixels:
    """Return grey or red, green and blue: what is transparent is left out, as PDQ does."""
    return np.ascontiguousarray(pixels[..., :3] if pixels.ndim == 3 else pixels)


def _cropped(pixels: Pixels, region: Region | None) -> Pixels:
    part: Pixels = pixels if region is None else np.ascontiguousarray(region.crop(pixels), np.uint8)
    if not part.size:
        raise MediaRefused(Refusal.EMPTY)
    return part


def _frames(file: BinaryIO, kind: Kind, limits: Limits) -> Frames:
    file.seek(0)
    with opened(file, kind.reader, limits) as container:
        stream = moving_stream(container)
        if stream is None:
            return
        stream.codec_context.thread_count = 1
        rate = float(stream.average_rate or stream.guessed_rate or 25)
        for time, frame in FrameFeed(container, stream, 1 / rate if 0.01 < rate < 1000 else 0.04).frames():
            if frame.width * frame.height > limits.video_pixels:
                raise MediaRefused(Refusal.TOO_MANY_PIXELS)
            if time > limits.seconds_of_media:
                return
            yield round(time, 3), frame.to_ndarray(format="rgb24")


def _samples(file: BinaryIO, kind: Kind, limits: Limits, rate: int) -> Samples:
    file.seek(0)
    with opened(file, kind.reader, limits) as container:
        stream = next((one for one in container.streams.audio if one.codec_context is not None), None)
        if stream is None:
            return
        stream.codec_context.thread_count = 1
        resampler = av.AudioResampler("flt", "mono", rate)
        left = int(limits.seconds_of_media * rate)
        for frame in _heard(container, stream):
            frame.pts = None
            for part in resampler.resample(frame):
                yield part.to_ndarray().reshape(-1).astype(np.float32, copy=False)
                left -= part.samples
            if left <= 0:
                return
        for part in resampler.resample(None):
            yield part.to_ndarray().reshape(-1).astype(np.float32, copy=False)


def _heard(container: Any, stream: Any) -> Iterator[Any]:
    """Yield the decoded frames of a sound; what is torn is left out."""
    faults = 0
    packets = container.demux(stream)
    while faults < _MOST_FAULTS:
        try:
            frames = stream.codec_context.decode(next(packets))
        except StopIteration:
            return
        except (av.FFmpegError, ValueError):
            faults += 1
            continue
        faults = 0
        yield from (frame for frame in frames if frame.samples)
