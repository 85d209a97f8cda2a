"""Exact search among 256-bit hashes: Fanal beside FAISS flat and python-threatexchange's default index, in one run.

    python benchmarks/hamming.py [--sizes 1 10 50] [--batch 8192] [--rounds 5] [--seed 1]

Uniform hashes; half of the queries lie within 31 bits of a stored hash, at a distance drawn from 0 to 31. CPU time of
one thread, contenders in turns, medians. Every contender must find all planted neighbours; on a sample of queries all
pairs of Fanal's answer are compared with those of FAISS flat. Sizes are millions. FAISS's multi-hash needs 340 bytes a
hash and is left out above 20 million.
"""

import argparse
from dataclasses import dataclass
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from fanal.engine.match.hamming import HammingIndex
from measure import Contender, Row, beside, cpu_seconds, keep, print_table, take_turns

RADIUS = 31
SINGLE = 400
FLAT_QUERIES = 16
MULTI_QUERIES = 64
MULTI_HASH_LIMIT = 20_000_000
FAISS_RADIUS = RADIUS + 1
"""FAISS leaves out the radius itself."""

Hashes = NDArray[np.uint8]


@dataclass
class Trial:
    """Stored hashes, queries, and which stored hash every second query was made from."""

    hashes: Hashes
    queries: Hashes
    planted: NDArray[np.int64]


def trial(draw: np.random.Generator, size: int, queries: int) -> Trial:
    """Draw hashes and queries."""
    hashes = draw.integers(0, 2**64, (size, 4), dtype=np.uint64).view(np.uint8).reshape(size, 32)
    asked = draw.integers(0, 256, (queries, 32), dtype=np.uint8)
    planted = draw.integers(0, size, len(asked[::2]))
    bits = np.unpackbits(hashes[planted], axis=1)
    for row in range(len(planted)):
        bits[row, draw.permutation(256)[: draw.integers(0, RADIUS + 1)]] ^= 1
    asked[::2] = np.packbits(bits, axis=1)
    return Trial(hashes, asked, planted)


