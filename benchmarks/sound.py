"""Recall of sounds for each edit of the open evaluation set, and what a second of sound costs.

    python benchmarks/sound.py

Every edited recording of `../shared/eval` is looked for among all recordings of the base. A link to another recording
is counted as false unless both hold the same take, or the edit lays other recordings around the one asked for.
Chromaprint is measured beside it where Debian's `fpcalc` is installed, compared as `pyacoustid` does: at the best
offset, at least a tenth of the shorter print's items differ by no more than two of their 32 bits.
"""

import csv
import json
import os
import shutil
import statistics
import subprocess
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from fanal.engine.fingerprint.sound.prints import RATE, Peaks, audio_prints
from fanal.engine.match.sound.confidence import sound_accepted
from fanal.engine.match.sound.index import SoundIndex, joined
from measure import cpu_seconds, keep, print_table

EVAL = Path(os.environ.get("FANAL_SHARED") or Path(__file__).resolve().parents[2] / "shared") / "eval"
SAME_TAKE = frozenset({"fc787825cfd3", "044ebe493dfa"})
TOGETHER = "embedded"
MOST_BITS, FARTHEST_OFFSET = 2, 120
"""Bits by which two items of Chromaprint's may differ, and items by which they may be shifted: as in `pyacoustid`."""
LEAST_AGREEING = 0.1
"""Nobody publishes a threshold. At this one a single false link is left; at half, recall is a little lower."""
PACKAGES = ("numpy", "numba", "av")
Sound = NDArray[np.float32]
Row = Mapping[str, str]
Finder = Callable[[Row], set[str]]


def decoded(path: Path) -> Sound:
    """Return a file's sound as it is listened to."""
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
        frames = [made for frame in container.decode(audio=0) for made in resampler.resample(frame)]
        frames += resampler.resample(None)
    return np.concatenate([frame.to_ndarray().reshape(-1) for frame in frames]).astype(np.float32)


def rows_of(name: str) -> list[dict[str, str]]:
    with (EVAL / name).open() as listed:
        return list(csv.DictReader(listed))


def fanal(names: Sequence[str]) -> tuple[Finder, dict[str, float]]:
    """Return who finds with Fanal, and its costs."""
    sounds = [decoded(EVAL / "abase" / f"{name}.flac") for name in names]
    seconds = sum(len(sound) for sound in sounds) / RATE
    audio_prints(sounds[0])
    prints, spent = cpu_seconds(lambda: [audio_prints(sound) for sound in sounds])
    index = SoundIndex([joined(found) for found in prints])
    looked: list[float] = []

    def find(row: Row) -> set[str]:
        peaks: Peaks = joined(audio_prints(decoded(EVAL / row["query"])))
        hits, took = cpu_seconds(lambda: index.search(peaks))
        looked.append(took)
        costs["milliseconds_a_query"] = round(1000 * statistics.median(looked), 1)
        return {names[hit.owner] for hit in hits if sound_accepted(hit.score)}

    costs = {
        "times_real_time": round(seconds / spent),
        "bytes_a_second": round(sum(len(found.data) for one in prints for found in one) / seconds, 1),
    }
    return find, costs


def chromaprint(names: Sequence[str], program: str) -> Finder:
    """Return who finds with Chromaprint."""
    base = {name: raw_print(program, EVAL / "abase" / f"{name}.flac") for name in names}

    def find(row: Row) -> set[str]:
        asked = raw_print(program, EVAL / row["query"])
        return {name for name, known in base.items() if agreeing(asked, known) >= LEAST_AGREEING}

    return find


def raw_print(program: str, path: Path) -> NDArray[np.uint32]:
    told = subprocess.run([program, "-raw", "-json", "-length", "0", path], capture_output=True, check=False)
    # It complains about the end of some files that it has heard to the end, and says nothing of those too short for it.
    return np.array(json.loads(told.stdout)["fingerprint"] if told.stdout.strip() else [], np.uint32)


def agreeing(one: NDArray[np.uint32], other: NDArray[np.uint32]) -> float:
    """Return the share of the shorter print's items that agree at the best offset; 0 where one is empty."""
    if not len(one) or not len(other):
        return 0.0
    here, there = np.nonzero(np.bitwise_count(one[:, None] ^ other[None]) <= MOST_BITS)
    shifts = (here - there)[np.abs(here - there) <= FARTHEST_OFFSET]
    return float(np.bincount(shifts + len(other)).max() / min(len(one), len(other))) if len(shifts) else 0.0


def table(find: Finder) -> dict[str, tuple[int, int, int]]:
    """Return for each edit and length: asked, found, false links."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in rows_of("truth_audio.csv"):
        found = find(row)
        wrong = {name for name in found if name != row["original"] and {name, row["original"]} != SAME_TAKE}
        for key in (row["transform"], "5 s and more" if float(row["seconds"]) >= 5 else "shorter"):
            counts[key][0] += 1
            counts[key][1] += row["original"] in found
            counts[key][2] += 0 if row["transform"] == TOGETHER else len(wrong)
    return {key: (asked, found, wrong) for key, (asked, found, wrong) in counts.items()}


def main() -> None:
    names = [row["id"] for row in rows_of("abase.csv")]
    find, costs = fanal(names)
    tables = {"Fanal": table(find)}
    program = shutil.which("fpcalc")
    if program:
        tables["Chromaprint"] = table(chromaprint(names, program))
    head = ["edit", *(f"{who}: {what}" for who in tables for what in ("recall", "false links"))]
    rows: list[list[object]] = []
    for edit in tables["Fanal"]:
        cells = [(round(done[edit][1] / done[edit][0], 3), done[edit][2]) for done in tables.values()]
        rows.append([edit, *(cell for pair in cells for cell in pair)])
    print_table(head, rows)
    print("\n" + ", ".join(f"{name} {value}" for name, value in costs.items()))
    kept = keep("sound", {"rows": [dict(zip(head, row, strict=True)) for row in rows], **costs}, PACKAGES)
    print(f"Kept in {kept}")


if __name__ == "__main__":
    main()
