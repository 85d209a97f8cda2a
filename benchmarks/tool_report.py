"""Writes docs/tool-test.md and its reliability diagram from the figures kept in `results`, and from nothing else."""

import json
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from measure import RESULTS
from tool_cases import ROOT

REPORT = ROOT / "docs" / "tool-test.md"
DIAGRAM = ROOT / "docs" / "pictures" / "reliability.svg"
Figures = Mapping[str, Any]
Bin = Sequence[float]
OTHERS = """Photographs of other packages (`benchmarks/twin.csv`), edited alike from another seed. Two rules were
made by looking at what was missed of them (lines that are all a picture has, decision 11; collages are cut apart,
decision 5); nothing else was chosen by them.
Each is looked for among {base} pictures, those of the open set among them."""
KINDS = {
    "pictures": ("Pictures", "Each edit of each picture is looked for among {base} pictures of the set."),
    "twin": ("Other pictures", OTHERS),
    "films": ("Films", "Edits of films are looked for among all {base} films of the set."),
    "sound": ("Sound", "Edited recordings are looked for among all {base} recordings of the set."),
}
METHOD = (
    "What Fanal finds, what it misses and what it links wrongly, on files that anyone can make again. One command",
    "makes the files, runs Fanal and its peers, keeps the figures in `benchmarks/results`, and writes this page:",
    "",
    "```",
    "python benchmarks/tool_test.py",
    "```",
    "",
    "`scripts/setup --bench` installs what it needs. Single parts: `--parts films,sound`. The part `twin` needs the",
    "packages that `benchmarks/twin.csv` names, unpacked: `--parts twin --packages FOLDER`.",
    "",
    "## Method",
    "",
    "* **Files.** The open evaluation set beside the project: photographs, films and recordings that others published",
    "  in packages, none of them from a case. `build_eval.py` edits the pictures from a fixed seed.",
    "* **Fanal** runs as `fanal match` does: every file is read behind the wall, a folder is asked, and what is",
    "  accepted at the published operating points counts.",
    "* **Peers.** PDQ (`pdqhash`, at most 31 of 256 bits, quality 50; as it is and in eight orientations). pHash",
    "  (`imagehash`, 64 bits, at most 10). vPDQ's rule (`pdqhash` on one frame a second from PyAV: 80 of 100 frames of",
    "  the query with a like one; what the package `vpdq` costs: `benchmarks/films.py`). Chromaprint (Debian's",
    "  `fpcalc`, raw prints compared as `pyacoustid` does: at the best offset, the share of the shorter one's items",
    "  that differ by at most two of 32 bits; a tenth is asked for, the least at which no more than one link is false.",
    "  It needs about three seconds: of many recordings of the set, two seconds long, it makes no print at all).",
    "* **Recall** of an edit: of its queries, how many are linked to their original.",
    "* **A false link**: an accepted link to a file that the query was not made from, and that shares nothing with it",
    "  by its making. Tiles of one photograph, collages, photos of a screen, one take in two recordings do.",
    "* **Bounds** are exact ones (Clopper and Pearson), one-sided, at 95 of 100. With no false link in n pairs that is",
    "  about 3 / n.",
)


def figures(part: str) -> Figures | None:
    """Return what was kept of a part."""
    path = RESULTS / f"tool-test-{part}.json"
    return json.loads(path.read_text()) if path.exists() else None


def upper_bound(false: int, pairs: int) -> float:
    """Return the share that false links do not exceed at 95 of 100 (Clopper and Pearson 1934)."""
    low, high = false / pairs, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _at_most(false, pairs, middle) > 0.05 else (low, middle)
    return high


def _at_most(count: int, pairs: int, share: float) -> float:
    """Return the probability of at most so many false links if each pair is one with this probability."""
    term = total = (1 - share) ** pairs
    for k in range(count):
        term *= (pairs - k) / (k + 1) * share / (1 - share)
        total += term
    return total


def recalls(found: Figures) -> Iterator[str]:
    """Yield the table of recall by edit, Fanal beside its peers."""
    contenders: Mapping[str, Any] = found["contenders"]
    yield "| edit | queries | " + " | ".join(contenders) + " |"
    yield "|---|" + "---|" * (1 + len(contenders))
    for edit, (asked, _) in contenders["Fanal"]["edits"].items():
        cells = [one["edits"][edit][1] / asked for one in contenders.values()]
        yield f"| {edit} | {asked} | " + " | ".join(f"{cell:.2f}" for cell in cells) + " |"
    means = [mean(one) for one in contenders.values()]
    yield "| **mean over edits** | " + " | ".join(["", *(f"**{one:.3f}**" for one in means)]).strip() + " |"
    yield "| **false links** | | " + " | ".join(f"**{len(one['false'])}**" for one in contenders.values()) + " |"


