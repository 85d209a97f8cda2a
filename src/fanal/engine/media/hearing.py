"""Sound on its way to prints: decoded frames become mono samples of one rate, and a listener hears them."""

from typing import Any

import av
import numpy as np

from fanal.engine.fingerprint.prints import Print
from fanal.engine.fingerprint.sound.prints import RATE, Listener

_MOST_FAULTS = 500
_MOST_CHANGES = 100
"""Changes of rate or channels within one sound, after which its frames are not resampled any more."""


class Hearing:
    """Makes prints of decoded frames, whatever their rate, format and channels, and even if these change."""

    def __init__(self) -> None:
        self._listener = Listener()
        self._resampler: Any = None
        self._kind: Any = None
        self._changes = 0
        self._prints: list[Print] = []
        self.damaged = False

    def hear(self, frame: Any) -> None:
        """Take in one decoded frame. What cannot be resampled is left out."""
        kind = (frame.sample_rate, frame.format.name, frame.layout.name)
        if kind != self._kind:
            self._drain()
            self._changes += 1
            self._kind = kind
            fits = frame.sample_rate > 0 and self._changes <= _MOST_CHANGES
            self._resampler = av.AudioResampler("flt", "mono", RATE) if fits else None
        frame.pts = None
        self._resample(frame)

    def prints(self) -> tuple[Print, ...]:
        """Return all prints. Ask once, at the end."""
        self._drain()
        return (*self._prints, *self._listener.end())

    def _drain(self) -> None:
        if self._resampler is not None:
            self._resample(None)
        self._resampler = None

    def _resample(self, frame: Any) -> None:
        if self._resampler is None:
            return
        try:
            heard = self._resampler.resample(frame)
        except (av.FFmpegError, ValueError):
            self.damaged = True
            self._resampler = None
            return
        for part in heard:
            self._prints += self._listener.hear(part.to_ndarray().reshape(-1).astype(np.float32, copy=False))


class SoundTrack:
    """The sound of a film, heard packet by packet beside its pictures. Broken sound never costs the film."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        stream.codec_context.thread_count = 1
        self._hearing = Hearing()
        self._faults = 0
        self._broken = False

    def hear(self, packet: Any) -> None:
        """Decode one packet of the stream."""
        if self._faults >= _MOST_FAULTS:
            return
        try:
            frames = self.stream.codec_context.decode(packet)
        except (av.FFmpegError, ValueError):
            self._faults += 1
            self._broken = True
            return
        self._faults = 0
        for frame in frames:
            if frame.samples:
                self._hearing.hear(frame)

    @property
    def damaged(self) -> bool:
        """Whether some of it could not be heard."""
        return self._broken or self._hearing.damaged

    def prints(self) -> tuple[Print, ...]:
        """Return the prints of the sound. Ask once, at the end."""
        return self._hearing.prints()


def sound_track(container: Any) -> SoundTrack | None:
    """Return the first stream of sound that can be decoded."""
    for stream in container.streams.audio:
        if stream.codec_context is not None:
            return SoundTrack(stream)
    return None
