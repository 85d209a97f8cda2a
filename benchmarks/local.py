"""Recall of local features per edit and for objects, the points that unrelated pictures reach, and what it costs.

    python benchmarks/local.py OUT            OUT is made by eval/build_eval.py (see the README there)

The pictures of `base/distr` are left out of the base, as queries without an original are edits of them. A query that
shares content with a picture by its making (collages, photos of a screen, tiles of the same photograph) is no stranger.
"""

import csv
import statistics
import sys
import time
from collections import defaultdict
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from fanal.engine.fingerprint.local.prints import FRAME_FEATURES, local_print, region_print
from fanal.engine.fingerprint.local.stored import STORED_FEATURES, LocalPrint, unpack
from fanal.engine.fingerprint.region import Region
from fanal.engine.match.local.confidence import PART_EVIDENCE
from fanal.engine.match.local.index import LocalIndex
from fanal.engine.match.local.search import find

SETS = ("orig", "tile", "astro")
CROWD = 10_000
FLIPPED = 0.1
NEVER = -1e9


def grey(path: Path) -> NDArray[np.uint8]:
    """Return a picture's luma."""
    return np.asarray(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE), np.uint8)


def colour(path: Path) -> NDArray[np.uint8]:
    """Return a picture's pixels, red first."""
    return np.ascontiguousarray(np.asarray(cv2.imread(str(path), cv2.IMREAD_COLOR), np.uint8)[..., ::-1])


def stored(path: Path) -> LocalPrint:
    """Return what is stored of a picture, which is also what it is looked up by."""
    return unpack(local_print(grey(path), pixels=colour(path)).data)


def boxed(path: Path, row: dict[str, str]) -> LocalPrint:
    """Return what a box round the thing of a scene is looked up by."""
    x0, y0, x1, y1 = (max(0, int(row[key])) for key in ("x0", "y0", "x1", "y1"))
    box = Region(x0, y0, max(1, x1 - x0), max(1, y1 - y0))
    return unpack(region_print(grey(path), box, colour(path)).data)


def rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a file of truth."""
    with path.open() as file:
        return list(csv.DictReader(file))


def pictures(out: Path) -> list[LocalPrint]:
    """Print recall per edit and the false accepts; return the prints of the base."""
    files = [path for name in SETS for path in sorted((out / "base" / name).glob("*.jpg"))]
    prints = [stored(path) for path in files]
    index = LocalIndex.build(prints)
    names = [path.stem for path in files]
    recall: dict[str, list[bool]] = defaultdict(list)
    false, strangers = 0, [0]
    for row in rows(out / "truth_image.csv"):
        found = find(index, stored(out / row["query"]))
        accepted = {names[match.picture] for match in found if match.accepted}
        if row["original"]:
            recall[row["transform"]].append(row["original"] in accepted)
        if row["transform"].startswith(("collage", "screenphoto")):
            continue
        own = {row["original"], Path(row["query"]).stem}
        others = [match for match in found if not {names[match.picture], names[match.picture].split("_")[0]} & own]
        false += len({names[match.picture] for match in others if match.accepted})
        strangers += [match.points for match in others]
    shares = {edit: statistics.mean(hits) for edit, hits in recall.items()}
    print(f"pictures: {len(files)} in the base, {sum(map(len, recall.values()))} queries with an original")
    print(f"mean recall over {len(shares)} edits {statistics.mean(shares.values()):.4f}; false accepts {false}")
    print("below 1:", {edit: round(share, 3) for edit, share in shares.items() if share < 1})
    print(f"most points of a stranger {max(strangers)}; of low texture {sum(one.low_texture for one in prints)}")
    return prints


def objects(eval_folder: Path) -> None:
    """Print the recall of boxes round objects at the operating point, their precision, and what strangers reach."""
    scenes = rows(eval_folder / "truth_object.csv")
    index = LocalIndex.build([stored(eval_folder / row["scene"]) for row in scenes])
    hits: list[float] = []
    strangers: list[float] = []
    precisions: list[float] = []
    for number, row in enumerate(scenes):
        if not row["object"]:
            continue
        best: dict[int, float] = {}
        for match in find(index, boxed(eval_folder / row["scene"], row)):
            best.setdefault(match.picture, match.evidence or 0.0)
        ranked: list[tuple[float, bool]] = []
        for other, scene in enumerate(scenes):
            if other != number and scene["object"] == row["object"]:
                hits.append(best.get(other, NEVER))
                ranked.append((hits[-1], True))
            elif other != number and scene["background"] != row["background"]:
                strangers.append(best.get(other, NEVER))
                ranked.append((strangers[-1], False))
        precisions.append(precision(ranked))
    found = statistics.mean(proof >= PART_EVIDENCE for proof in hits)
    false = sum(proof >= PART_EVIDENCE for proof in strangers)
    print(f"objects: {len(hits)} pairs, recall {found:.3f} from {PART_EVIDENCE} on, precision of a box")
    print(f"{statistics.mean(precisions):.3f}; {len(strangers)} pairs of strangers, accepted {false}, most evidence")
    print([round(proof, 1) for proof in sorted(strangers)[-5:]])


def precision(ranked: list[tuple[float, bool]]) -> float:
    """Return the average precision of what was ranked by a score; what was not found at all counts nothing."""
    order = sorted(ranked, key=lambda one: (-one[0], one[1]))
    places = [place for place, (score, right) in enumerate(order, 1) if right and score > NEVER]
    return sum(rank / place for rank, place in enumerate(places, 1)) / sum(right for _, right in ranked)


def cost(out: Path) -> None:
    """Print CPU milliseconds of a print beside a plain grey decode, in turns."""
    files = sorted((out / "base" / "orig").glob("*.jpg"))[:40]
    planes = [grey(path) for path in files]
    spent: dict[str, list[float]] = defaultdict(list)
    for path, plane in zip(files, planes, strict=True):
        for name, work in (
            ("grey decode", lambda path=path: grey(path)),
            ("print", lambda plane=plane: local_print(plane)),
            ("print of a frame", lambda plane=plane: local_print(plane, features=FRAME_FEATURES)),
        ):
            before = time.process_time()
            work()
            spent[name].append((time.process_time() - before) * 1e3)
    size = statistics.mean(plane.size for plane in planes) / 1e6
    print(f"cost at {size:.2f} megapixels, median ms:", {k: round(statistics.median(v), 1) for k, v in spent.items()})


def crowd(base: list[LocalPrint], out: Path) -> None:
    """Print the time of a query among many pictures put together from features of the base, a tenth of bits changed."""
    random = np.random.default_rng(7)
    marks = np.concatenate([one.signatures for one in base])
    words = np.concatenate([one.words for one in base])
    index, prints = LocalIndex.build(base), list(base)
    while len(prints) < CROWD:
        pick = random.integers(0, len(words), STORED_FEATURES)
        flips = np.packbits(random.random((len(pick), 128)) < FLIPPED, axis=1).view(np.uint64)
        places = random.uniform(0, 1000, (len(pick), 2)).astype(np.float32)
        scales = (3 * 2 ** random.uniform(0, 4, len(pick))).astype(np.float32)
        turns = random.uniform(0, 6.28, len(pick)).astype(np.float32)
        prints.append(
            LocalPrint(1000, 1000, (0, 0, 1000, 1000), places, scales, turns, words[pick], marks[pick] ^ flips)
        )
    many = LocalIndex.build(prints)
    queries = rows(out / "truth_image.csv")[::19]
    spent, kept, false = [], [], 0
    for row in queries:
        query = stored(out / row["query"])
        before = time.process_time()
        found = find(many, query)
        spent.append(time.process_time() - before)
        alone = {match.picture for match in find(index, query) if match.accepted}
        accepted = {match.picture for match in found if match.accepted}
        kept += [picture in accepted for picture in alone]
        false += sum(picture >= len(index) for picture in accepted)
    print(f"among {CROWD}: median query {statistics.median(spent):.2f} CPU s; of the matches found without the crowd")
    print(f"{statistics.mean(kept):.3f} of {len(kept)} are kept; made-up pictures accepted: {false}")


def main() -> None:
    """Run all parts."""
    cv2.setNumThreads(1)
    out = Path(sys.argv[1])
    shared = Path(__file__).resolve().parents[2] / "shared" / "eval"
    cost(out)
    base = pictures(out)
    objects(shared)
    crowd(base, out)


if __name__ == "__main__":
    main()