def mean(score: Figures) -> float:
    """Return the mean recall over edits."""
    return float(statistics.mean(hits / asked for asked, hits in score["edits"].values()))


def part(name: str, found: Figures) -> Iterator[str]:
    """Yield one part of the report."""
    title, sentence = KINDS[name]
    ours = found["contenders"]["Fanal"]
    yield from ("", f"## {title}", "", sentence.format(**found), "", *recalls(found), "")
    false, pairs = len(ours["false"]), found["strangers"]
    bound = upper_bound(false, pairs)
    yield f"{found['asked']} queries, {pairs:,} pairs that have nothing in common: {false} false links, so at most"
    yield f"{bound:.1e} of such pairs, or {1e6 * bound:.0f} in a million."
    yield from ("", *unread(found))
    yield from ("", *(f"* false: `{one}`" for one in ours["false"]))
    yield from missed(ours)
    if found["off"]:
        yield from ranges(found["off"])


def unread(found: Figures) -> Iterator[str]:
    """Yield which files could not be read, and so count as missed; nothing where that was not counted yet."""
    if "unread" in found:
        files: Sequence[str] = found["unread"]
        yield f"Files that could not be read, and count as missed: {len(files)}."
        yield from (f"* unread: `{one}`" for one in files)


def missed(ours: Figures) -> Iterator[str]:
    """Yield what was missed, by edit."""
    kinds: dict[str, list[str]] = {}
    for query in ours["missed"]:
        folder, _, file = query.rpartition("/")
        kinds.setdefault(folder.rpartition("/")[2], []).append(file)
    yield from ("", "What went wrong:" if kinds else "Nothing was missed.", "")
    for kind, files in sorted(kinds.items()):
        yield f"* {kind}: {len(files)} missed ({', '.join(f'`{file}`' for file in files[:6])})"


def ranges(off: Mapping[str, Sequence[float]]) -> Iterator[str]:
    """Yield how far time ranges are off."""
    yield from ("", "Seconds by which the worse end of the time ranges is off, where an edit keeps the whole:", "")
    yield "| edit | median | largest |"
    yield "|---|---|---|"
    for edit, (middle, largest) in off.items():
        yield f"| {edit} | {middle:.2f} | {largest:.2f} |"


def background(found: Figures, twin: Figures | None) -> Iterator[str]:
    """Yield the part on things, of the open set and of the twin, and places."""
    sets = {"open set": found["objects"], **({"other pictures": twin["objects"]} if twin else {})}
    yield from ("", "## Things in the background", "")
    yield "A box around a thing is looked for in all scenes of its set."
    yield from ("", "| what | " + " | ".join(sets) + " |", "|---|" + "---|" * len(sets))
    for what, told in THINGS.items():
        yield f"| {what} | " + " | ".join(told(things) for things in sets.values()) + " |"
    for things in sets.values():
        yield from ("", *unread(things))
    places = found["places"]
    yield from ("", "## The same place again", "")
    yield "Pictures of one place, taken again from elsewhere or at another time, each looked for among all of them."
    yield from ("", "| what | figure |", "|---|---|")
    yield f"| recall, {places['pairs']} pairs | {places['found'] / places['pairs']:.3f} |"
    yield f"| false links, {places['strangers']} pairs of strangers | {places['false']} |"


THINGS: Mapping[str, Callable[[Figures], str]] = {
    "pairs": lambda things: f"{things['pairs']}",
    "recall at the operating point": lambda things: f"{things['recall']:.3f}",
    "mean average precision of a box": lambda things: f"{things['precision']:.3f}",
    "pairs of strangers": lambda things: f"{things['strangers']:,}",
    "false links": lambda things: f"{things['false']}",
    "of such pairs linked falsely, at most": lambda things: f"{upper_bound(things['false'], things['strangers']):.1e}",
}


def calibration(parts: Mapping[str, Figures]) -> Iterator[str]:
    """Yield how sure Fanal was, and how often rightly."""
    yield from ("", "## How sure, and how often rightly", "")
    yield "Of the links that were told with about a confidence, accepted or not, the share that is right; in brackets"
    yield "how many links. A part with few links in a range says little about it."
    yield from ("", "![Share of right links at each confidence](pictures/reliability.svg)", "")
    yield "| told | " + " | ".join(parts) + " |"
    yield "|---|" + "---|" * len(parts)
    for number, (low, high, _, _) in enumerate(next(iter(parts.values()))["calibration"]):
        cells = [_share(one["calibration"][number]) for one in parts.values()]
        yield f"| {low:.2f} to {high:.2f} | " + " | ".join(cells) + " |"


