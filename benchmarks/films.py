"""Films: seconds of film fingerprinted a CPU second, beside PyAV with pdqhash, vpdq, and decoding the same frames.

    python benchmarks/films.py [--films 12] [--rounds 5]

Films of the open evaluation set, from memory, one thread. One print a second of film for the others; Fanal prints the
frames that begin shots and the last one besides, each in eight orientations. "The same frames alone" is the feed's own
schedule, noted beforehand and played again with nothing but the decoder. CPU time, in turns, medians. Then the prints
of each way are compared with the same matcher: which query of the set is linked to which film.
vpdq takes part where it is installed: it is built from source and needs FFmpeg's headers.
"""

import argparse
import csv
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import numpy as np
import pdqhash

from fanal.engine.fingerprint.pdq import TECHNIQUE
from fanal.engine.fingerprint.prints import Print
from fanal.engine.fingerprint.video import Sampler, frame_print
from fanal.engine.match.frames.comparer import FrameComparer
from fanal.engine.media.examine import examine
from fanal.engine.media.frame_feed import FrameFeed
from fanal.engine.media.video import planes_of
from measure import Contender, beside, keep, print_table, take_turns
from photographs import SHARED

EVAL = SHARED / "eval"
OURS, SAME_FRAMES = "Fanal", "decoding the same frames alone"
Step = tuple[int | None, str | None]
"""Done with a decoder: a packet's time stamp (None: the end), and which frames it may leave out (None: flush)."""
Prints = tuple[Print, ...]
Maker = Callable[[bytes], Prints]


@contextmanager
def stream_of(data: bytes) -> Iterator[tuple[Any, Any]]:
    """Open a film's pictures for one thread."""
    with av.open(BytesIO(data)) as opened:
        container: Any = opened
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        yield container, stream


def feed_of(container: Any, stream: Any) -> FrameFeed:
    """Return Fanal's feed of wanted frames."""
    return FrameFeed(container, stream, 1 / float(stream.average_rate))


def with_fanal(data: bytes) -> Prints:
    """Print what Fanal prints of the pictures of a film by PDQ."""
    with stream_of(data) as (container, stream):
        return tuple(frame_print(planes_of(frame, time)) for time, frame in feed_of(container, stream).frames())


def with_everything(data: bytes) -> Prints:
    """Do all that is done behind the wall: facts, PDQ, local features, stills."""
    return examine(BytesIO(data), "film.mp4").prints


def with_pdqhash(data: bytes) -> Prints:
    """Decode every frame, hash the first of each second, in all orientations so that its leads can be compared."""
    return tuple(_published(frame, time, pdqhash.compute_dihedral) for time, frame in first_of_each_second(data))


def with_pdqhash_alone(data: bytes) -> Prints:
    """Do the same in one orientation: what is measured."""
    return tuple(
        _published(frame, time, lambda pixels: ([pdqhash.compute(pixels)[0]], 100))
        for time, frame in first_of_each_second(data)
    )


def first_of_each_second(data: bytes) -> Iterator[tuple[float, Any]]:
    """Decode every frame and yield the first of each second."""
    sampler = Sampler()
    container: Any
    with av.open(BytesIO(data)) as container:
        for frame in container.decode(video=0):
            if sampler.due(frame.time or 0.0):
                yield frame.time or 0.0, frame


def _published(frame: Any, time: float, hasher: Callable[..., Any]) -> Print:
    vectors, quality = hasher(frame.to_ndarray(format="rgb24"))
    first, *turned = (np.packbits(vector).tobytes() for vector in vectors)
    return Print(TECHNIQUE, first, quality=int(quality), time=time, turned=b"".join(turned))


def with_vpdq(folder: Path) -> Maker | None:
    """Return vpdq at one frame a second, by the files it wants; None where it is not installed."""
    try:
        import vpdq  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        return None

    def make(data: bytes) -> Prints:
        path = folder / "film.mp4"
        path.write_bytes(data)
        vpdq.computeHash(str(path), seconds_per_hash=1)
        return ()

    return make


