"""What Fanal finds and what it links wrongly, edit by edit, beside PDQ on the same files: writes docs/tool-test.md.

    python benchmarks/tool_test.py OUT        OUT holds the edited pictures, made as `../shared/eval/README.md` says

Everything runs as `fanal match` does: files are read behind the wall, a folder is asked, and what is accepted counts.
In the spirit of the reports of NIST's Computer Forensics Tool Testing: cases, results, and what went wrong.
"""

import csv
import os
import platform
import statistics
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from fanal.doors.cli.reading import open_reader, questions
from fanal.engine.fingerprint.pdq import TECHNIQUE as PDQ
from fanal.engine.fingerprint.prints import of_technique
from fanal.engine.fingerprint.region import Region
from fanal.engine.match.files.folder import Folder
from fanal.engine.match.files.reading import Question, Reader, read_each
from fanal.engine.match.files.seen import Seen
from fanal.engine.match.files.walk import Found
from fanal.engine.match.frames.comparer import FrameComparer
from fanal.engine.match.techniques import stamp

ROOT = Path(__file__).resolve().parents[1]
EVAL = Path(os.environ.get("FANAL_SHARED") or ROOT.parent / "shared") / "eval"
REPORT = ROOT / "docs" / "tool-test.md"
SETS = ("orig", "tile", "astro")
SHARES_MORE = ("collage", "screenphoto", "embedded")
"""Edits that contain other files of the base as well: a link to these is right."""
SAME_TAKE = frozenset({"fc787825cfd3", "044ebe493dfa", "invalid", "pbx-invalid"})
BINS = (0.0, 0.3, 0.6, 0.9, 0.96, 0.98, 0.99, 1.0001)
WORDS = (
    "What Fanal finds and what it links wrongly, on files that anyone can make again:",
    "`python benchmarks/tool_test.py OUT`, where OUT is made as the evaluation set's README says. Everything runs as",
    "`fanal match` does, at the published operating points. A link is *false* if the query is no edit of that file and",
    "shares nothing with it by its making.",
)
BOXES = (
    "A box around a thing is looked for in all scenes. Pairs of scenes with one background are left out: they share",
    "more than the thing.",
)
Row = Mapping[str, str]
Pairs = list[tuple[float, bool]]
"""Confidences that were told, and whether they were told of a right link."""


@dataclass
class Score:
    """How one contender did."""

    found: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    false: list[str] = field(default_factory=list)
    asked: int = 0

    @property
    def recall(self) -> dict[str, float]:
        """Share of queries with an original that was accepted, for each edit."""
        return {edit: statistics.mean(hits) for edit, hits in self.found.items()}

    @property
    def mean(self) -> float:
        """Mean recall over the edits."""
        return statistics.mean(self.recall.values())


def rows(path: Path) -> list[Row]:
    """Return the rows of a file of truth."""
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def read(reader: Reader, asked: Iterable[Question]) -> list[Seen]:
    """Return what each file holds, in order."""
    return [seen[0] for seen in read_each(reader, asked, len(os.sched_getaffinity(0)))]


def stem(path: str) -> str:
    """Return a file's name without folder and kind."""
    return Path(path).stem


def stranger(row: Row, name: str) -> bool:
    """Tell whether a link from a query to this file of the base is wrong."""
    if row["transform"].startswith(SHARES_MORE):
        return False
    own = {row["original"], stem(row["query"])}
    return not {name, name.split("_")[0]} & own and not {name, row["original"]} <= SAME_TAKE


def recall(reader: Reader, base: Sequence[Path], folder: Path, truth: Sequence[Row]) -> tuple[Score, Score, Pairs]:
    """Ask every query of a file of truth; return how Fanal did, how PDQ alone did, and confidences with their truth."""
    there = read(reader, questions(base))
    everything, frames = Folder(there), FrameComparer()
    for position, seen in enumerate(there):
        frames.put(position, of_technique(seen.prints, PDQ))
    ours, pdq, pairs = Score(), Score(), []
    queries = [Question(Found(folder / row["query"], row["query"])) for row in truth]
    for row, query in zip(truth, read(reader, queries), strict=True):
        matches = everything.ask(query).matches
        pairs += [(match.confidence, not stranger(row, stem(match.reference))) for match in matches]
        accepted = {stem(match.reference) for match in matches if match.accepted}
        alike = {stem(there[found.owner].name) for found in frames.search(query.prints) if found.link.accepted}
        for score, names in ((ours, accepted), (pdq, alike)):
            score.asked += 1
            if row["original"]:
                score.found[row["transform"]].append(row["original"] in names)
            score.false += [f"{row['query']} to {name}" for name in sorted(names) if stranger(row, name)]
    return ours, pdq, pairs


@dataclass(frozen=True)
class Objects:
    """How boxes around things did."""

    recall: float
    precision: float
    pairs: int
    strangers: int
    false: int


