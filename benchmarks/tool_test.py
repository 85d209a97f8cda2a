"""What Fanal finds and what it links wrongly, edit by edit, beside its peers on the same files: docs/tool-test.md.

    python benchmarks/tool_test.py [--out FOLDER] [--parts pictures,films,sound,objects] [--each 20]

Edits of pictures are made from the open evaluation set first, into a folder of their own. Everything runs as `fanal
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
from pathlib import Path
from typing import Any

import tool_cases as cases
import tool_report
from fanal.doors.cli.reading import open_reader
from fanal.engine.match.files.reading import Reader
from fanal.engine.match.techniques import stamp
from measure import INTO, RESULTS, keep

SETS = ("orig", "tile", "astro")
PACKAGES = ("numpy", "numba", "opencv-python-headless", "pillow", "av", "pdqhash", "imagehash")


def pictures(reader: Reader, out: Path, each: int) -> dict[str, Any]:
    """Make the edits, and look for each among all pictures that are no source of queries without an original."""
    import tool_peers

    if not (out / "truth_image.csv").exists():
        out.mkdir(parents=True, exist_ok=True)
        (out / "base").symlink_to(cases.EVAL / "base")
        build = [sys.executable, str(cases.EVAL / "build_eval.py"), "--from-base", "--seed", "1", "--out", str(out)]
        subprocess.run([*build, "--parts", "image", "--per-transform", str(each)], check=True)
    base = [out / "base" / name for name in SETS]
    truth = cases.rows(out / "truth_image.csv")
    found = cases.run(reader, base, out, truth)
    found["contenders"] |= tool_peers.pictures(base, out, truth)
    return found


def films(reader: Reader, _: Path, __: int) -> dict[str, Any]:
    """Look for edited films among all films of the set."""
    import tool_peers

    truth = cases.rows(cases.EVAL / "truth_video.csv")
    found = cases.run(reader, [cases.EVAL / "vbase"], cases.EVAL, truth)
    found["contenders"] |= tool_peers.films(cases.EVAL / "vbase", cases.EVAL, truth)
    return found


def sound(reader: Reader, _: Path, __: int) -> dict[str, Any]:
    """Look for edited recordings among all recordings of the set."""
    import tool_peers

    truth = cases.rows(cases.EVAL / "truth_audio.csv")
    found = cases.run(reader, [cases.EVAL / "abase"], cases.EVAL, truth)
    found["contenders"] |= tool_peers.sounds(cases.EVAL / "abase", cases.EVAL, truth)
    return found


def objects(reader: Reader, _: Path, __: int) -> dict[str, Any]:
    """Look for things and places in other pictures."""
    return {"objects": cases.objects(reader), "places": cases.places(reader)}


PARTS: dict[str, Callable[[Reader, Path, int], dict[str, Any]]] = {
    "pictures": pictures,
    "films": films,
    "sound": sound,
    "objects": objects,
}


def main() -> None:
    """Run the parts asked for, keep their figures, and write the report from all that are kept."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--out", type=Path, help="where edited pictures are made; a temporary folder without it")
    asked.add_argument("--parts", default=",".join(PARTS), help="which parts to run; none to write the report only")
    asked.add_argument("--each", type=int, default=20, help="edited pictures for each edit")
    told = asked.parse_args()
    with tempfile.TemporaryDirectory() as temporary, open_reader(cache=False) as reader:
        for part in filter(None, told.parts.split(",")):
            begun = time.time()
            found = PARTS[part](reader, told.out or Path(temporary) / "out", told.each)
            kept(part, {"stamp": stamp(), "seconds": round(time.time() - begun), **found})
    tool_report.write()


def kept(part: str, found: dict[str, Any]) -> None:
    """Keep the figures of a part where the report looks for them."""

    os.environ[INTO] = str(RESULTS / f"tool-test-{part}.json")
    keep(f"tool-test-{part}", found, PACKAGES)


if __name__ == "__main__":
    main()
