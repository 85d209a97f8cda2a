"""What a search costs as the index grows to a hundred million hashes, and what building, saving and opening take.

    python benchmarks/growth.py [--sizes 1 10 100] [--forms fast compact] [--queries 300] [--plot]

Uniform hashes, drawn again in chunks whenever they are needed, so that only the index is held. Half of the queries lie
within 31 bits of a stored hash. Some of them are compared with a scan of all hashes. Sizes are millions; 100 takes
about 10 GB in the compact form, 16 GB in the fast one. CPU time of one thread. `--plot` draws what was kept last.
"""

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fanal.engine.match.hamming import HammingIndex
from measure import RESULTS, Contender, beside, cpu_seconds, keep, print_table, take_turns

RADIUS = 31
CHUNK = 1_000_000
CHECKED = 6
PICTURE = Path(__file__).parents[1] / "docs" / "pictures" / "search-growth.svg"

Hashes = NDArray[np.uint8]


def drawn(number: int, size: int) -> Hashes:
    """Return one chunk of the hashes, always the same."""
    draw = np.random.Generator(np.random.PCG64(number))
    return draw.integers(0, 2**64, (size, 4), dtype=np.uint64).view(np.uint8).reshape(size, 32)


def chunks(count: int) -> Iterator[tuple[Hashes, NDArray[np.int64]]]:
    for start in range(0, count, CHUNK):
        size = min(CHUNK, count - start)
        yield drawn(start // CHUNK, size), np.arange(start, start + size)


def asked(count: int, queries: int) -> Hashes:
    """Return queries; every second one lies 0 to 31 bits from a hash of the first chunk."""
    draw = np.random.default_rng(1)
    made = draw.integers(0, 256, (queries, 32), dtype=np.uint8)
    first = drawn(0, min(CHUNK, count))
    bits = np.unpackbits(first[draw.integers(0, len(first), len(made[::2]))], axis=1)
    for row in bits:
        row[draw.permutation(256)[: draw.integers(0, RADIUS + 1)]] ^= 1
    made[::2] = np.packbits(bits, axis=1)
    return made


def scanned(count: int, queries: Hashes) -> set[tuple[int, int, int]]:
    """Return (query, id, distance) of all pairs within the radius, by looking at every hash."""
    found = set()
    for hashes, ids in chunks(count):
        for number, query in enumerate(queries):
            apart = np.bitwise_count(hashes.view(np.uint64) ^ query.view(np.uint64)).sum(axis=1)
            found |= {(number, int(ids[row]), int(apart[row])) for row in np.flatnonzero(apart <= RADIUS)}
    return found


def one_by_one(index: HammingIndex, queries: Hashes) -> None:
    for row in range(len(queries)):
        index.search(queries[row : row + 1], RADIUS)


def measure(form: str, millions: float, queries: int) -> dict[str, Any]:
    """Build, save, open and ask one index."""
    count = int(millions * 1e6)
    index, build = cpu_seconds(
        lambda: HammingIndex.gather(lambda: chunks(count), count, 0 if form == "compact" else None)
    )
    given = asked(count, 8192)
    contenders = [
        Contender("one at a time", lambda: one_by_one(index, given[:queries]), queries),
        Contender("8,192 together", lambda: index.search(given, RADIUS), len(given)),
    ]
    take_turns(contenders, 3)
    lims, ids, distances = index.search(given[:CHECKED], RADIUS)
    of = np.repeat(np.arange(CHECKED), np.diff(lims))
    exact = set(zip(of.tolist(), ids.tolist(), distances.tolist(), strict=True)) == scanned(count, given[:CHECKED])
    result = {
        "form": form,
        "millions": millions,
        "single": contenders[0].cost * 1e6,
        "batch": contenders[1].cost * 1e6,
        "bytes": index.nbytes / count,
        "build": build,
        "exact": exact,
        "peak_gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
    }
    with tempfile.TemporaryDirectory(dir=Path(__file__).parent) as folder:
        path = Path(folder) / "index"
        before = time.monotonic()
        index.save(path)
        result["save_seconds"] = time.monotonic() - before
        before = time.monotonic()
        opened = HammingIndex.open(path, verify=False)
        result["open_seconds"] = time.monotonic() - before
        again = opened.search(given[:CHECKED], RADIUS)
        result["opened_answers_alike"] = [one.tolist() for one in again] == [
            lims.tolist(),
            ids.tolist(),
            distances.tolist(),
        ]
    return result


def plot(results: list[dict[str, Any]]) -> None:
    """Draw cost against size, both by powers of ten, beside what a cost that grows with the size would be."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "fanal"
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 4.2))
    for form in ("fast", "compact"):
        for way, line in (("single", "-"), ("batch", "--")):
            points = sorted((one["millions"], one[way]) for one in results if one["form"] == form)
            name = f"{form} form, {'one at a time' if way == 'single' else '8,192 together'}"
            axes.plot(*zip(*points, strict=True), line, marker="o", label=name)
    start = min(one["single"] for one in results)
    sizes = sorted({one["millions"] for one in results})
    axes.plot(sizes, [start * size / sizes[0] for size in sizes], ":", color="grey", label="linear")
    axes.set(xscale="log", yscale="log", xlabel="million hashes", ylabel="µs of CPU time a query")
    axes.grid(visible=True, which="both", alpha=0.3)
    axes.legend()
    figure.tight_layout()
    figure.savefig(PICTURE, metadata={"Date": None})


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sizes", type=float, nargs="+", default=[1.0])
    options.add_argument("--forms", nargs="+", default=["fast", "compact"], choices=["fast", "compact"])
    options.add_argument("--queries", type=int, default=300)
    options.add_argument("--plot", action="store_true")
    chosen = options.parse_args()
    if chosen.plot:
        kept = [json.loads(path.read_text())["results"] for path in sorted(RESULTS.glob("growth-*.json"))]
        plot(list({(one["form"], one["millions"]): one for results in kept for one in results}.values()))
        return
    results = [measure(form, size, chosen.queries) for size in chosen.sizes for form in chosen.forms]
    head = list(results[0])
    print_table(head, [[f"{v:.3g}" if isinstance(v, float) else v for v in one.values()] for one in results])
    rows = []
    for one in results:
        linear = results[0]["single"] * one["millions"] / results[0]["millions"]
        what = f"search among {one['millions']:g} M, one at a time, {one['form']} form"
        rows.append(beside(what, one["single"], "µs", {"growing linearly": linear}, less_is_better=True))
    print("kept:", keep("growth", {"rows": rows, "results": results}, ["numba", "numpy"]).name)


if __name__ == "__main__":
    main()