def objects(reader: Reader) -> Objects:
    """Ask with a box around each thing of the scenes, among all scenes."""
    truth = rows(EVAL / "truth_object.csv")
    scenes = Folder(read(reader, [Question(Found(EVAL / row["scene"], row["scene"])) for row in truth]))
    boxed = [row for row in truth if row["object"]]
    asked = [Question(Found(EVAL / row["scene"], row["scene"]), _box(row)) for row in boxed]
    by_scene = {row["scene"]: row for row in truth}
    hits: list[bool] = []
    false, strangers, precisions = 0, 0, []
    for row, query in zip(boxed, read(reader, asked), strict=True):
        matches = {match.reference: match for match in scenes.ask(query).matches if match.reference != row["scene"]}
        partners = {name for name, other in by_scene.items() if other["object"] == row["object"]} - {row["scene"]}
        others = {name for name, other in by_scene.items() if other["background"] != row["background"]} - partners
        hits += [name in matches and matches[name].accepted for name in sorted(partners)]
        false += sum(matches[name].accepted for name in others & matches.keys())
        strangers += len(others)
        ranked = [name for name in matches if name in partners or name in others]
        precisions.append(average_precision([name in partners for name in ranked], len(partners)))
    return Objects(statistics.mean(hits), statistics.mean(precisions), len(hits), strangers, false)


def _box(row: Row) -> Region:
    x0, y0, x1, y1 = (max(0, int(row[key])) for key in ("x0", "y0", "x1", "y1"))
    return Region(x0, y0, max(1, x1 - x0), max(1, y1 - y0))


def average_precision(ranked: Sequence[bool], relevant: int) -> float:
    """Return the mean, over what is relevant, of the precision at its rank; what is not ranked counts nothing."""
    found = [sum(ranked[: place + 1]) / (place + 1) for place, right in enumerate(ranked) if right]
    return sum(found) / relevant if relevant else 0.0


def calibration(pairs: Pairs) -> Iterator[str]:
    """Yield a table: of links told with about this confidence, how many are right."""
    yield "| told | links | right |"
    yield "|---|---|---|"
    for low, high in pairwise(BINS):
        inside = [right for confidence, right in pairs if low <= confidence < high]
        if inside:
            yield f"| {low:.2f} to {min(high, 1):.2f} | {len(inside)} | {statistics.mean(inside):.3f} |"


def table(ours: Score, pdq: Score) -> Iterator[str]:
    """Yield recall by edit, Fanal beside PDQ."""
    yield "| edit | queries | Fanal | PDQ, eight orientations |"
    yield "|---|---|---|---|"
    for edit in sorted(ours.recall):
        yield f"| {edit} | {len(ours.found[edit])} | {ours.recall[edit]:.2f} | {pdq.recall[edit]:.2f} |"
    yield f"| **mean over edits** | {ours.asked} asked | **{ours.mean:.4f}** | {pdq.mean:.3f} |"
    yield f"| **false links** | | **{len(ours.false)}** | {len(pdq.false)} |"
    yield from ["", *(f"* false: `{one}`" for one in ours.false)]


def part(title: str, sentence: str, scores: tuple[Score, Score, Pairs]) -> Iterator[str]:
    """Yield one part of the report."""
    ours, pdq, pairs = scores
    yield from (
        "",
        f"## {title}",
        "",
        sentence,
        "",
        *table(ours, pdq),
        "",
        "How sure it was, and how often rightly:",
        "",
    )
    yield from calibration(pairs)


def report(out: Path) -> Iterator[str]:
    """Yield the report line by line."""
    yield "# Tool test"
    yield ""
    yield from WORDS
    yield ""
    yield f"Techniques `{stamp()}`; Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores."
    with open_reader(cache=True) as reader:
        pictures = [out / "base" / name for name in SETS]
        scores = recall(reader, pictures, out, rows(out / "truth_image.csv"))
        yield from part("Pictures", "Each edit of each picture is looked for among 248 others.", scores)
        scores = recall(reader, [EVAL / "vbase"], EVAL, rows(EVAL / "truth_video.csv"))
        yield from part("Films", "Edits of films are looked for among all films of the set.", scores)
        scores = recall(reader, [EVAL / "abase"], EVAL, rows(EVAL / "truth_audio.csv"))
        yield from part("Sound", "Edited recordings are looked for among all recordings of the set.", scores)
        seen = objects(reader)
        yield from ("", "## Things in the background", "")
        yield from BOXES
        yield from ("", "| what | figure |", "|---|---|")
        yield f"| recall at the operating point, {seen.pairs} pairs | {seen.recall:.3f} |"
        yield f"| mean average precision of a box | {seen.precision:.3f} |"
        yield f"| false links, {seen.strangers} pairs of strangers | {seen.false} |"


def main() -> None:
    """Write the report."""
    REPORT.write_text("\n".join(report(Path(sys.argv[1]))) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
