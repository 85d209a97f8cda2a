"""Makes the crowd: prints of many pictures that have nothing in common with the scenes things are looked for in.

    python benchmarks/crowd.py KEEP COUNT [FOLDER ...]

Prints are kept in KEEP, a thousand a file; run again, it goes on where it ended.

Each picture is put together from photographs of the open evaluation set and of the folders: a crop in perspective, in
another light, mirrored or not, with up to four crops of others pasted over it, blurred, with noise, saved as JPEG. No
photograph that the scenes are made of is used. Beyond what was drawn, `crowd` mixes prints: mirrored, or halves of two.
"""

import csv
import hashlib
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from fanal.engine.fingerprint.local.prints import local_print
from fanal.engine.fingerprint.local.stored import LocalPrint, unpack
from photographs import SHARED

EVAL = SHARED / "eval"
SETS = ("orig", "distr", "tile")
A_FILE = 1000
MOST_FLIPPED = 6
_GRAIN = 20
Plane = NDArray[np.uint8]


def sources(folders: list[Path]) -> list[Path]:
    """Return the photographs that pictures are put together from."""
    with (EVAL / "truth_object.csv").open() as file:
        scenes = list(csv.DictReader(file))
    with (EVAL / "base.csv").open() as file:
        base = list(csv.DictReader(file))
    paths = {row["path"]: row["id"] for row in base}
    used = {row["background"] for row in scenes} | {paths.get(row["source"], "") for row in scenes}
    # Rooms are kept for scenes of a twin.
    used |= {row["id"] for row in base if row["cls"] == "interior"}
    open_set = [path for name in SETS for path in sorted((EVAL / "base" / name).glob("*.jpg"))]
    chosen = [path for path in open_set if path.stem.split("_")[0] not in used]
    for folder in folders:
        for path in sorted(folder.iterdir()):
            digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
            chosen += [path] if digest not in used else []
    return chosen


def drawn(seed: int, planes: list[Plane]) -> tuple[Plane, list[int]]:
    """Return one picture, and the numbers of the photographs in it."""
    dice = np.random.default_rng((2015, seed))
    long = int(dice.integers(800, 1281))
    width, height = (long, int(long * dice.uniform(0.6, 0.8)))
    if dice.random() < 0.3:
        width, height = height, width
    first = int(dice.integers(len(planes)))
    picture = _warped(planes[first], width, height, dice)
    shown = [first]
    for _ in range(int(dice.integers(0, 5))):
        other = int(dice.integers(len(planes)))
        w, h = int(width * dice.uniform(0.15, 0.45)), int(height * dice.uniform(0.15, 0.45))
        piece = _warped(planes[other], w, h, dice)
        turn = cv2.getRotationMatrix2D((w / 2, h / 2), float(dice.uniform(-25, 25)), 1)
        turn[:, 2] += np.array([dice.uniform(0, width - w), dice.uniform(0, height - h)])
        mask = cv2.warpAffine(np.full((h, w), 255, np.uint8), turn, (width, height))
        over = cv2.warpAffine(piece, turn, (width, height))
        picture = np.where(mask > 127, over, picture).astype(np.uint8)
        shown.append(other)
    picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), float(dice.uniform(0.4, 1.0))), np.uint8)
    x, y = dice.integers(0, 100, 2).tolist()
    grain = _grain()[y : y + height, x : x + width]
    strength = float(dice.uniform(1, 5)) / _GRAIN
    picture = np.asarray(cv2.addWeighted(picture, 1.0, grain, strength, -128 * strength), np.uint8)
    saved = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, int(dice.integers(65, 93))])[1]
    return np.asarray(cv2.imdecode(saved, cv2.IMREAD_GRAYSCALE), np.uint8), shown


@cache
def _grain() -> Plane:
    normal = np.random.default_rng(2015).standard_normal((1400, 1400), dtype=np.float32)
    return np.clip(128 + _GRAIN * normal, 0, 255).astype(np.uint8)


