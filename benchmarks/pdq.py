"""PDQ of JPEG files: Fanal beside pdqhash with Pillow and python-threatexchange, in one run.

    python benchmarks/pdq.py [--pictures 24] [--rounds 3] [--seed 1] [--json]

Photographs of the open evaluation set are enlarged to 1, 3 and 12 megapixels and saved as JPEG in memory. In every
round each contender hashes each file once, in turn, so that a busy machine slows all alike; a file's cost is the median
of its rounds in CPU time of this one thread. Fanal computes all eight orientations, the others one.
"""

import argparse
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pdqhash
import simplejpeg
from PIL import Image
from threatexchange.signal_type.pdq.pdq_hasher import pdq_from_bytes

from fanal.engine.fingerprint.pdq import QUALITY_GATE, pdq_prints
from fanal.engine.media import jpeg

Hasher = Callable[[bytes], tuple[bytes, int]]

MEGAPIXELS = (1, 3, 12)
SHARED = Path(os.environ.get("FANAL_SHARED") or Path(__file__).resolve().parents[2] / "shared")


def with_pdqhash(data: bytes) -> tuple[bytes, int]:
    vector, quality = pdqhash.compute(np.asarray(Image.open(BytesIO(data)).convert("RGB")))
    return np.packbits(vector).tobytes(), int(quality)


def with_threatexchange(data: bytes) -> tuple[bytes, int]:
    text, quality = pdq_from_bytes(data)
    return bytes.fromhex(text), quality


def with_fanal(data: bytes) -> tuple[bytes, int]:
    """Decode and hash as the wall does: at the smallest fraction that keeps the hash."""
    head = jpeg.read_head(data)
    decoded = jpeg.decode(data, head)
    assert decoded is not None
    result = pdq_prints(decoded.pixels, (head.height, head.width))
    return result.hash, result.quality


def with_fanal_whole(data: bytes) -> tuple[bytes, int]:
    """Decode every pixel and hash."""
    result = pdq_prints(simplejpeg.decode_jpeg(data, "RGB"))
    return result.hash, result.quality


def decode_only(data: bytes) -> tuple[bytes, int]:
    """Decode every pixel to grey and hash nothing: the floor of all that read whole files."""
    simplejpeg.decode_jpeg(data, "GRAY")
    return b"", 0


CONTENDERS: dict[str, Hasher] = {
    "pdqhash with Pillow": with_pdqhash,
    "python-threatexchange": with_threatexchange,
    "Fanal, whole decode": with_fanal_whole,
    "Fanal": with_fanal,
    "grey decode alone, no hash": decode_only,
}


def photographs(count: int, seed: int) -> list[tuple[int, bytes]]:
    """Return (megapixels, JPEG) of `count` photographs, sizes in turn."""
    dice = random.Random(seed)
    paths = sorted((SHARED / "eval" / "base" / "orig").iterdir())
    made = []
    for number, path in enumerate(dice.sample(paths, count)):
        size = MEGAPIXELS[number % len(MEGAPIXELS)]
        with Image.open(path) as opened:
            factor = (size * 1e6 / (opened.width * opened.height)) ** 0.5
            shape = (round(opened.width * factor), round(opened.height * factor))
            picture = opened.convert("RGB").resize(shape, Image.Resampling.BICUBIC)
        out = BytesIO()
        picture.save(out, "JPEG", quality=dice.choice([75, 85, 92]))
        made.append((size, out.getvalue()))
    return made


def measure(files: list[tuple[int, bytes]], rounds: int) -> dict[str, list[float]]:
    """Return the CPU seconds of each file, for each contender."""
    spent: dict[str, list[list[float]]] = {name: [[] for _ in files] for name in CONTENDERS}
    for _ in range(rounds):
        for number, (_, data) in enumerate(files):
            for name, hasher in CONTENDERS.items():
                start = time.thread_time()
                hasher(data)
                spent[name][number].append(time.thread_time() - start)
    return {name: [statistics.median(times) for times in each] for name, each in spent.items()}


def distances(files: list[tuple[int, bytes]], name: str) -> list[int]:
    """Return how many bits each hash is away from pdqhash's, at a quality that takes part in matching."""
    found = []
    for _, data in files:
        known, quality = with_pdqhash(data)
        if quality >= QUALITY_GATE:
            ours, _ = CONTENDERS[name](data)
            found.append((int.from_bytes(known, "big") ^ int.from_bytes(ours, "big")).bit_count())
    return found


def report(files: list[tuple[int, bytes]], costs: dict[str, list[float]]) -> list[dict[str, object]]:
    base = costs["pdqhash with Pillow"]
    rows: list[dict[str, object]] = []
    for name, cost in costs.items():
        row: dict[str, object] = {"engine": name, "images_a_second": round(len(cost) / sum(cost), 1)}
        row["times_pdqhash"] = round(sum(base) / sum(cost), 1)
        for size in MEGAPIXELS:
            of = [number for number, (megapixels, _) in enumerate(files) if megapixels == size]
            row[f"times_at_{size}_MP"] = round(sum(base[n] for n in of) / sum(cost[n] for n in of), 1)
        if name != "grey decode alone, no hash":
            bits = sorted(distances(files, name))
            row |= {"bits_median": statistics.median(bits), "bits_max": bits[-1]}
        rows.append(row)
    return rows


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--pictures", type=int, default=24)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    files = photographs(chosen.pictures, chosen.seed)
    for _, data in files[: len(MEGAPIXELS)]:
        for hasher in CONTENDERS.values():
            hasher(data)
    rows = report(files, measure(files, chosen.rounds))
    if chosen.json:
        json.dump({"benchmark": "pdq", "seed": chosen.seed, "pictures": len(files), "rows": rows}, sys.stdout)
        return
    print(f"PDQ of {len(files)} JPEGs of {MEGAPIXELS} MP, CPU time of one thread, seed {chosen.seed}")
    for row in rows:
        print("  ".join(f"{key} {value}" for key, value in row.items()))


if __name__ == "__main__":
    main()
