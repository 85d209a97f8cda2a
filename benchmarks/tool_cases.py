"""The cases of the tool test: who is asked what, and what of the answers is right."""

import csv
import os
import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from fanal.doors.cli.reading import questions
from fanal.engine.fingerprint.region import Region
from fanal.engine.match.files.answers import Match
from fanal.engine.match.files.folder import Folder
from fanal.engine.match.files.reading import Question, Reader, read_each
from fanal.engine.match.files.seen import Seen
from fanal.engine.match.files.walk import Found

ROOT = Path(__file__).resolve().parents[1]
EVAL = Path(os.environ.get("FANAL_SHARED") or ROOT.parent / "shared") / "eval"
SHARES_MORE = ("collage", "screenphoto", "embedded")
"""Edits that contain other files of the base as well: a link to these is right."""
SAME_TAKE = frozenset({"fc787825cfd3", "044ebe493dfa", "invalid", "pbx-invalid"})
NOT_WHOLE = ("trim", "embedded")
"""Edits of films and sounds that keep only a part, or lay something else around: their times are not in the truth."""
SPEEDS = {"speed_1.1": 1.1, "speed_1.05": 1.05}
MOST_UNREAD = 20
BINS = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.96, 0.98, 0.99, 1.0001)
Row = Mapping[str, str]


@dataclass
class Score:
    """How one contender did with the cases of one part."""

    found: dict[str, list[bool]] = field(default_factory=dict)
    """For each edit: of each query with an original, whether it was found."""
    false: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def add(self, row: Row, names: Iterable[str]) -> None:
        """Count what was linked to one query."""
        linked = set(names)
        if row["original"]:
            hit = row["original"] in linked
            self.found.setdefault(row["transform"], []).append(hit)
            if not hit:
                self.missed.append(row["query"])
        self.false += [f"{row['query']} to {name}" for name in sorted(linked) if stranger(row, name)]

    def plain(self) -> dict[str, Any]:
        """Return the score as JSON knows it."""
        edits = {edit: [len(hits), sum(hits)] for edit, hits in sorted(self.found.items())}
        return {"edits": edits, "false": self.false, "missed": self.missed}


def rows(path: Path) -> list[Row]:
    """Return the rows of a file of truth."""
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def read(reader: Reader, asked: Iterable[Question]) -> list[Seen]:
    """Return what each file holds, in order; read behind the wall.

    Raises RuntimeError when more than one in twenty could not be read: on a machine too busy for the limits of time
    behind the wall the figures would say nothing of what Fanal finds.
    """
    there = [seen[0] for seen in read_each(reader, asked, len(os.sched_getaffinity(0)))]
    unread = faults(there)
    if len(unread) * MOST_UNREAD > len(there):
        raise RuntimeError(f"{len(unread)} of {len(there)} files could not be read: {', '.join(unread[:5])}")
    return there


def faults(seen: Iterable[Seen]) -> list[str]:
    """Return the files that could not be read, each with why: the report tells them, and they count as missed."""
    return [f"{one.name} ({one.fault.code})" for one in seen if one.fault]


def stem(path: str) -> str:
    """Return a file's name without folder and kind."""
    return Path(path).stem


def stranger(row: Row, name: str) -> bool:
    """Tell whether a link from a query to this file of the base is wrong."""
    if row["transform"].startswith(SHARES_MORE):
        return False
    own = {row["original"], stem(row["query"])}
    return not {name, name.split("_")[0]} & own and not {name, row["original"]} <= SAME_TAKE


def run(reader: Reader, base: Sequence[Path], folder: Path, truth: Sequence[Row]) -> dict[str, Any]:
    """Ask Fanal every query; return its score, how sure it was, and how far its time ranges are off."""
    there = read(reader, questions(base))
    everything = Folder(there)
    lasting = {stem(seen.name): seen.knowledge.duration or 0.0 for seen in there if seen.knowledge}
    score, told, off = Score(), list[tuple[float, bool]](), dict[str, list[float]]()
    strangers = 0
    queries = [Question(Found(folder / row["query"], row["query"])) for row in truth]
    asked = read(reader, queries)
    for row, query in zip(truth, asked, strict=True):
        matches = everything.ask(query).matches
        score.add(row, (stem(match.reference) for match in matches if match.accepted))
        told += [(match.confidence, not stranger(row, stem(match.reference))) for match in matches]
        strangers += sum(stranger(row, name) for name in (stem(seen.name) for seen in there))
        right = next((one for one in matches if one.accepted and stem(one.reference) == row["original"]), None)
        if right and right.segments and not row["transform"].startswith(NOT_WHOLE):
            error = range_error(right, lasting[row["original"]], SPEEDS.get(row["transform"], 1.0))
            off.setdefault(row["transform"], []).append(error)
    return {
        "asked": len(truth),
        "base": len(there),
        "strangers": strangers,
        "unread": faults([*there, *asked]),
        "contenders": {"Fanal": score.plain()},
        "calibration": binned(told),
        "off": {edit: [round(statistics.median(one), 2), round(max(one), 2)] for edit, one in sorted(off.items())},
    }