def _share(one: Bin) -> str:
    return f"{one[3] / one[2]:.2f} ({one[2]:.0f})" if one[2] else "–"


def diagram(parts: Mapping[str, Figures]) -> str:
    """Return the reliability diagram: told on the horizontal axis, right on the vertical one, dots by how many."""
    side, margin = 300, 50
    colours = ("#2b7bba", "#c2571a", "#2e8b57", "#8a4fb5", "#7a6a00")
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side + 190} {side + 2 * margin}" role="img">',
        "<title>Share of right links at each confidence</title>",
        "<style>text{font:12px sans-serif}.i{fill:#222}.l{stroke:#888;fill:none}",
        "@media (prefers-color-scheme:dark){.i{fill:#ddd}}</style>",
        f'<path class="l" d="M{margin} {margin}V{margin + side}H{margin + side}"/>',
        f'<path class="l" stroke-dasharray="4 4" d="M{margin} {margin + side}L{margin + side} {margin}"/>',
        f'<text class="i" x="{margin + side / 2}" y="{margin + side + 34}" text-anchor="middle">told</text>',
        f'<text class="i" x="{margin}" y="{margin - 14}" text-anchor="middle">right</text>',
    ]
    for tick in (0, 0.5, 1):
        at = margin + side * tick
        lines.append(f'<text class="i" x="{at}" y="{margin + side + 16}" text-anchor="middle">{tick}</text>')
        lines.append(
            f'<text class="i" x="{margin - 8}" y="{2 * margin + side - at + 4}" text-anchor="end">{tick}</text>'
        )
    for row, (name, found) in enumerate(parts.items()):
        colour, y = colours[row], margin + 18 * row
        lines.append(f'<circle cx="{margin + side + 20}" cy="{y}" r="5" fill="{colour}"/>')
        lines.append(f'<text class="i" x="{margin + side + 32}" y="{y + 4}">{name}</text>')
        for low, high, links, right in found["calibration"]:
            if links:
                x, height = margin + side * (low + high) / 2, margin + side * (1 - right / links)
                size = min(9.0, 2.5 + links**0.5 / 3)
                lines.append(f'<circle cx="{x:.1f}" cy="{height:.1f}" r="{size:.1f}" fill="{colour}" opacity=".75"/>')
    return "\n".join([*lines, "</svg>", ""])


def summary(parts: Mapping[str, Figures]) -> Iterator[str]:
    """Yield the figures that matter most."""
    yield from (
        "",
        "## In short",
        "",
        "| part | queries | mean recall | false links | best peer |",
        "|---|---|---|---|---|",
    )
    for name, found in parts.items():
        peers = {peer: mean(score) for peer, score in found["contenders"].items() if peer != "Fanal"}
        best = max(peers, key=lambda peer: peers[peer], default=None)
        beside = f"{best}: {peers[best]:.3f}, {len(found['contenders'][best]['false'])} false" if best else "–"
        ours = found["contenders"]["Fanal"]
        yield f"| {name} | {found['asked']} | {mean(ours):.3f} | {len(ours['false'])} | {beside} |"


def conditions(parts: Mapping[str, Figures]) -> Iterator[str]:
    """Yield on which machine, with which versions, and when each part ran."""
    yield from ("", "## Machine and versions", "")
    for name, found in parts.items():
        told = found["machine"]
        versions = ", ".join(f"{package} {version}" for package, version in told["packages"].items())
        yield f"* {name}: {found['at'][:16]} UTC, {found['seconds']} s; techniques `{found['stamp']}`;"
        yield f"  {told['processor']}, {told['cores']} cores, {told['memory_gib']} GiB, {told['system']},"
        yield f"  Python {told['python']}; {versions}."


def report() -> Iterator[str]:
    """Yield the report line by line."""
    known = {name: found for name in (*KINDS, "objects") if (found := figures(name)) is not None}
    compared = {name: found for name, found in known.items() if name in KINDS}
    sure = {**compared, **({"objects": known["objects"]["objects"]} if "objects" in known else {})}
    yield from ("# Tool test", "", *METHOD, *summary(compared))
    for name, found in compared.items():
        yield from part(name, found)
    if "objects" in known:
        yield from background(known["objects"], known.get("twin"))
    yield from calibration(sure)
    yield from conditions(known)
    DIAGRAM.write_text(diagram(sure), encoding="utf-8")


def write() -> None:
    """Write the report and its diagram."""
    REPORT.write_text("\n".join(report()) + "\n", encoding="utf-8")
