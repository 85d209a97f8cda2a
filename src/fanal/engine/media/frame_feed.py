"""Decode a film only as far as one frame a second needs, and give the same frames as if all were decoded.

Where a shot begins among the frames that are decoded on the way, that frame is given too, and so is the last one: then
the beginning and the end of what two films share are known better than to a second.
A frame that no other refers to is skipped if it is shown before the next wanted time, or after a frame nearer to it; a
group of frames is skipped whole if the next key frame is the wanted one, or still before it. `KeyFrames` says whether a
key frame can be trusted, and whether a shot seems to begin in what would be skipped. Whatever has no time stamp is
decoded.
"""

from collections.abc import Iterator
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from fanal.engine.fingerprint.shots import Cuts
from fanal.engine.fingerprint.video import Sampler
from fanal.engine.media.film_clock import FilmClock
from fanal.engine.media.hearing import SoundTrack
from fanal.engine.media.key_frames import KeyFrames

_GRACE = 0.002
_MOST_HELD = 240
_MOST_HELD_BYTES = 32 << 20
_MOST_FAULTS = 500
"""Packets in a row of a torn film that do not decode before we stop."""


class FrameFeed:
    """The wanted frames of one stream; packets of the sound beside it are heard on the way."""

    def __init__(self, container: Any, stream: Any, seconds_a_frame: float, sound: SoundTrack | None = None) -> None:
        self._container = container
        self._stream = stream
        # By the stream's own unit: what is left in a decoder at the end comes out without one.
        self._unit = float(stream.time_base)
        self._sound = sound
        self._decoder = stream.codec_context
        self._step = seconds_a_frame
        self._clock = FilmClock(seconds_a_frame)
        self._keys = KeyFrames(all_are=bool(self._decoder.codec.intra_only))
        self._sampler = Sampler()
        self._cuts = Cuts()
        self._left: tuple[float, Any] | None = None
        self._held: list[Any] = []
        self._held_bytes = 0
        self._fed_up_to = float("-inf")
        self._nearest = float("inf")
        self._faults = 0
        self._skipped = False
        self.decoded = 0
        self.damaged = False

    @property
    def reached(self) -> float:
        """Seconds of film gone through."""
        return self._clock.last or 0.0

    def frames(self) -> Iterator[tuple[float, Any]]:
        """Yield (seconds, frame): the first frame, the first of each second, those that begin a shot, the last."""
        for packet in self._packets():
            for due in self._due_packets(packet):
                yield from self._wanted(due)
        for left in self._held:
            yield from self._wanted(left)
        yield from self._wanted(None)
        if self._left is not None:
            yield self._left

    def _packets(self) -> Iterator[Any]:
        streams = [self._stream] if self._sound is None else [self._stream, self._sound.stream]
        packets = self._container.demux(*streams)
        while self._faults < _MOST_FAULTS:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except (av.FFmpegError, ValueError):
                self.damaged = True
                return
            if self._sound is not None and packet.stream_index == self._sound.stream.index:
                self._sound.hear(packet)
            elif packet.size:
                yield packet

    def _due_packets(self, packet: Any) -> list[Any]:
        """Return the packets to decode now: none while the wanted frame is still ahead."""
        when = self._when(packet)
        if packet.is_keyframe:
            if self._can_skip_to(when):
                self._release()
                self._decoder.flush_buffers()
                self._skipped = True
                self._keys.skip_to(packet)
        elif self._keys.needs_what_was_skipped(packet):
            return []
        if when is None or when >= self._sampler.next_time - _GRACE:
            return [*self._release(), packet]
        self._held.append(packet)
        self._held_bytes += packet.size
        full = len(self._held) > _MOST_HELD or self._held_bytes > _MOST_HELD_BYTES
        return self._release() if full else []

    def _can_skip_to(self, when: float | None) -> bool:
        """Tell whether what is held can be left out, now that a key frame shown at `when` follows."""
        wanted = self._sampler.next_time - _GRACE
        # No other frame lies between the wanted time and a key frame that is shown less than a frame after it.
        if not self._held or when is None or self._fed_up_to >= wanted or when >= wanted + self._step:
            return False
        if when >= wanted and all(packet.is_keyframe for packet in self._held):
            # A single frame: it is decoded, and shows what lies before a second.
            return False
        return self._keys.may_skip(self._held)

    def _release(self) -> list[Any]:
        held, self._held, self._held_bytes = self._held, [], 0
        return held

    def _when(self, packet: Any) -> float | None:
        return self._clock.expected(self._seconds(packet.pts))

    def _seconds(self, stamp: int | None) -> float | None:
        return None if stamp is None else stamp * self._unit

    def _wanted(self, packet: Any | None) -> Iterator[tuple[float, Any]]:
        for frame in self._decode(packet):
            self.decoded += 1
            self._keys.shown(frame)
            time = self._clock.shown(self._seconds(frame.pts))
            # Asked of every frame, for it remembers what it saw.
            cut = self._cuts.cut(time, _luma(frame), skipped=self._skipped)
            self._skipped = False
            due = self._sampler.due(time)
            if due:
                self._nearest = float("inf")
            if due or cut:
                self._left = None
                yield time, frame
            else:
                self._left = time, frame

    def _decode(self, packet: Any | None) -> list[Any]:
        try:
            self._decoder.skip_frame = "NONREF" if self._unwanted(packet) else "DEFAULT"
            if packet is not None:
                self._keys.feed(packet)
            frames: list[Any] = self._decoder.decode(packet)
        except (av.FFmpegError, ValueError):
            self._faults += 1
            self.damaged = True
            return []
        self._faults = 0
        return frames

    def _unwanted(self, packet: Any | None) -> bool:
        """Tell whether a packet is for others alone: shown too early, or later than one that will do."""
        when = None if packet is None else self._when(packet)
        if when is None:
            return False
        self._fed_up_to = max(self._fed_up_to, when)
        early = when < self._sampler.next_time - _GRACE
        late = when > self._nearest
        if not early and not late:
            self._nearest = when
        return early or late


def _luma(frame: Any) -> NDArray[np.uint8]:
    """Return the first plane: brightness, or for rare formats something that changes with it."""
    plane = frame.planes[0]
    rows = np.frombuffer(plane, np.uint8)[: plane.line_size * plane.height].reshape(plane.height, plane.line_size)
    return rows[:, : min(plane.width, plane.line_size)]
