"""PDQ of JPEG files: Fanal beside pdqhash with Pillow and python-threatexchange, in one run.

    python benchmarks/pdq.py [--pictures 8] [--rounds 3] [--seed 1]

Photographs of the open evaluation set are enlarged to 1, 3 and 12 megapixels and saved as JPEG in memory. In every
round each contender hashes all files of a size, in turn; CPU time of one thread, medians of the rounds. Fanal computes
all eight orientations, the others one.
"""

import argparse
import statistics
from collections.abc import Callable, Sequence
from io import BytesIO

import numpy as np
import pdqhash
import simplejpeg
from PIL import Image
from threatexchange.signal_type.pdq.pdq_hasher import pdq_from_bytes

from fanal.engine.fingerprint.pdq import QUALITY_GATE, pdq_prints
from fanal.engine.media import jpeg
from measure import Contender, Row, beside, keep, print_table, take_turns
from photographs import photographs

Hasher = Callable[[bytes], tuple[bytes, int]]

MEGAPIXELS = (1, 3, 12)


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


DECODE_ONLY = "grey decode alone, no hash"
PACKAGES = ("pdqhash", "threatexchange", "pillow", "simplejpeg", "numba")
CONTENDERS: dict[str, Hasher] = {
    "pdqhash with Pillow": with_pdqhash,
    "python-threatexchange": with_threatexchange,
    "Fanal, whole decode": with_fanal_whole,
    "Fanal": with_fanal,
    DECODE_ONLY: decode_only,
}


def contenders(files: Sequence[bytes]) -> list[Contender]:
    """Return everyone, each hashing all of these files in a turn."""

    def all_of(hasher: Hasher) -> Callable[[], None]:
        def run() -> None:
            for data in files:
                hasher(data)

        return run

    return [Contender(name, all_of(hasher), len(files)) for name, hasher in CONTENDERS.items()]


def distances(files: Sequence[bytes], hasher: Hasher) -> list[int]:
    """Return how many bits each hash is away from pdqhash's, at a quality that takes part in matching."""
    found = []
    for data in files:
        known, quality = with_pdqhash(data)
        if quality >= QUALITY_GATE:
            ours, _ = hasher(data)
            found.append((int.from_bytes(known, "big") ^ int.from_bytes(ours, "big")).bit_count())
    return found


def summary(rows: Sequence[dict[str, object]]) -> list[Row]:
    """Return a row for each size: Fanal beside everyone."""
    found = []
    for megapixels in MEGAPIXELS:
        rates = {
            str(one["engine"]): float(str(one["images_a_second"])) for one in rows if one["megapixels"] == megapixels
        }
        peers = {name: rate for name, rate in rates.items() if not name.startswith("Fanal")}
        found.append(beside(f"PDQ of JPEGs of {megapixels} megapixels", rates["Fanal"], "images a second", peers))
    return found


def rows_of(files: Sequence[bytes], measured: Sequence[Contender], megapixels: int) -> list[dict[str, object]]:
    """Return a row of figures for each contender."""
    base = measured[0].cost
    rows: list[dict[str, object]] = []
    for contender in measured:
        bits = distances(files, CONTENDERS[contender.name]) if contender.name != DECODE_ONLY else []
        rows.append(
            {
                "megapixels": megapixels,
                "engine": contender.name,
                "images_a_second": round(1 / contender.cost, 1),
                "times_pdqhash": round(base / contender.cost, 1),
                "bits_median": statistics.median(bits) if bits else None,
                "bits_most": max(bits) if bits else None,
            }
        )
    return rows


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--pictures", type=int, default=8, help="of each size")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    rows: list[dict[str, object]] = []
    for megapixels in MEGAPIXELS:
        files = photographs(chosen.pictures, megapixels, chosen.seed)
        measured = contenders(files)
        take_turns(measured, chosen.rounds)
        rows += rows_of(files, measured, megapixels)
    print_table(list(rows[0]), [list(row.values()) for row in rows])
    found = {"seed": chosen.seed, "pictures": chosen.pictures, "rows": summary(rows), "engines": rows}
    print("kept:", keep("pdq", found, PACKAGES).name)


if __name__ == "__main__":
    main()
