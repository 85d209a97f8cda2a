"""How features that are met often, or seldom, are met at each number of bits: the table in `match/local/around.py`.

    python benchmarks/local_common.py KEEP COUNT       KEEP holds a crowd, drawn by benchmarks/crowd.py

Asks the index of the crowd with features of the scenes, sorts them by how often they are met within 25 bits, and fits,
for each number of bits, how often such features are met as a straight line of that.
"""

import csv
import sys
from dataclasses import replace
from itertools import islice, pairwise
from pathlib import Path

import numpy as np

from crowd import EVAL, kept
from fanal.engine.fingerprint.local.stored import LocalPrint
from fanal.engine.match.local import index as indexes
from fanal.engine.match.local.around import shifts, slopes
from fanal.engine.match.local.index import MOST_BITS, LocalIndex
from local import stored

AT = 25
SHARES = (0, 0.1, 0.25, 0.4, 0.55, 0.7, 0.8, 0.9, 0.95, 0.98, 1)
FEWEST = 30
BITS = (8, 10, 12, 15, 18, 20, 22, 25, 28, 30, 32, 34)
PART = 300


def main() -> None:
    """Count, fit and print beside what the package uses."""
    indexes.COMMON = 60_000  # here all are counted
    index = LocalIndex.build([one for one, _ in islice(kept(Path(sys.argv[1])), int(sys.argv[2]))])
    counts = []
    with (EVAL / "truth_object.csv").open() as file:
        scenes = list(csv.DictReader(file))
    for row in scenes:
        query = stored(EVAL / row["scene"])
        for start in range(0, len(query), PART):
            hits = index.look_up(_part(query, start))
            rows = hits.query.astype(np.int64) * (MOST_BITS + 1) + hits.bits
            many = min(PART, len(query) - start)
            counts.append(np.bincount(rows, minlength=many * (MOST_BITS + 1)).reshape(many, -1).cumsum(axis=1))
    met, features = np.concatenate(counts).astype(float), len(index.geometry)
    mean = np.log(met.mean(axis=0) / features)
    level = np.log((met[:, AT] + 0.5) / features) - mean[AT]
    edges = np.quantile(level, SHARES)
    groups = [met[(level >= low) & (level <= high)] for low, high in pairwise(edges)]
    levels = np.log([group[:, AT].mean() / features for group in groups]) - mean[AT]
    print("bits  mean   slope (used)   shift (used)")
    for bits in BITS:
        enough = [k for k, group in enumerate(groups) if group[:, bits].sum() > FEWEST]
        off = np.log([groups[k][:, bits].mean() / features for k in enough]) - mean[bits]
        slope, shift = np.polyfit(levels[enough], off, 1)
        at = np.array([bits])
        print(f"{bits:4} {mean[bits]:6.2f} {slope:6.2f} ({slopes(at)[0]:.2f}) {shift:6.2f} ({shifts(at)[0]:.2f})")


def _part(query: LocalPrint, start: int) -> LocalPrint:
    rows = slice(start, start + PART)
    return replace(
        query,
        box=(0, 0, 1, 1),  # asked as a part is: among all features
        places=query.places[rows],
        scales=query.scales[rows],
        directions=query.directions[rows],
        words=query.words[rows],
        signatures=query.signatures[rows],
        colours=None,
    )


if __name__ == "__main__":
    main()