def _warped(plane: Plane, width: int, height: int, dice: np.random.Generator) -> Plane:
    """Return a crop in perspective and another light."""
    share = float(dice.uniform(0.45, 1.0))
    full_height, full_width = plane.shape
    scale = share * min(full_width / width, full_height / height)
    w, h = width * scale, height * scale
    left, top = dice.uniform(0, full_width - w), dice.uniform(0, full_height - h)
    corners = np.array([[left, top], [left + w, top], [left + w, top + h], [left, top + h]], np.float32)
    corners += dice.uniform(-0.08, 0.08, (4, 2)).astype(np.float32) * np.array([w, h], np.float32)
    if dice.random() < 0.5:
        corners = corners[[1, 0, 3, 2]]
    to = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    moved = cv2.warpPerspective(
        plane,
        cv2.getPerspectiveTransform(corners, to),
        (width, height),
        flags=cv2.INTER_AREA,
        borderMode=cv2.BORDER_REFLECT,
    )
    light = 255 * (np.arange(256) / 255) ** dice.uniform(0.65, 1.5) * dice.uniform(0.7, 1.15) + dice.uniform(-10, 15)
    return np.asarray(cv2.LUT(moved, np.clip(light, 0, 255).astype(np.uint8)), np.uint8)


def make(keep: Path, count: int, folders: list[Path]) -> None:
    """Draw what is not kept yet, a thousand a file."""
    keep.mkdir(parents=True, exist_ok=True)
    planes: list[Plane] = []
    for start in range(0, count, A_FILE):
        path = keep / f"{start:07}.npz"
        if path.exists():
            continue
        planes = planes or [_opened(one) for one in sources(folders)]
        prints, shown = [], []
        for seed in range(start, start + A_FILE):
            plane, numbers = drawn(seed, planes)
            prints.append(np.frombuffer(local_print(plane).data, np.uint8))
            shown.append([*numbers, *[-1] * (5 - len(numbers))])
        part = path.with_suffix(".part.npz")
        np.savez(part, data=np.concatenate(prints), lengths=[len(one) for one in prints], shown=shown)
        part.rename(path)
        print(path.name, flush=True)


def _opened(path: Path) -> Plane:
    plane = np.asarray(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE), np.uint8)
    factor = 2000 / max(plane.shape)
    if factor >= 1:
        return plane
    return np.asarray(cv2.resize(plane, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)


def kept(keep: Path) -> Iterator[tuple[LocalPrint, list[int]]]:
    """Yield each drawn print that is kept, and the numbers of the photographs in it."""
    for path in sorted(keep.glob("???????.npz")):
        with np.load(path) as file:
            data, ends, shown = file["data"], np.cumsum(file["lengths"]), file["shown"]
        for end, length, numbers in zip(ends.tolist(), np.diff(ends, prepend=0).tolist(), shown, strict=True):
            yield unpack(data[end - length : end].tobytes()), [one for one in numbers.tolist() if one >= 0]


def crowd(keep: Path, count: int) -> tuple[list[LocalPrint], list[list[int]]]:
    """Return so many prints and what each shows: those drawn, then mirrored ones, then halves of two."""
    both = list(islice(kept(keep), count))
    prints, shown = [one for one, _ in both], [numbers for _, numbers in both]
    dice, drawn_ones = np.random.default_rng(7), len(prints)
    while len(prints) < count:
        one = len(prints) % drawn_ones
        if len(prints) < 2 * drawn_ones:
            mixed, numbers = prints[one].mirrored, shown[one]
        else:
            other = int(dice.integers(2 * drawn_ones))
            mixed, numbers = _halves(prints[one], prints[other], dice), shown[one] + shown[other]
        prints.append(mixed)
        shown.append(numbers)
    return prints, shown


def _halves(one: LocalPrint, other: LocalPrint, dice: np.random.Generator) -> LocalPrint:
    """Return the left half of one print beside the right half of another, a few bits of each feature changed."""
    left = one.places[:, 0] < one.width / 2
    scale = np.array([one.width / other.width, one.height / other.height], np.float32)
    moved = other.places * scale
    right = moved[:, 0] >= one.width / 2
    marks = np.concatenate([one.signatures[left], other.signatures[right]])
    for _ in range(MOST_FLIPPED):
        which = dice.integers(0, 2, len(marks))
        marks[np.arange(len(marks)), which] ^= np.uint64(1) << dice.integers(0, 64, len(marks), dtype=np.uint64)
    return replace(
        one,
        box=(0, 0, one.width, one.height),
        places=np.concatenate([one.places[left], moved[right]]),
        scales=np.concatenate([one.scales[left], other.scales[right] * np.float32(np.sqrt(scale.prod()))]),
        directions=np.concatenate([one.directions[left], other.directions[right]]),
        words=np.concatenate([one.words[left], other.words[right]]),
        signatures=marks,
        colours=None,
    )


if __name__ == "__main__":
    cv2.setNumThreads(1)
    make(Path(sys.argv[1]), int(sys.argv[2]), [Path(one) for one in sys.argv[3:]])
