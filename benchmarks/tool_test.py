"""What Fanal finds and what it links wrongly, edit by edit, beside its peers on the same files: docs/tool-test.md.

    python benchmarks/tool_test.py [--out FOLDER] [--parts pictures,films,sound,objects] [--each 20]
    python benchmarks/tool_test.py --parts twin --packages FOLDER [--out FOLDER] [--each 20]

Edits of pictures are made from the open evaluation set first, into a folder of their own; those of the twin from
photographs that nobody looked at while anything was chosen, and that are looked for among the open set's as well: each
package of `twin.csv` lies unpacked in FOLDER, named as there. Everything runs as `fanal
match` does: files are read behind the wall, a folder is asked, and what is accepted counts. The figures are kept in
`results`, and the report is written from them alone. In the spirit of NIST's Computer Forensics Tool Testing.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tool_cases as cases
import tool_report
from fanal.doors.cli.reading import open_reader
from fanal.engine.match.files.reading import Reader
from fanal.engine.match.techniques import stamp
from measure import INTO, RESULTS, keep

SETS = ("orig", "tile", "astro")
TWIN = Path(__file__).with_name("twin.csv")
"""Photographs of other packages, by their digests: landscapes, streets, things. Those that no query is made from have
a group; those that things are put into are called interiors, as build_eval.py wants them.
"""
TWIN_ORIGINALS = 74
PACKAGES = ("numpy", "numba", "opencv-python-headless", "pillow", "av", "pdqhash", "imagehash")


@dataclass(frozen=True)
class Making:
    """Where edited pictures are made, how many of each edit, and where the packages of the twin lie unpacked."""

    out: Path
    each: int
    packages: Path | None

    def twin(self) -> Path:
        """Return the folder of the twin: made now, unless it was before."""
        out = self.out / "twin"
        if not (out / "truth_object.csv").exists():
            if self.packages is None:
                raise SystemExit("Say with --packages where the packages of twin.csv lie unpacked.")
            source = self.out / "source"
            source.mkdir(parents=True, exist_ok=True)
            (source / "x").symlink_to(self.packages.resolve())
            sure = ["--split", "held", "--src", str(source), "--allow", str(TWIN), "--n-orig", str(TWIN_ORIGINALS)]
            build(out, 7, "image,object", self.each, *sure)
        return out


def pictures(reader: Reader, making: Making) -> dict[str, Any]:
    """Make the edits, and look for each among all pictures that are no source of queries without an original."""
    out = making.out / "pictures"
    if not (out / "truth_image.csv").exists():
        out.mkdir(parents=True, exist_ok=True)
        (out / "base").symlink_to(cases.EVAL / "base")
        build(out, 1, "image", making.each, "--from-base")
    return asked_of_pictures(reader, [out / "base" / name for name in SETS], out)


def twin(reader: Reader, making: Making) -> dict[str, Any]:
    """Do the same with pictures of the twin, among those of the open set, and look for its things."""
    out = making.twin()
    base = [out / "base" / "orig", out / "base" / "tile", *(cases.EVAL / "base" / name for name in SETS)]
    return {**asked_of_pictures(reader, base, out), "objects": cases.objects(reader, out)}


def build(out: Path, seed: int, parts: str, each: int, *further: str) -> None:
    """Edit pictures in all ways, so many in each, and put things into rooms, as the open set was made."""
    command = [sys.executable, str(cases.EVAL / "build_eval.py"), "--seed", str(seed), "--out", str(out)]
    subprocess.run([*command, "--parts", parts, "--per-transform", str(each), *further], check=True)


def asked_of_pictures(reader: Reader, base: list[Path], out: Path) -> dict[str, Any]:
    """Look for edited pictures among those of a base, as do the peers."""
    import tool_peers

    truth = cases.rows(out / "truth_image.csv")
    found = cases.run(reader, base, out, truth)
    found["contenders"] |= tool_peers.pictures(base, out, truth)
    return found


def films(reader: Reader, _: Making) -> dict[str, Any]:
    """Look for edited films among all films of the set."""
    import tool_peers

    truth = cases.rows(cases.EVAL / "truth_video.csv")
    found = cases.run(reader, [cases.EVAL / "vbase"], cases.EVAL, truth)
    found["contenders"] |= tool_peers.films(cases.EVAL / "vbase", cases.EVAL, truth)
    return found


def sound(reader: Reader, _: Making) -> dict[str, Any]:
    """Look for edited recordings among all recordings of the set."""
    import tool_peers

    truth = cases.rows(cases.EVAL / "truth_audio.csv")
    found = cases.run(reader, [cases.EVAL / "abase"], cases.EVAL, truth)
    found["contenders"] |= tool_peers.sounds(cases.EVAL / "abase", cases.EVAL, truth)
    return found


def objects(reader: Reader, _: Making) -> dict[str, Any]:
    """Look for things and places in other pictures."""
    return {"objects": cases.objects(reader, cases.EVAL), "places": cases.places(reader)}


PARTS: dict[str, Callable[[Reader, Making], dict[str, Any]]] = {
    "pictures": pictures,
    "twin": twin,
    "films": films,
    "sound": sound,
    "objects": objects,
}


def main() -> None:
    """Run the parts asked for, keep their figures, and write the report from all that are kept."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--out", type=Path, help="where edited pictures are made; a temporary folder without it")
    asked.add_argument(
        "--parts",
        default=",".join(part for part in PARTS if part != "twin"),
        help="which parts to run; none to write the report only",
    )
    asked.add_argument("--each", type=int, default=20, help="edited pictures for each edit")
    asked.add_argument("--packages", type=Path, help="where the packages of the twin's pictures lie unpacked")
    told = asked.parse_args()
    with tempfile.TemporaryDirectory() as temporary, open_reader(cache=False) as reader:
        for part in filter(None, told.parts.split(",")):
            begun = time.time()
            found = PARTS[part](reader, Making(told.out or Path(temporary), told.each, told.packages))
            kept(part, {"stamp": stamp(), "seconds": round(time.time() - begun), **found})
    tool_report.write()


def kept(part: str, found: dict[str, Any]) -> None:
    """Keep the figures of a part where the report looks for them."""

    os.environ[INTO] = str(RESULTS / f"tool-test-{part}.json")
    keep(f"tool-test-{part}", found, PACKAGES)


if __name__ == "__main__":
    main()