def recall(trial: Trial, lims: NDArray[Any], ids: NDArray[np.int64]) -> float:
    """Return which share of the planted neighbours was found."""
    count = len(lims) - 1
    found = [
        int(trial.planted[query // 2]) in ids[int(lims[query]) : int(lims[query + 1])] for query in range(0, count, 2)
    ]
    return sum(found) / len(found)


def one_by_one(index: HammingIndex, queries: Hashes) -> None:
    for row in range(len(queries)):
        index.search(queries[row : row + 1], RADIUS)


def flat_one_by_one(index: Any, queries: Hashes) -> None:
    for row in range(len(queries)):
        index.range_search(queries[row : row + 1], FAISS_RADIUS)


def multi_hash(hashes: Hashes) -> Any:
    """Return the index that python-threatexchange makes for PDQ by default."""
    index = faiss.IndexBinaryMultiHash(256, 16, 16)
    index.nflip = 1
    index.add(hashes)
    return index


def pairs(lims: Any, ids: NDArray[np.int64], distances: NDArray[Any]) -> set[tuple[int, int, int]]:
    of = np.repeat(np.arange(len(lims) - 1), np.diff(lims).astype(np.int64))
    return set(zip(of.tolist(), ids.tolist(), distances.astype(np.int64).tolist(), strict=True))


def measure(draw: np.random.Generator, size: int, batch: int, rounds: int) -> dict[str, Any]:
    """Build all contenders at one size, check them, let them take turns, and return the figures."""
    given = trial(draw, size, batch)
    ours, build = cpu_seconds(lambda: HammingIndex.build(given.hashes, np.arange(size)))
    compact, compact_build = cpu_seconds(lambda: HammingIndex.build(given.hashes, np.arange(size), memory=0))
    flat = faiss.IndexBinaryFlat(256)
    flat.add(given.hashes)
    multi, multi_build = cpu_seconds(lambda: multi_hash(given.hashes)) if size <= MULTI_HASH_LIMIT else (None, 0.0)
    some, more = given.queries[:FLAT_QUERIES], given.queries[:MULTI_QUERIES]
    contenders = [
        Contender("Fanal, one at a time", lambda: one_by_one(ours, given.queries[:SINGLE]), min(SINGLE, batch)),
        Contender(f"Fanal, {batch} together", lambda: ours.search(given.queries, RADIUS), batch),
        Contender(
            "Fanal compact, one at a time", lambda: one_by_one(compact, given.queries[:SINGLE]), min(SINGLE, batch)
        ),
        Contender(f"Fanal compact, {batch} together", lambda: compact.search(given.queries, RADIUS), batch),
        Contender("FAISS flat, one at a time", lambda: flat_one_by_one(flat, some), len(some)),
        Contender(f"FAISS flat, {FLAT_QUERIES} together", lambda: flat.range_search(some, FAISS_RADIUS), len(some)),
    ]
    recalls = {
        "Fanal": recall(given, *ours.search(given.queries, RADIUS)[:2]),
        "Fanal compact": recall(given, *compact.search(given.queries, RADIUS)[:2]),
        "FAISS flat": recall(given, *(lambda a: (a[0], a[2]))(flat.range_search(some, FAISS_RADIUS))),
    }
    if multi is not None:
        contenders.append(Contender("FAISS multi-hash, one at a time", lambda: flat_one_by_one(multi, more), len(more)))
        contenders.append(
            Contender(
                f"FAISS multi-hash, {MULTI_QUERIES} together", lambda: multi.range_search(more, FAISS_RADIUS), len(more)
            )
        )
        lims, _, ids = multi.range_search(more, FAISS_RADIUS)
        recalls["FAISS multi-hash"] = recall(given, lims, ids)
    lims, distances, ids = flat.range_search(some, FAISS_RADIUS)
    exact = pairs(lims, ids, distances) == pairs(*ours.search(some, RADIUS)) == pairs(*compact.search(some, RADIUS))
    take_turns(contenders, rounds)
    return {
        "size": size,
        "batch": batch,
        "microseconds": {contender.name: contender.cost * 1e6 for contender in contenders},
        "recall": recalls,
        "same_pairs_as_flat": exact,
        "build_seconds": {"Fanal": build, "Fanal compact": compact_build, "FAISS multi-hash": multi_build},
        "bytes_a_hash": ours.nbytes / size,
        "bytes_a_hash_compact": compact.nbytes / size,
    }


def rows_of(result: dict[str, Any]) -> list[Row]:
    """Return searches a second, ours beside each peer asked in the same way."""
    a_second = {name: 1e6 / cost for name, cost in result["microseconds"].items()}
    rows = []
    for ours, way in (("one at a time", "one at a time"), (f"{result['batch']} together", "together")):
        peers = {name.split(",")[0]: rate for name, rate in a_second.items() if name[:5] == "FAISS" and way in name}
        what = f"searches among {result['size'] / 1e6:g} M, {ours}"
        rows.append(beside(what, a_second[f"Fanal, {ours}"], "a second", peers))
    return rows


def show(result: dict[str, Any]) -> None:
    """Print one size's table."""
    costs = result["microseconds"]
    peers = [name for name in costs if name.startswith("FAISS")]
    print(
        f"\n{result['size']:,} hashes, radius {RADIUS}; {result['bytes_a_hash']:.0f} bytes a hash, "
        f"compact {result['bytes_a_hash_compact']:.0f}"
    )
    print(f"build: {result['build_seconds']}; recall: {result['recall']}; flat's pairs: {result['same_pairs_as_flat']}")
    rows = [
        [name, f"{cost:.1f}", *(f"{costs[peer] / cost:.0f}×" if name.startswith("Fanal") else "" for peer in peers)]
        for name, cost in costs.items()
    ]
    print_table(["contender", "µs a query", *(f"× {peer}" for peer in peers)], rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=float, nargs="+", default=[1.0], help="millions of hashes")
    parser.add_argument("--batch", type=int, default=8192)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    choices = parser.parse_args()
    faiss.omp_set_num_threads(1)
    results = []
    for millions in choices.sizes:
        draw = np.random.default_rng(choices.seed)
        results.append(measure(draw, int(millions * 1_000_000), choices.batch, choices.rounds))
        show(results[-1])
    rows = [one for result in results for one in rows_of(result)]
    found = {"seed": choices.seed, "rows": rows, "results": results}
    print("kept:", keep("hamming", found, ["faiss-cpu", "numba", "numpy"]).name)


if __name__ == "__main__":
    main()
