"""Sounds: facts, and a picture of the waveform so that officers see where it is loud."""

from itertools import pairwise
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from fanal.engine.media.container import duration_of, tag_facts
from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.facts import FactSheet
from fanal.engine.media.findings import Findings, Preview
from fanal.engine.media.hearing import Hearing
from fanal.engine.media.kinds import Kind
from fanal.engine.media.limits import Limits
from fanal.engine.media.preview import still_previews
from fanal.engine.media.refusals import Refusal

_WIDTH, _HEIGHT = 640, 160
_GROUND, _WAVE, _AXIS = (250, 250, 248), (52, 94, 128), (205, 208, 210)
_MOST_FAULTS = 500
_PARTS_A_SECOND = 20


def sound_facts(stream: Any, sheet: FactSheet) -> None:
    """Put on the sheet what a stream of sound is."""
    decoder = stream.codec_context
    if decoder is None:
        return
    sheet.add("audio_codec", decoder.name)
    sheet.add("audio_rate", decoder.sample_rate)
    sheet.add("audio_channels", decoder.channels)
    sheet.add("audio_bit_rate", decoder.bit_rate or None)


def read_sound(container: Any, kind: Kind, limits: Limits, sheet: FactSheet) -> Findings:
    """Return what a recording without moving pictures holds."""
    if not container.streams.audio or container.streams.audio[0].codec_context is None:
        raise MediaRefused(Refusal.MALFORMED)
    stream = container.streams.audio[0]
    stream.codec_context.thread_count = 1
    loudness = _Loudness(limits)
    loudness.listen(container, stream)
    if not loudness.seconds:
        raise MediaRefused(Refusal.MALFORMED)
    sound_facts(stream, sheet)
    tag_facts(container, sheet)
    sheet.add("damaged", 1 if loudness.damaged or loudness.hearing.damaged else None)
    sheet.add("incomplete", 1 if loudness.incomplete else None)
    declared = duration_of(container, stream)
    return Findings(
        kind.media_type,
        "audio",
        duration=round(loudness.seconds if declared is None or not loudness.incomplete else declared, 3),
        facts=sheet.facts,
        prints=loudness.hearing.prints(),
        previews=waveform(loudness.peaks()),
    )


class _Loudness:
    """The loudest sample of each twentieth of a second; what is heard on the way becomes prints."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._parts: list[float] = []
        self._faults = 0
        self.hearing = Hearing()
        self.seconds = 0.0
        self.damaged = False
        self.incomplete = False

    def listen(self, container: Any, stream: Any) -> None:
        packets = container.demux(stream)
        while self._faults < _MOST_FAULTS and not self.incomplete:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except (av.FFmpegError, ValueError):
                self.damaged = True
                return
            self._hear(stream, packet)

    def _hear(self, stream: Any, packet: Any) -> None:
        try:
            frames = stream.codec_context.decode(packet)
        except (av.FFmpegError, ValueError):
            self._faults += 1
            self.damaged = True
            return
        for frame in frames:
            self._faults = 0
            if frame.sample_rate <= 0 or not frame.samples:
                continue
            self._keep(_peak(frame), frame.samples / frame.sample_rate)
            self.hearing.hear(frame)

    def _keep(self, peak: float, seconds: float) -> None:
        part = int(self.seconds * _PARTS_A_SECOND)
        self.seconds += seconds
        last = max(part, int(min(self.seconds, self._limits.seconds_of_media) * _PARTS_A_SECOND - 1e-9))
        self._parts.extend([0.0] * (last + 1 - len(self._parts)))
        for at in range(part, last + 1):
            self._parts[at] = max(self._parts[at], peak)
        self.incomplete = self.seconds > self._limits.seconds_of_media

    def peaks(self) -> NDArray[np.float32]:
        return np.array(self._parts, np.float32)


def _peak(frame: Any) -> float:
    samples = frame.to_ndarray()
    if samples.dtype == np.uint8:
        return float(np.abs(samples.astype(np.int16) - 128).max()) / 128
    scale = float(np.iinfo(samples.dtype).max) if samples.dtype.kind == "i" else 1.0
    peak = float(np.abs(samples.astype(np.float32)).max()) / scale
    return min(peak, 1.0) if np.isfinite(peak) else 0.0


def waveform(peaks: NDArray[np.float32]) -> tuple[Preview, ...]:
    """Draw the peaks, 0 to 1 and even in time, as a picture from left to right."""
    edges = np.linspace(0, len(peaks), _WIDTH + 1).astype(int)
    columns = np.array([peaks[a : max(b, a + 1)].max(initial=0) for a, b in pairwise(edges)])
    picture = np.empty((_HEIGHT, _WIDTH, 3), np.uint8)
    picture[:] = _GROUND
    middle = _HEIGHT // 2
    picture[middle] = _AXIS
    reach = np.round(columns * (middle - 4)).astype(int)
    picture[np.abs(np.arange(_HEIGHT)[:, None] - middle) <= reach[None, :] - (reach == 0)] = _WAVE
    return still_previews(picture)
