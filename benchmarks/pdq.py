"""PDQ of JPEG files: Fanal beside pdqhash with Pillow and python-threatexchange, in one run.

    python benchmarks/pdq.py [--pictures 8] [--rounds 3] [--seed 1]

Photographs of the open evaluation set are enlarged to 1, 3 and 12 megapixels and saved as JPEG in memory. In every
round each contender hashes all files of a size, in turn; CPU time of one thread, medians of the rounds. Fanal computes
all eight orientations, the others one. "Fanal" decodes in colour and as large as local features and previews need;
"from grey", which is not used, decodes to grey at the smallest fraction that PDQ may be made from.
A second table has the distances to pdqhash by its quality: pictures of the set at other sizes and qualities of JPEG,
and blurred, so that some are flat.
"""

import argparse
import random
import statistics
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO

import numpy as np
import pdqhash
import simplejpeg
from PIL import Image, ImageFilter
from threatexchange.signal_type.pdq.pdq_hasher import pdq_from_bytes

from fanal.engine.fingerprint.pdq import MIN_REDUCED_SIDE, QUALITY_GATE, pdq_prints
from fanal.engine.media import jpeg
from measure import Contender, Row, beside, keep, print_table, take_turns
from photographs import ORIGINALS, photographs

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


def with_fanal_alone(data: bytes) -> tuple[bytes, int]:
    """Decode to grey at the smallest fraction that keeps the hash, and hash."""
    head = jpeg.read_head(data)
    fractions = [(-(-head.height // part), -(-head.width // part)) for part in (8, 4, 2)]
    least = next((size for size in fractions if min(size) >= MIN_REDUCED_SIDE), (head.height, head.width))
    grey = simplejpeg.decode_jpeg(data, "GRAY", fastupsample=True, min_height=least[0], min_width=least[1])
    result = pdq_prints(grey[:, :, 0], (head.height, head.width))
    return result.hash, result.quality


def with_fanal_whole(data: bytes) -> tuple[bytes, int]:
    """Decode every pixel and hash."""
    result = pdq_prints(simplejpeg.decode_jpeg(data, "RGB"))
    return result.hash, result.quality


def decode_only(data: bytes) -> tuple[bytes, int]:
    """Decode every pixel to grey and hash nothing: the floor of all that read whole files."""
    simplejpeg.decode_jpeg(data, "GRAY")
    return b"", 0


ALONE = "from grey (not used)"
OURS = ("Fanal", ALONE)
BANDS = (0, 10, 30, QUALITY_GATE, 80)
DECODE_ONLY = "grey decode alone, no hash"
PACKAGES = ("pdqhash", "threatexchange", "pillow", "simplejpeg", "numba")
CONTENDERS: dict[str, Hasher] = {
    "pdqhash with Pillow": with_pdqhash,
    "python-threatexchange": with_threatexchange,
    "Fanal, whole decode": with_fanal_whole,
    "Fanal": with_fanal,
    ALONE: with_fanal_alone,
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
        for name in OURS:
            what = f"PDQ of JPEGs of {megapixels} megapixels: {name}"
            found.append(beside(what, rates[name], "images a second", peers))
    return found


def together(rows: Sequence[dict[str, object]]) -> dict[str, float]:
    """Return the CPU seconds of one file of each size, for each contender."""
    seconds: dict[str, float] = {}
    for one in rows:
        name = str(one["engine"])
        seconds[name] = seconds.get(name, 0.0) + 1 / float(str(one["images_a_second"]))
    return seconds


def varied(seed: int) -> Iterator[bytes]:
    """Yield pictures of the set at several sizes and qualities; one in five blurred, the more the flatter."""
    dice = random.Random(seed)
    for folder in ("orig", "distr", "tile", "astro"):
        for number, path in enumerate(sorted((ORIGINALS.parent / folder).iterdir())[:100]):
            with Image.open(path) as opened:
                factor = dice.choice([0.4, 0.7, 1.0, 1.6])
                shape = (max(64, round(opened.width * factor)), max(64, round(opened.height * factor)))
                picture = opened.convert("RGB").resize(shape, Image.Resampling.BICUBIC)
            if number % 5 == 0:
                picture = picture.filter(ImageFilter.GaussianBlur(min(shape) / dice.choice([5, 15, 40])))
            out = BytesIO()
            picture.save(out, "JPEG", quality=dice.choice([20, 50, 75, 92]))
            yield out.getvalue()


def by_quality(seed: int) -> list[dict[str, object]]:
    """Return how far hashes are from pdqhash's, for pictures of each range of its quality."""
    bits: dict[tuple[int, str], list[int]] = {}
    for data in varied(seed):
        known, quality = with_pdqhash(data)
        band = max(least for least in BANDS if quality >= least)
        for name in OURS:
            ours, _ = CONTENDERS[name](data)
            far = (int.from_bytes(known, "big") ^ int.from_bytes(ours, "big")).bit_count()
            bits.setdefault((band, name), []).append(far)
    return [
        {
            "quality_from": band,
            "engine": name,
            "pictures": len(found),
            "with_a_difference": sum(far > 0 for far in found),
            "bits_of_90_percent": sorted(found)[len(found) * 9 // 10],
            "bits_most": max(found),
        }
        for (band, name), found in sorted(bits.items())
    ]


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
    sums = together(rows)
    for name in OURS:
        times, decodes = sums["pdqhash with Pillow"] / sums[name], sums[name] / sums[DECODE_ONLY]
        print(f"{name}, a file of each size: {times:.1f} times pdqhash, in {decodes:.2f} plain grey decodes")
    bits = by_quality(chosen.seed)
    print_table(list(bits[0]), [list(row.values()) for row in bits])
    found = {"seed": chosen.seed, "pictures": chosen.pictures, "rows": summary(rows), "engines": rows}
    found |= {"seconds_of_a_file_of_each_size": sums, "bits_by_quality": bits}
    print("kept:", keep("pdq", found, PACKAGES).name)


if __name__ == "__main__":
    main()
