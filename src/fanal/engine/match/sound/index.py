"""Finds the same recording in other sounds: whole or a part, in noise, under music, a few per cent faster or slower.

All sounds of the reference lie behind each other on one line of time. The landmarks of a query, some seconds at a time
and at several speeds, look up where on that line the same landmarks are, and vote for an offset. The best offsets are
proved peak by peak.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanal.engine.fingerprint.prints import Print
from fanal.engine.fingerprint.sound.prints import FRAME, STEPS, TECHNIQUE, Peaks, peaks_of
from fanal.engine.match.sound.keys import KEYS, Landmarks
from fanal.engine.match.sound.proof import Opponent, Stretch
from fanal.engine.match.sound.voting import cast_votes, highest, look_up, unfold

SPEEDS = (0.94, 0.97, 1.03, 1.06)
"""Tempos that a query is tried at besides its own, each with its pitch kept and with its pitch moved along."""
PIECE = 500
"""Frames of the query that vote together: eight seconds; the next piece begins in the middle."""
MOST_OFFSETS = 12
"""Offsets of a piece at one speed that go to the proof."""
MOST_ENTRIES = 300_000
"""Entries that a piece reads at one speed, of its rarest cells: a bound on its work, however much is there."""
MOST_COUNTERS = 1 << 18
"""Counters of votes: with more than about four hours of sound, several offsets share one."""
MOST_STRETCHES = 8
LEAST_SCORE = 15.0
"""Weaker stretches are not worth telling."""
FEWEST_PEAKS = 8
"""A sound with fewer peaks is as good as silent."""

_WIDTH = 4.0
_GAP = 64
_MOST_TRIALS = 6
_PROMISING = 10.0
_NUDGES = (-4.0, -2.0, 0.0, 2.0, 4.0)
_COMMON_LEAST, _COMMON_SHARE = 200, 500


class SoundHit(NamedTuple):
    """A sound of the reference that shares something with the query."""

    owner: int
    """Its position in the list that the index was built from."""
    score: float
    """Of the best stretch."""
    stretches: tuple[Stretch, ...]
    """The best one first; they do not overlap in the query."""


class _Offset(NamedTuple):
    votes: float
    tempo: float
    shift: float
    frames: float
    """Where the query's beginning lies, from the beginning of the sound voted for."""