class Schedule:
    """What the feed gives a film's decoder, noted once, to be played again without the feed."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._steps: list[Step] = []
        with stream_of(data) as (container, stream):
            feed = feed_of(container, stream)
            feed._decoder = _Noted(stream.codec_context, self._steps)
            for _ in feed.frames():
                pass

    def play(self) -> None:
        """Open and demultiplex the film, and decode the same packets in the same way."""
        with stream_of(self._data) as (container, stream):
            decoder = stream.codec_context
            packets: dict[int | None, Any] = {one.pts: one for one in container.demux(stream) if one.size}
            packets[None] = None
            for stamp, skip in self._steps:
                if skip is None:
                    decoder.flush_buffers()
                else:
                    decoder.skip_frame = skip
                    decoder.decode(packets[stamp])


class _Noted:
    """A decoder that notes what it is given."""

    def __init__(self, decoder: Any, steps: list[Step]) -> None:
        self._decoder, self._steps = decoder, steps
        self.skip_frame = "DEFAULT"

    def flush_buffers(self) -> None:
        self._steps.append((None, None))
        self._decoder.flush_buffers()

    def decode(self, packet: Any) -> list[Any]:
        self._decoder.skip_frame = self.skip_frame
        self._steps.append((None if packet is None else packet.pts, self.skip_frame))
        frames: list[Any] = self._decoder.decode(packet)
        return frames


def links(maker: Maker) -> set[tuple[str, str]]:
    """Return (query, film) of all that the matcher links by the prints of one way."""
    base = sorted((EVAL / "vbase").iterdir())
    comparer = FrameComparer()
    for owner, path in enumerate(base):
        comparer.put(owner, maker(path.read_bytes()))
    found = set()
    for row in truth():
        prints = maker((EVAL / row["query"]).read_bytes())
        found |= {(row["query"], base[one.owner].stem) for one in comparer.search(prints)}
    return found


def truth() -> list[dict[str, str]]:
    """Return which query was made from which film."""
    with (EVAL / "truth_video.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def all_of(work: Callable[[Any], object], items: Sequence[Any]) -> Callable[[], None]:
    """Return the same work for every film."""

    def run() -> None:
        for item in items:
            work(item)

    return run


def seconds_of(data: bytes) -> float:
    """Return how long a film lasts."""
    container: Any
    with av.open(BytesIO(data)) as container:
        return float(container.duration or 0) / av.time_base


def contenders(films: Sequence[bytes], folder: Path) -> list[Contender]:
    """Return everyone, each doing all films in a turn; a unit is a second of film."""
    seconds = round(sum(seconds_of(data) for data in films))
    works: dict[str, Callable[[], object]] = {
        OURS: all_of(with_fanal, films),
        SAME_FRAMES: all_of(Schedule.play, [Schedule(data) for data in films]),
        "PyAV and pdqhash": all_of(with_pdqhash_alone, films),
        "decoding every frame, no print": all_of(decode_all, films),
        "Fanal, with local features, stills and facts": all_of(with_everything, films),
    }
    vpdq = with_vpdq(folder)
    if vpdq is not None:
        works["vpdq"] = all_of(vpdq, films)
    return [Contender(name, work, seconds) for name, work in works.items()]


def decode_all(data: bytes) -> None:
    """Decode every frame."""
    with stream_of(data) as (container, stream):
        for _ in container.decode(stream):
            pass


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--films", type=int, default=12)
    options.add_argument("--rounds", type=int, default=5)
    chosen = options.parse_args()
    paths = [*sorted((EVAL / "vbase").iterdir()), *(EVAL / row["query"] for row in truth())]
    films = [path.read_bytes() for path in paths[:: max(1, len(paths) // chosen.films)]]
    with tempfile.TemporaryDirectory() as folder:
        measured = contenders(films, Path(folder))
        take_turns(measured, chosen.rounds)
    rates = {one.name: 1 / one.cost for one in measured}
    peers = {name: rate for name, rate in rates.items() if name != OURS}
    row = beside("film fingerprinted, 640 by 360", rates[OURS], "s a CPU second", peers)
    lines = [[name, f"{rate:.0f}", f"{rates[OURS] / rate:.2f}"] for name, rate in rates.items()]
    print_table(["way", "s of film a CPU second", "Fanal is so many times faster"], lines)
    ours, theirs = links(with_fanal), links(with_pdqhash)
    right = {(one["query"], one["original"]) for one in truth() if one["original"]}
    leads = {name: [len(found & right), len(found - right)] for name, found in (("ours", ours), ("pdqhash", theirs))}
    print(f"of {len(right)} queries with an original, linked and linked wrongly: {leads}")
    print("linked by the prints of pdqhash alone:", sorted(theirs - ours))
    found = {"films": len(films), "rows": [row], "leads": leads, "queries": len(right)}
    print("kept:", keep("films", found, ["av", "pdqhash"]).name)


if __name__ == "__main__":
    main()
