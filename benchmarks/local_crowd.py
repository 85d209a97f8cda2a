"""What boxes and whole pictures find, and link wrongly, alone and among a crowd, and what a query costs there.

    python benchmarks/local_crowd.py KEEP COUNT [--eval FOLDER] [--whole OUT] [--each 2] [--every 97]

KEEP holds the crowd as `benchmarks/crowd.py` drew it, COUNT is how many of it are taken. `--eval` is a folder of scenes
with their truth (the open evaluation set without it); `--each` takes every so-manieth box. `--whole` also asks with the
edited pictures of OUT (see the README of the evaluation set). A link to the crowd is false.
"""

import argparse
import os
import statistics
import time
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np

from crowd import EVAL, crowd, sources
from fanal.engine.fingerprint.local.stored import LocalPrint
from fanal.engine.match.local.index import LocalIndex
from fanal.engine.match.local.search import LocalMatch, both_ways, find, look_up
from local import SETS, boxed, rows, stored

EDITS_LEFT_OUT = ("collage", "screenphoto")


class Asked:
    """What one kind of query found alone and in the crowd."""

    def __init__(self, alone: LocalIndex, many: LocalIndex, shown: list[list[int]], of_the_set: int) -> None:
        self._alone, self._many, self._shown, self._of_the_set = alone, many, shown, of_the_set
        self.pairs, self.found, self.kept, self.asked = 0, 0, 0, 0
        self.false: dict[int, list[float]] = {}
        self.perhaps: dict[int, list[float]] = {}
        self.nearest: list[float] = []
        self.cpu: list[float] = []
        self.clock: list[float] = []
        self.looking_up: list[float] = []

    def ask(self, query: LocalPrint, partners: Iterable[int]) -> None:
        """Ask with one query, whose right answers are known."""
        right = set(partners)
        self.asked += 1
        self.pairs += len(right)
        self.found += len(right & {match.picture for match in find(self._alone, query) if match.accepted})
        began, spent = time.perf_counter(), time.process_time()
        matches = find(self._many, query, threads=2)
        self.clock.append(time.perf_counter() - began)
        self.cpu.append(time.process_time() - spent)
        ways = both_ways(query)
        spent = time.process_time()
        look_up(self._many, ways, threads=2)
        self.looking_up.append(time.process_time() - spent)
        self.kept += len(right & {match.picture for match in matches if match.accepted})
        crowd = [match for match in matches if match.picture >= len(self._alone)]
        known = [match for match in crowd if min(self._shown[match.picture - len(self._alone)]) >= self._of_the_set]
        self.nearest.append(max((_score(match) for match in known), default=0.0))
        for match in crowd:
            if match.accepted:
                strangers = min(self._shown[match.picture - len(self._alone)]) >= self._of_the_set
                told = self.false if strangers else self.perhaps
                told.setdefault(self.asked, []).append(round(_score(match), 1))

    def report(self, name: str) -> None:
        """Print the figures."""
        print(f"{name}: {self.asked} queries, {self.pairs} pairs; recall alone {self.found / max(1, self.pairs):.3f},")
        print(f"  among {len(self._many):,} {self.kept / max(1, self.pairs):.3f}")
        print(f"  false links by {len(self.false)} queries: {sum(map(len, self.false.values()))}, {self.false}")
        print(f"  links that may be right by {len(self.perhaps)}: {sum(map(len, self.perhaps.values()))}")
        print(f"  most that the crowd reached, by query: {[round(one, 1) for one in sorted(self.nearest)[-6:]]}")
        print(f"  CPU s a query, median {statistics.median(self.cpu):.2f}, most {max(self.cpu):.2f};", end=" ")
        print(f"by the clock in two threads {statistics.median(self.clock):.2f}, {max(self.clock):.2f};")
        print(f"  of the CPU s looking up {statistics.median(self.looking_up):.2f}; load {os.getloadavg()[0]:.1f}")


def _score(match: LocalMatch) -> float:
    return float(match.points if match.evidence is None else match.evidence)


def main() -> None:
    """Ask, and print."""
    told = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    told.add_argument("keep", type=Path)
    told.add_argument("count", type=int)
    told.add_argument("--eval", type=Path, default=EVAL)
    told.add_argument("--whole", type=Path)
    told.add_argument("--folders", type=Path, nargs="*", default=[], help="those the crowd was drawn from")
    told.add_argument("--each", type=int, default=2)
    told.add_argument("--every", type=int, default=97, help="the same of edited pictures")
    asked = told.parse_args()
    cv2.setNumThreads(1)
    scenes = rows(asked.eval / "truth_object.csv")
    base = [stored(asked.eval / row["scene"]) for row in scenes]
    files = (
        [path for name in SETS for path in sorted((asked.whole / "base" / name).glob("*.jpg"))] if asked.whole else []
    )
    wholes = [stored(path) for path in files]
    others, shown = crowd(asked.keep, asked.count)
    of_the_set = sum(EVAL in path.parents for path in sources(asked.folders))
    began = time.process_time()
    many = LocalIndex.build(base + others)
    print(f"index of {len(many):,}: {time.process_time() - began:.0f} CPU s")
    boxes = Asked(LocalIndex.build(base), many, shown, of_the_set)
    for number, row in [one for one in enumerate(scenes) if one[1]["object"]][:: asked.each]:
        boxes.ask(
            boxed(asked.eval / row["scene"], row),
            (k for k, other in enumerate(scenes) if k != number and other["object"] == row["object"]),
        )
    boxes.report("boxes")
    if wholes:
        del many, boxes  # two indexes of this size do not fit side by side
        known = {path.stem: number for number, path in enumerate(files)}
        pictures = Asked(LocalIndex.build(wholes), LocalIndex.build(wholes + others), shown, of_the_set)
        for row in rows(asked.whole / "truth_image.csv")[:: asked.every]:
            if row["original"] and not row["transform"].startswith(EDITS_LEFT_OUT):
                pictures.ask(stored(asked.whole / row["query"]), [known[row["original"]]])
        pictures.report("whole pictures")


if __name__ == "__main__":
    np.seterr(all="raise", under="ignore")
    main()