def joined(prints: Iterable[Print]) -> Peaks:
    """Return the peaks of one sound from all its prints, other techniques' left out. Raises ValueError for nonsense."""
    parts = []
    for found in sorted((p for p in prints if p.technique == TECHNIQUE), key=lambda p: p.time or 0.0):
        peaks = peaks_of(found.data)
        parts.append(peaks._replace(frames=peaks.frames + np.int32(round((found.time or 0.0) / FRAME))))
    if not parts:
        return Peaks(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.uint8))
    return Peaks(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


class SoundIndex:
    """Sounds to compare with, ready to be asked. Four bytes a landmark: about 0.9 kB a second of sound."""

    def __init__(self, sounds: Sequence[Peaks]) -> None:
        self._sounds = sounds
        lengths = np.array([int(peaks.frames[-1]) + 1 if len(peaks.frames) else 0 for peaks in sounds], np.int64)
        ends = np.cumsum(lengths + _GAP)
        self._begins = ends - lengths
        self._length = int(ends[-1]) if len(sounds) else 0
        self._opponents: dict[int, Opponent] = {}
        self._file()

    def _file(self) -> None:
        """File all landmarks by cell. Cells that much of the world falls into get no vote: hum, tones, hiss."""
        keys, times = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        for begin, peaks in zip(self._begins, self._sounds, strict=True):
            landmarks = Landmarks(peaks)
            keys.append(landmarks.filed())
            times.append(landmarks.times + begin)
        key = np.concatenate(keys)
        counts = np.bincount(key, minlength=KEYS)
        self._entries = np.concatenate(times)[np.argsort(key, kind="stable")].astype(np.uint32)
        self._starts = np.concatenate([[0], np.cumsum(counts)])
        weights = np.log2(max(len(key), 1) / np.maximum(counts, 1)) ** 2
        weights[counts > max(_COMMON_LEAST, len(key) / _COMMON_SHARE)] = 0
        self._weights = weights.astype(np.float32)

    def __len__(self) -> int:
        return len(self._sounds)

    @property
    def nbytes(self) -> int:
        """Bytes of the landmarks."""
        return int(self._entries.nbytes + self._starts.nbytes + self._weights.nbytes)

    def search(self, query: Peaks) -> list[SoundHit]:
        """Return the sounds that share something with the query, the surest first.

        Whoever accepts a hit asks `sound_confidence.sound_accepted` with its score.
        """
        if len(query.frames) < FEWEST_PEAKS:
            return []
        proposed: dict[int, list[_Offset]] = defaultdict(list)
        for owner, offset in self._propose(query):
            proposed[owner].append(offset)
        hits = []
        for owner, offsets in sorted(proposed.items()):
            stretches = self._stretches(query, owner, offsets)
            if stretches:
                hits.append(SoundHit(owner, stretches[0].score, tuple(stretches)))
        return sorted(hits, key=lambda hit: (-hit.score, hit.owner))

    def _propose(self, query: Peaks) -> Iterator[tuple[int, _Offset]]:
        """Yield sounds with the offsets that pieces of the query vote for."""
        landmarks = Landmarks(query)
        last = int(query.frames[-1])
        votes = np.zeros(self._counters(), np.float32)
        for begin in range(0, max(1, last - PIECE // 2 + 1), PIECE // 2):
            low, high = (int(at) for at in np.searchsorted(landmarks.times, (begin, begin + PIECE)))
            for tempo, shift in _changes():
                reach = min(PIECE, last - begin) * tempo
                times = (landmarks.times[low:high] - begin) * tempo - _lead(tempo)
                for at, sure in self._votes(landmarks.places[:, low:high], times, (tempo, shift), votes):
                    frame = (at + 1) * _WIDTH - _lead(tempo)
                    for owner in self._met(frame, frame + reach):
                        offset = frame - float(self._begins[owner]) - begin * tempo
                        yield owner, _Offset(sure, tempo, shift, offset)

    def _counters(self) -> int:
        """Return how many counters votes need: one a step from a piece's length before the line of time on."""
        steps = int((self._length + _lead(max(SPEEDS))) / _WIDTH) + 2
        return int(min(MOST_COUNTERS, 1 << steps.bit_length()))

    def _votes(
        self,
        places: NDArray[np.int64],
        times: NDArray[np.floating],
        change: tuple[float, float],
        votes: NDArray[np.float32],
    ) -> Iterator[tuple[int, float]]:
        """Yield the steps of the line of time with most votes, counted together with the next one, and their votes."""
        keys, limit = look_up(places, *change, self._starts, self._weights, MOST_ENTRIES)
        cast_votes(keys, limit, times, self._starts, self._entries, self._weights, _WIDTH, votes)
        counters = highest(votes, MOST_OFFSETS)
        turns = int((self._length + _lead(max(SPEEDS))) / _WIDTH) // len(votes) + 1
        if turns == 1:
            yield from ((int(at), float(votes[at] + votes[(at + 1) % len(votes)])) for at in counters)
            return
        index = (self._starts, self._entries, _WIDTH, self._weights)
        shares = unfold(keys, limit, times, *index, counters, len(votes), turns)
        for at, share in zip(counters, shares, strict=True):
            turn = int(share.argmax())
            yield int(at) + turn * len(votes), float(share[turn])

    def _met(self, first: float, last: float) -> range:
        """Return the sounds that lie on a part of the line of time."""
        low = int(np.searchsorted(self._begins, first, "right")) - 1
        return range(max(0, low), int(np.searchsorted(self._begins, last, "right")))

    def _stretches(self, query: Peaks, owner: int, offsets: list[_Offset]) -> list[Stretch]:
        """Return what is proved, the best first: the next ones lie in other parts of the query."""
        if len(self._sounds[owner].frames) < FEWEST_PEAKS:
            return []
        opponent = self._opponents.setdefault(owner, Opponent(self._sounds[owner]))
        offsets = sorted(offsets, reverse=True)[: _MOST_TRIALS * MOST_STRETCHES]
        trials = np.array([(o.tempo, o.frames + nudge, o.shift) for o in offsets for nudge in _NUDGES])
        rows = opponent.best(query, trials)
        found: list[Stretch] = []
        for _ in range(MOST_STRETCHES):
            best = int(rows[:, 0].argmax())
            if rows[best, 0] < _PROMISING:
                break
            around = (float(query.frames[int(rows[best, 2])]), float(query.frames[int(rows[best, 3])]))
            found.append(opponent.refined(query, trials[best], around))
            apart = _apart(query, rows, (min(around[0], found[-1].query[0] / FRAME), around[1]))
            trials, rows = trials[apart], rows[apart]
            if not len(rows):
                break
        return sorted((s for s in found if s.score >= LEAST_SCORE), key=lambda s: (-s.score, s.query))


def _apart(query: Peaks, rows: NDArray[np.float64], taken: tuple[float, float]) -> NDArray[np.bool_]:
    """Tell which alignments agree in another part of the query than the one taken."""
    first, last = query.frames[rows[:, 2].astype(np.int64)], query.frames[rows[:, 3].astype(np.int64)]
    apart: NDArray[np.bool_] = (last < taken[0]) | (first > taken[1])
    return apart


def _changes() -> Iterator[tuple[float, float]]:
    """Yield tempo and shift of pitch for each way in which a query may have been changed."""
    yield 1.0, 0.0
    for tempo in SPEEDS:
        yield tempo, 0.0
        yield tempo, -STEPS * float(np.log2(tempo))


def _lead(tempo: float) -> float:
    """Frames by which a piece of a query may begin before the first sound."""
    return PIECE * tempo + _GAP
