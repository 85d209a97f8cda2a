"""Films: facts, one print a second, a poster and a few stills."""

import resource
from collections.abc import Sequence
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fanal.engine.fingerprint.luma import FilmColour, Matrix
from fanal.engine.fingerprint.pdq import QUALITY_GATE
from fanal.engine.fingerprint.prints import Print
from fanal.engine.fingerprint.video import Frame, KeyPictures, frame_print
from fanal.engine.media.audio import read_sound, sound_facts
from fanal.engine.media.container import duration_of, moving_stream, opened, tag_facts
from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.facts import FactSheet
from fanal.engine.media.findings import Findings, Preview
from fanal.engine.media.frame_feed import FrameFeed
from fanal.engine.media.hearing import sound_track
from fanal.engine.media.kinds import UNKNOWN, Kind, as_sound
from fanal.engine.media.limits import Limits
from fanal.engine.media.preview import LONGEST, LONGEST_STILL, fit, glimpse_of, preview_of
from fanal.engine.media.refusals import Refusal

_MOST_STILLS = 8
_PLANAR = {"yuv420p", "yuv422p", "yuv444p", "yuv411p", "yuv410p", "yuv440p", "yuva420p"}
_PLANAR_FULL = {"yuvj420p", "yuvj422p", "yuvj444p", "yuvj411p", "yuvj440p"}
_BT709, _BT2020, _FULL_RANGE = 1, (9, 10), 2
"""Numbers of ITU-T H.273 and of FFmpeg's ranges."""
_SHARE_OF_TIME = 0.75
"""Of the processor time allowed, after which a film is left with what has been found in it."""


