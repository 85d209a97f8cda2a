"""A picture that was submitted 100,000 times: what a query pays that lies just too far from all of them.

    python benchmarks/cluster.py [--millions 2] [--cluster 100000] [--queries 60] [--seed 1]

Uniform hashes, and a cluster whose hashes lie within 6 bits of its centre. Queries at 38 to 70 bits from the centre,
which get nothing of it, are compared with the median of queries elsewhere. CPU time of one thread, best of five each,
so that the slowest query is one for its own reasons.
"""

import argparse
import statistics
import time

import numpy as np
from numpy.typing import NDArray

from fanal.engine.match.hamming import HammingIndex
from measure import beside, keep, print_table

DISTANCES = (38, 42, 46, 50, 60, 70)
SPREAD = 6

Hashes = NDArray[np.uint8]


def near(draw: np.random.Generator, centre: Hashes, counts: NDArray[np.int64]) -> Hashes:
    """Return the centre with so many bits turned over, once for each count."""
    bits = np.unpackbits(np.repeat(centre, len(counts), axis=0), axis=1)
    for number, count in enumerate(counts):
        bits[number, draw.permutation(256)[:count]] ^= 1
    return np.packbits(bits, axis=1)


def costs(index: HammingIndex, queries: Hashes) -> list[float]:
    """Return microseconds for each query, the best of fifteen: what else runs on the machine only adds."""
    found = []
    for number in range(len(queries)):
        best = float("inf")
        for _ in range(15):
            before = time.process_time()
            index.search(queries[number : number + 1])
            best = min(best, time.process_time() - before)
        found.append(best * 1e6)
    return found


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--millions", type=float, default=2.0)
    options.add_argument("--cluster", type=int, default=100_000)
    options.add_argument("--queries", type=int, default=60, help="at each distance")
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    draw = np.random.default_rng(chosen.seed)
    count = int(chosen.millions * 1e6)
    hashes = draw.integers(0, 256, (count, 32), dtype=np.uint8)
    centre = draw.integers(0, 256, (1, 32), dtype=np.uint8)
    hashes[: chosen.cluster] = near(draw, centre, draw.integers(0, SPREAD + 1, chosen.cluster))
    index = HammingIndex.build(hashes, np.arange(count))
    elsewhere = costs(index, draw.integers(0, 256, (400, 32), dtype=np.uint8))
    median = statistics.median(elsewhere)
    table, slowest = [], 0.0
    for distance in DISTANCES:
        queries = near(draw, centre, np.full(chosen.queries, distance))
        assert not index.search(queries)[1].size
        found = costs(index, queries)
        slowest = max(slowest, *found)
        table.append([distance, statistics.median(found), max(found), max(found) / median])
    print(f"median elsewhere: {median:.1f} µs")
    print_table(
        ["bits from the centre", "median µs", "slowest µs", "× the median elsewhere"],
        [[one[0], *(f"{value:.1f}" for value in one[1:])] for one in table],
    )
    what = f"slowest near miss of a cluster of {chosen.cluster:,} among {chosen.millions:g} M"
    rows = [beside(what, slowest, "µs", {"median query elsewhere": median}, less_is_better=True)]
    print("kept:", keep("cluster", {"seed": chosen.seed, "rows": rows, "distances": table}, ["numba", "numpy"]).name)


if __name__ == "__main__":
    main()
