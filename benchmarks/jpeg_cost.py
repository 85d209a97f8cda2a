"""What a JPEG costs with everything on, beside its plain grey decode and beside OpenCV's SIFT alone.

    python benchmarks/jpeg_cost.py [--pictures 15] [--rounds 5] [--seed 1]

Everything: all that is done behind the wall (decode, facts, PDQ in eight orientations, local features, previews), and
the digests of the bytes. Photographs of the open evaluation set, brought to 0.1 to 12 megapixels.
One thread, CPU time, in turns, medians. A second table tells where the time goes.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

import cv2
import simplejpeg

from fanal.engine.fingerprint.digest import DigestPass
from fanal.engine.fingerprint.local import features as local
from fanal.engine.fingerprint.local import kernels, stored
from fanal.engine.fingerprint.pdq import pdq_prints
from fanal.engine.media import jpeg
from fanal.engine.media.examine import examine
from fanal.engine.media.preview import small, still_previews
from measure import Contender, Row, beside, keep, print_table, take_turns
from photographs import photographs

MEGAPIXELS = (0.1, 0.3, 0.5, 1, 3, 12)
SIFT_SIDE = 640


def everything(data: bytes) -> None:
    """Do all that is done with a JPEG before it is stored, but for the wall itself."""
    digester = DigestPass()
    digester.update(data)
    digester.result()
    examine(BytesIO(data), "photo.jpg")


def grey_decode(data: bytes) -> None:
    """Decode every pixel to grey."""
    simplejpeg.decode_jpeg(data, "GRAY")


def sift(data: bytes) -> None:
    """Decode, and find OpenCV's SIFT features at 640 pixels."""
    grey = simplejpeg.decode_jpeg(data, "GRAY")
    zoom = SIFT_SIDE / max(grey.shape[:2])
    finder: Any = getattr(cv2, "SIFT_create")()  # noqa: B009 - the stubs leave it out
    finder.detectAndCompute(cv2.resize(grey, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA), None)


def all_of(work: Callable[[bytes], object], files: Sequence[bytes]) -> Callable[[], None]:
    """Return the same work for every file."""

    def run() -> None:
        for data in files:
            work(data)

    return run


def stages(files: Sequence[bytes], rounds: int) -> dict[str, float]:
    """Return the median milliseconds of each step of one picture."""
    spent: dict[str, list[float]] = {}

    def timed(name: str, work: Callable[[], Any]) -> Any:
        before = time.process_time()
        result = work()
        spent.setdefault(name, []).append((time.process_time() - before) * 1e3)
        return result

    for _ in range(rounds):
        for data in files:
            _one(data, timed)
    return {name: round(statistics.median(times), 2) for name, times in spent.items()}


def _one(data: bytes, timed: Callable[[str, Callable[[], Any]], Any]) -> None:
    timed("plain grey decode", lambda: grey_decode(data))
    head = jpeg.read_head(data)
    pixels = timed("decode", lambda: jpeg.decode(data, head)).pixels
    timed("PDQ", lambda: pdq_prints(pixels, (head.height, head.width)))
    grey = timed("grey", lambda: cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY) if pixels.ndim == 3 else pixels)
    octaves = timed("scale space", lambda: local._scale_space(grey, local.STORED_SIDE))
    chosen = timed("extrema, choice", lambda: local._choose(octaves, stored.STORED_FEATURES, octaves[0].shape[1:]))
    rows, octave = timed("directions", lambda: local._turned(octaves, *chosen))
    timed("descriptors", lambda: local._described(octaves, rows, octave))
    found = local.local_features(grey, stored.STORED_FEATURES)
    timed("words, signatures, packing", lambda: stored.pack(found))
    timed("previews", lambda: still_previews(small(pixels)))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--pictures", type=int, default=15, help="of each size")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    cv2.setNumThreads(1)
    assert kernels.DIMENSIONS  # compiled before anything is measured
    rows: list[Row] = []
    steps: dict[str, dict[str, float]] = {}
    for megapixels in MEGAPIXELS:
        files = photographs(chosen.pictures, megapixels, chosen.seed)
        works = {"everything": everything, "grey": grey_decode, "sift": sift}
        ours, grey, other = (Contender(name, all_of(work, files), len(files)) for name, work in works.items())
        take_turns([ours, grey, other], chosen.rounds)
        peers = {"plain grey decode": grey.cost * 1e3, "OpenCV SIFT at 640": other.cost * 1e3}
        rows.append(
            beside(f"JPEG of {megapixels} MP, everything", ours.cost * 1e3, "CPU ms", peers, less_is_better=True)
        )
        steps[f"{megapixels} MP"] = stages(files, chosen.rounds)
    print_table(
        ["what", "CPU ms", "grey decode", "times it", "SIFT at 640"],
        [
            [
                row["what"],
                row["figure"],
                f"{row['peers']['plain grey decode']:.2f}",
                f"{1 / row['times']['plain grey decode']:.1f}",
                f"{row['peers']['OpenCV SIFT at 640']:.0f}",
            ]
            for row in rows
        ],
    )
    large = [row for row, megapixels in zip(rows, MEGAPIXELS, strict=True) if megapixels >= 1]
    ours_all = sum(row["figure"] for row in large)
    grey_all = sum(row["peers"]["plain grey decode"] for row in large)
    print(f"over the set of 1 to 12 megapixels: {ours_all / grey_all:.2f} times a plain grey decode")
    names = list(next(iter(steps.values())))
    print_table(["step, median ms", *steps], [[name, *(one[name] for one in steps.values())] for name in names])
    found = {"seed": chosen.seed, "pictures": chosen.pictures, "times_over_the_set": ours_all / grey_all, "rows": rows}
    print("kept:", keep("jpeg_cost", {**found, "steps": steps}, ["simplejpeg", "opencv-python-headless"]).name)


if __name__ == "__main__":
    main()
