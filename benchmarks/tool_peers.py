"""The peers of the tool test, each by its published rule, on the same files."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import av
import imagehash
import numpy as np
import pdqhash
from numpy.typing import NDArray
from PIL import Image

from sound import LEAST_AGREEING, agreeing, raw_print
from tool_cases import Row, Score, listed

PDQ_BITS, PDQ_QUALITY = 31, 50
PHASH_BITS = 10
VPDQ_SHARE = 0.8
"""Of the query's frames that must have a like one: vPDQ's own default."""
Hashes = NDArray[np.uint8]


def pictures(base: Sequence[Path], folder: Path, truth: Sequence[Row]) -> dict[str, Any]:
    """Return the scores of PDQ, as it is and in eight orientations, and of pHash."""
    files = [path for path in listed(base) if path.suffix.lower() in {".jpg", ".png", ".webp"}]
    known = [_hashes(path) for path in files]
    pdq, phash = np.stack([one[0][0] for one in known]), np.stack([one[1] for one in known])
    sure = np.array([one[2] >= PDQ_QUALITY for one in known])
    scores = {"PDQ": Score(), "PDQ, eight orientations": Score(), "pHash": Score()}
    for row in truth:
        turned, perceptual, quality = _hashes(folder / row["query"])
        near = np.stack([_bits(pdq, one) <= PDQ_BITS for one in turned]) & sure & (quality >= PDQ_QUALITY)
        linked = (near[0], near.any(axis=0), _bits(phash, perceptual) <= PHASH_BITS)
        for score, mask in zip(scores.values(), linked, strict=True):
            score.add(row, (files[place].stem for place in np.flatnonzero(mask)))
    return {name: score.plain() for name, score in scores.items()}


def _hashes(path: Path) -> tuple[list[Hashes], Hashes, int]:
    """Return PDQ in eight orientations, pHash, and PDQ's quality; bits packed."""
    with Image.open(path) as opened:
        picture = opened.convert("RGB")
    turned, quality = pdqhash.compute_dihedral(np.asarray(picture))
    perceptual = np.packbits(imagehash.phash(picture).hash.ravel())
    return [np.packbits(one.astype(np.uint8)) for one in turned], perceptual, int(quality)


def _bits(known: Hashes, one: Hashes) -> NDArray[np.int64]:
    return np.asarray(np.bitwise_count(known ^ one).sum(axis=-1), np.int64)


def films(base: Path, folder: Path, truth: Sequence[Row]) -> dict[str, Any]:
    """Return the score of vPDQ's rule: PDQ of one frame a second, 80 of 100 of the query's with a like one."""
    known = {path.stem: _frames(path) for path in listed([base])}
    score = Score()
    for row in truth:
        asked = _frames(folder / row["query"])
        score.add(row, (name for name, frames in known.items() if _share(asked, frames) >= VPDQ_SHARE))
    return {"vPDQ's rule": score.plain()}


def _frames(path: Path) -> Hashes:
    found: list[Hashes] = []
    due = 0.0
    container: Any
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            if (frame.time or 0.0) >= due - 0.001:
                due += 1.0
                bits, quality = pdqhash.compute(frame.to_ndarray(format="rgb24"))
                if quality >= PDQ_QUALITY:
                    found.append(np.packbits(bits.astype(np.uint8)))
    return np.array(found, np.uint8).reshape(-1, 32)


def _share(asked: Hashes, known: Hashes) -> float:
    if not len(asked) or not len(known):
        return 0.0
    distances = np.bitwise_count(asked[:, None] ^ known[None]).sum(axis=2)
    return float((distances.min(axis=1) <= PDQ_BITS).mean())


def sounds(base: Path, folder: Path, truth: Sequence[Row]) -> dict[str, Any]:
    """Return the score of Chromaprint, none where Debian's `fpcalc` is missing.

    Compared as `pyacoustid` does: at the best offset, the share of items that differ by two of 32 bits at most.
    """
    program = shutil.which("fpcalc")
    if not program:
        return {}
    known = {path.stem: raw_print(program, path) for path in listed([base])}
    score = Score()
    for row in truth:
        asked = raw_print(program, folder / row["query"])
        score.add(row, (name for name, other in known.items() if agreeing(asked, other) >= LEAST_AGREEING))
    return {"Chromaprint": score.plain()}
