"""Films as telephones and cameras make them, a key frame a second or more often: seconds fingerprinted a CPU second.

    python benchmarks/camera_films.py [--films 2] [--rounds 3]

Clips of the open evaluation set, three in a row, so with cuts, recoded in memory in the ways named below. Fanal beside
PyAV with pdqhash, vpdq where it is installed, and plain decoding, as in films.py. Then it is counted how many of the
frames printed a second are, to the bit, those of a whole decode: all, or it says so.
"""

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

import av

from fanal.engine.fingerprint.video import Sampler, frame_print
from fanal.engine.media.video import planes_of
from films import EVAL, OURS, contenders, stream_of, with_fanal
from measure import Row, beside, keep, print_table, take_turns

RATE = 25
X264 = {"preset": "veryfast", "crf": "23", "sc_threshold": "0"}
X265 = "log-level=none:pools=1:bframes=0:scenecut=0:open-gop=0:keyint=25:min-keyint=25"
KINDS: dict[str, tuple[str, str, dict[str, str]]] = {
    "telephone: H.264, 1 s, no B frames": ("mp4", "libx264", {**X264, "g": "25", "bf": "0"}),
    "H.264, 1 s, B frames": ("mp4", "libx264", {**X264, "g": "25", "bf": "3"}),
    "telephone: HEVC, 1 s": ("mp4", "libx265", {"preset": "ultrafast", "crf": "26", "x265-params": X265}),
    "surveillance: H.264, 2 s": ("mp4", "libx264", {**X264, "g": "50", "bf": "0"}),
    "MPEG-4, 1 s": ("avi", "mpeg4", {"b": "2000000", "g": "25"}),
    "MPEG-2, half a second": ("mpegts", "mpeg2video", {"b": "4000000", "g": "12", "bf": "2"}),
    "Motion-JPEG": ("avi", "mjpeg", {"b": "12000000"}),
}
"""What it is like: container, coder, its options."""


def pictures(paths: Sequence[Path]) -> Iterator[Any]:
    """Yield the frames of clips, one after the other, of one size."""
    for path in paths:
        container: Any
        with av.open(str(path)) as container:
            for frame in container.decode(video=0):
                yield frame.reformat(640, 360, "rgb24")


def coded(paths: Sequence[Path], kind: str) -> bytes:
    """Return one film of these clips, coded in a way of KINDS."""
    form, codec, options = KINDS[kind]
    out = BytesIO()
    with av.open(out, "w", format=form) as container:
        stream: Any = container.add_stream(codec, rate=RATE, options=options)
        stream.width, stream.height = 640, 360
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.codec_context.thread_count = 1
        for number, frame in enumerate(pictures(paths)):
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            frame.pict_type = 0
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return out.getvalue()


def other_prints(data: bytes) -> int:
    """Return how many frames of whole seconds are not printed as after a whole decode."""
    ours = {(round(one.time or 0.0, 2), one.data) for one in with_fanal(data)}
    sampler, missing = Sampler(), 0
    with stream_of(data) as (container, stream):
        start: float | None = None
        for frame in container.decode(stream):
            start = frame.time if start is None else start
            time = frame.time - start
            if sampler.due(time):
                missing += (round(time, 2), frame_print(planes_of(frame, time)).data) not in ours
    return missing


def measured(kind: str, films: Sequence[bytes], rounds: int, folder: Path) -> tuple[Row, list[str]]:
    """Return the row to keep and the line to print of one kind of film."""
    everyone = contenders(films, folder)
    take_turns(everyone, rounds)
    rates = {one.name: 1 / one.cost for one in everyone}
    peers = {name: rate for name, rate in rates.items() if name != OURS}
    others = sum(other_prints(data) for data in films)
    row = beside(kind, rates[OURS], "s a CPU second", peers)
    row["prints that a whole decode has not"] = others
    cells = [f"{rate:.0f}" for rate in rates.values()]
    return row, [kind, *cells, f"{rates[OURS] / rates['PyAV and pdqhash']:.1f}", str(others)]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--films", type=int, default=2)
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    clips = sorted((EVAL / "vbase").iterdir())
    rows, lines, head = [], [], list[str]()
    with tempfile.TemporaryDirectory() as folder:
        for kind in KINDS:
            films = [coded(clips[3 * number : 3 * number + 3], kind) for number in range(chosen.films)]
            row, line = measured(kind, films, chosen.rounds, Path(folder))
            head = ["film", OURS, *row["peers"], "times PyAV and pdqhash", "other prints"]
            rows.append(row)
            lines.append(line)
            print(*line, sep=" | ", flush=True)
    print_table(head, lines)
    print("kept:", keep("camera_films", {"films": chosen.films, "rows": rows}, ["av", "pdqhash"]).name)


if __name__ == "__main__":
    main()