class _Stills:
    """Keeps a few frames spread evenly over a film whose length is not known beforehand."""

    def __init__(self) -> None:
        self._every = 1
        self._seen = 0
        self.kept: list[tuple[float, Image.Image, int]] = []

    def offer(self, time: float, frame: Any, quality: int) -> None:
        if self._seen % self._every == 0:
            self.kept.append((time, _upright(frame), quality))
        if len(self.kept) > 2 * _MOST_STILLS:
            self.kept = self.kept[::2]
            self._every *= 2
        self._seen += 1

    def previews(self) -> tuple[Preview, ...]:
        if not self.kept:
            return ()
        poster = next((still for still in self.kept if still[2] >= QUALITY_GATE), max(self.kept, key=lambda s: s[2]))
        step = max(1, -(-len(self.kept) // _MOST_STILLS))
        others = [still for still in self.kept[::step] if still is not poster]
        return (
            glimpse_of(np.asarray(poster[1])),
            preview_of(np.asarray(poster[1]), poster[0]),
            *(preview_of(np.asarray(fit(picture, LONGEST_STILL)), time) for time, picture, _ in others),
        )


def read_recording(file: BinaryIO, kind: Kind, limits: Limits) -> Findings:
    """Return what a film or sound holds. Raises MediaRefused, or what FFmpeg raises: `examine` names it."""
    size = file.seek(0, 2)
    file.seek(0)
    budget = _SHARE_OF_TIME * limits.time_for(size)[0]
    with opened(file, kind.reader, limits) as container:
        sheet = FactSheet(limits)
        stream = moving_stream(container)
        if kind == UNKNOWN:
            kind = Kind(f"video/x-{container.format.name.split(',')[0]}", "video")
        sheet.add("container", container.format.name)
        sheet.add("bit_rate", container.bit_rate or None)
        if stream is not None:
            return _read_film(container, stream, kind, _Task(limits, budget, sheet))
        return read_sound(container, kind if kind.family == "audio" else as_sound(kind), limits, sheet)


class _Task:
    """What the reading of one film may use, and where it writes."""

    def __init__(self, limits: Limits, cpu_seconds: float, sheet: FactSheet) -> None:
        self.limits = limits
        self.sheet = sheet
        self._until = _cpu_seconds() + cpu_seconds

    def has_time(self) -> bool:
        return _cpu_seconds() < self._until


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _read_film(container: Any, stream: Any, kind: Kind, task: _Task) -> Findings:
    decoder = stream.codec_context
    if decoder.width * decoder.height > task.limits.video_pixels:
        raise MediaRefused(Refusal.TOO_MANY_PIXELS)
    decoder.thread_count = 1
    rate = float(stream.average_rate or stream.guessed_rate or 25)
    sound = sound_track(container)
    feed = FrameFeed(container, stream, 1 / rate if 0.01 < rate < 1000 else 0.04, sound)
    prints, stills, first = _walk(feed, task)
    if first is None:
        raise MediaRefused(Refusal.MALFORMED)
    _film_facts(container, stream, first, task.sheet)
    task.sheet.add("damaged", 1 if feed.damaged else None)
    task.sheet.add("audio_damaged", 1 if sound is not None and sound.damaged else None)
    return Findings(
        kind.media_type if kind.family == "video" else kind.media_type.replace("audio/", "video/", 1),
        "video",
        first.width,
        first.height,
        duration=duration_of(container, stream) or round(feed.reached + 1 / rate, 3),
        frames=stream.frames or None,
        facts=task.sheet.facts,
        prints=(*prints, *(sound.prints() if sound is not None else ())),
        previews=stills.previews(),
    )


def _walk(feed: FrameFeed, task: _Task) -> tuple[tuple[Print, ...], _Stills, Any | None]:
    prints: list[Print] = []
    stills, keys = _Stills(), KeyPictures()
    first = None
    for time, frame in feed.frames():
        if frame.width * frame.height > task.limits.video_pixels:
            raise MediaRefused(Refusal.TOO_MANY_PIXELS)
        first = first or frame
        planes = planes_of(frame, round(time, 3))
        found = frame_print(planes)
        prints.append(found)
        keys.offer(planes)
        stills.offer(found.time or 0.0, frame, found.quality or 0)
        if time > task.limits.seconds_of_media or not task.has_time():
            task.sheet.add("incomplete", 1)
            break
    return (*prints, *keys.prints()), stills, first


def _film_facts(container: Any, stream: Any, frame: Any, sheet: FactSheet) -> None:
    decoder = stream.codec_context
    sheet.add("video_codec", decoder.name)
    sheet.add("video_profile", decoder.profile)
    sheet.add("pixel_format", frame.format.name)
    sheet.add("frame_rate", float(stream.average_rate) if stream.average_rate else None)
    sheet.add("rotation", int(frame.rotation) or None)
    sheet.add("video_bit_rate", decoder.bit_rate or None)
    sheet.add("streams", len(container.streams))
    if container.streams.audio:
        sound_facts(container.streams.audio[0], sheet)
    tag_facts(container, sheet)


def planes_of(frame: Any, time: float) -> Frame:
    """Return the planes of a decoded frame as it is stored: neither turned nor stretched."""
    name = frame.format.name
    if name.startswith("gray") and name != "gray":
        frame, name = frame.reformat(format="gray"), "gray"
    if name == "gray":
        return Frame(time, _plane(frame, 0), None, FilmColour(Matrix.BT601, full_range=True))
    if name not in _PLANAR | _PLANAR_FULL:
        deep = frame.format.is_rgb or name == "pal8"
        frame = frame.reformat(format="yuvj444p" if deep else "yuv420p", dst_colorspace=5 if deep else None)
        if deep:
            return Frame(time, _plane(frame, 0), None, FilmColour(Matrix.BT601, full_range=True))
    full = name in _PLANAR_FULL or frame.color_range == _FULL_RANGE
    colour = FilmColour(_matrix(frame), full)
    # BT.601 is what PDQ wants: its luma needs no correction by chroma.
    chroma = None if colour.matrix is Matrix.BT601 else (_plane(frame, 1), _plane(frame, 2))
    return Frame(time, _plane(frame, 0), chroma, colour)


def _matrix(frame: Any) -> Matrix:
    space = int(frame.colorspace)
    if space in _BT2020:
        return Matrix.BT2020
    # An unnamed matrix is taken for BT.601 at every size: so do FFmpeg's conversion and all who hash its pictures.
    return Matrix.BT709 if space == _BT709 else Matrix.BT601


def _plane(frame: Any, number: int) -> NDArray[np.uint8]:
    plane = frame.planes[number]
    rows = np.frombuffer(plane, np.uint8)[: plane.line_size * plane.height].reshape(plane.height, plane.line_size)
    return np.array(rows[:, : plane.width])


def _upright(frame: Any) -> Image.Image:
    """Return a small picture of a frame as it is to be shown: pixels made square, and turned."""
    width, height = _shown_size(frame)
    small = frame.reformat(width=width, height=height, format="rgb24")
    picture = Image.fromarray(small.to_ndarray())
    turns: Sequence[Image.Transpose | None] = (
        None,
        Image.Transpose.ROTATE_90,
        Image.Transpose.ROTATE_180,
        Image.Transpose.ROTATE_270,
    )
    turn = turns[round(frame.rotation / 90) % 4]
    return picture if turn is None else picture.transpose(turn)


def _shown_size(frame: Any) -> tuple[int, int]:
    aspect = getattr(frame, "sample_aspect_ratio", None)
    wide = frame.width * float(aspect) if aspect and 0.1 < float(aspect) < 10 else float(frame.width)
    scale = min(1.0, LONGEST / max(wide, frame.height))
    return max(2, round(wide * scale)), max(2, round(frame.height * scale))