def range_error(match: Match, lasting: float, speed: float) -> float:
    """Return the seconds by which the worst end of a time range is off, where the whole was kept."""
    here, there = zip(*match.segments, strict=True)
    ends = (
        min(span[0] for span in here),
        max(span[1] for span in here) - lasting / speed,
        min(span[0] for span in there),
        max(span[1] for span in there) - lasting,
    )
    return float(max(abs(end) for end in ends))


def binned(told: Sequence[tuple[float, bool]]) -> list[tuple[float, float, int, int]]:
    """Return for each range of confidence: from, to, how many links were told with it, how many were right."""
    found = []
    for low, high in pairwise(BINS):
        inside = [right for confidence, right in told if low <= confidence < high]
        found.append((low, min(high, 1.0), len(inside), sum(inside)))
    return found


def objects(reader: Reader, folder: Path) -> dict[str, Any]:
    """Ask with a box around each thing of the scenes of a set, among all scenes."""
    truth = rows(folder / "truth_object.csv")
    scenes = Folder(read(reader, [Question(Found(folder / row["scene"], row["scene"])) for row in truth]))
    boxed = [row for row in truth if row["object"]]
    asked = [Question(Found(folder / row["scene"], row["scene"]), _box(row)) for row in boxed]
    by_scene = {row["scene"]: row for row in truth}
    hits: list[bool] = []
    told: list[tuple[float, bool]] = []
    false, strangers, precisions = 0, 0, []
    parts = read(reader, asked)
    for row, query in zip(boxed, parts, strict=True):
        matches = {match.reference: match for match in scenes.ask(query).matches if match.reference != row["scene"]}
        partners = {name for name, other in by_scene.items() if other["object"] == row["object"]} - {row["scene"]}
        others = {name for name, other in by_scene.items() if other["background"] != row["background"]} - partners
        hits += [name in matches and matches[name].accepted for name in sorted(partners)]
        false += sum(matches[name].accepted for name in others & matches.keys())
        strangers += len(others)
        ranked = [name for name in matches if name in partners or name in others]
        told += [(matches[name].confidence, name in partners) for name in ranked]
        precisions.append(average_precision([name in partners for name in ranked], len(partners)))
    return {
        "pairs": len(hits),
        "unread": faults(parts),
        "recall": statistics.mean(hits),
        "precision": statistics.mean(precisions),
        "strangers": strangers,
        "false": false,
        "calibration": binned(told),
    }


def places(reader: Reader) -> dict[str, Any]:
    """Ask with each picture of a place, among all of these."""
    truth = rows(EVAL / "truth_place.csv")
    pictures = read(reader, [Question(Found(EVAL / row["image"], row["image"])) for row in truth])
    folder = Folder(pictures)
    place = {row["image"]: row["place"] for row in truth}
    same, other, found, false = 0, 0, 0, 0
    for picture in pictures:
        accepted = {match.reference for match in folder.ask(picture).matches if match.accepted}
        partners = {name for name in place if place[name] == place[picture.name]} - {picture.name}
        same += len(partners)
        found += len(accepted & partners)
        other += len(place) - 1 - len(partners)
        false += len(accepted - partners)
    return {"pairs": same, "found": found, "strangers": other, "false": false}


def _box(row: Row) -> Region:
    x0, y0, x1, y1 = (max(0, int(row[key])) for key in ("x0", "y0", "x1", "y1"))
    return Region(x0, y0, max(1, x1 - x0), max(1, y1 - y0))


def average_precision(ranked: Sequence[bool], relevant: int) -> float:
    """Return the mean, over what is relevant, of the precision at its rank; what is not ranked counts nothing."""
    found = [sum(ranked[: place + 1]) / (place + 1) for place, right in enumerate(ranked) if right]
    return sum(found) / relevant if relevant else 0.0


def listed(folders: Sequence[Path]) -> Iterator[Path]:
    """Yield the files of folders, in order."""
    for folder in folders:
        yield from sorted(path for path in folder.iterdir() if path.is_file())
