"""Draws pictures of overlapping shapes ("dead leaves") and learns from them the words of local features.

    python benchmarks/local_words.py            learns anew and says how far the result is from the shipped one
    python benchmarks/local_words.py --write    writes the file that the package ships

Dead leaves have the edges, corners and sizes that photographs have, and are drawn here from a seed: no foreign picture
and no foreign weights go into what the package ships. Prints made with other words cannot be compared: a changed file
is a new version of the technique.
"""

import sys

import cv2
import numpy as np
from numpy.typing import NDArray

from fanal.engine.fingerprint.local import words
from fanal.engine.fingerprint.local.features import local_features

PICTURES = 120
FEATURES = 600
ROUNDS = 15
SAMPLE = 40_000
SIDE = 640
SHAPES = 1400


def leaves(seed: int) -> NDArray[np.uint8]:
    """Return uint8[640, 640]: shapes of power-law sizes over each other, lit unevenly, with grain."""
    random = np.random.default_rng(seed)
    smallest, largest = 3.0, SIDE / 3
    sizes = smallest**-1.2 + (largest**-1.2 - smallest**-1.2) * random.random(SHAPES)
    sizes = sizes ** (-1 / 1.2)
    picture = np.full((SIDE, SIDE), 128, np.float32)
    for size in sizes[np.argsort(-sizes * random.uniform(0.3, 1, SHAPES))]:
        _shape(picture, float(size), random)
    for coarse in (1, 2, 4, 8, 16, 32):
        grain = random.normal(0, 1, (SIDE // coarse, SIDE // coarse)).astype(np.float32)
        picture += cv2.resize(grain, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC) * random.uniform(1, 6)
    return np.clip(cv2.GaussianBlur(picture, (0, 0), random.uniform(0.4, 1.2)), 0, 255).astype(np.uint8)


def _shape(picture: NDArray[np.float32], size: float, random: np.random.Generator) -> None:
    centre = random.uniform(0, SIDE, 2)
    shade, angle, flat = random.uniform(10, 245), random.uniform(0, 360), random.uniform(0.15, 1)
    kind = random.integers(4)
    at = (int(centre[0]), int(centre[1]))
    if kind == 0:
        cv2.ellipse(picture, at, (int(size), max(1, int(size * flat))), angle, 0, 360, shade, -1, cv2.LINE_AA)
        return
    if kind == 1:
        corners = cv2.boxPoints(((centre[0], centre[1]), (2 * size, 2 * size * flat), angle))
    elif kind == 2:
        turns = np.sort(random.uniform(0, 2 * np.pi, random.integers(3, 8)))
        reach = random.uniform(0.4, 1, len(turns)) * size
        corners = centre + np.stack([reach * np.cos(turns), reach * np.sin(turns)], axis=1)
    else:
        end = centre + size * 2 * np.array([np.cos(angle), np.sin(angle)])
        cv2.line(picture, at, (int(end[0]), int(end[1])), shade, int(random.integers(1, 6)), cv2.LINE_AA)
        return
    cv2.fillPoly(picture, [corners.astype(np.int32)], shade, cv2.LINE_AA)


def centres(looks: NDArray[np.float32], count: int, seed: int) -> NDArray[np.float32]:
    """Return float32[count, d]: centres of clusters (Lloyd's rounds from a seeded start)."""
    random = np.random.default_rng(seed)
    sample = looks[random.permutation(len(looks))[:SAMPLE]]
    found = sample[:count].copy()
    for _ in range(ROUNDS):
        nearest = np.argmax(sample @ found.T - 0.5 * (found * found).sum(1), axis=1)
        sums = np.zeros_like(found)
        np.add.at(sums, nearest, sample)
        members = np.bincount(nearest, minlength=count)[:, None]
        found = np.where(members > 0, sums / np.maximum(members, 1), found)
    return found


def learn() -> tuple[NDArray[np.float16], NDArray[np.float16], NDArray[np.float16]]:
    """Return the centres float16[128, 64], and the thresholds and spreads of the signature, float16[128] each."""
    looks = np.concatenate([local_features(leaves(seed), FEATURES).looks for seed in range(PICTURES)])
    halves = np.concatenate([looks[:, :64], words.mirrored_half(looks[:, 64:])])
    found = centres(halves, words.HALF_WORDS, 0).astype(np.float16)
    along = looks @ words.projection()
    thresholds = np.median(along, axis=0)
    thresholds[64:] = 0
    drawn = words.made(found.astype(np.float32), thresholds, np.ones(128))
    nearest = [
        np.argmax(looks[:, at] @ half.T - 0.5 * (half * half).sum(1), axis=1)
        for at, half in zip((slice(0, 64), slice(64, 128)), drawn.halves, strict=True)
    ]
    centre = np.concatenate([half[n] for half, n in zip(drawn.halves, nearest, strict=True)], axis=1)
    spreads = (along - centre @ words.projection()).std(axis=0)
    return found, thresholds.astype(np.float16), spreads.astype(np.float16)


def main() -> None:
    """Learn, then write or compare."""
    found, thresholds, spreads = learn()
    if "--write" in sys.argv:
        np.savez(words.WORDS_FILE, centres=found, thresholds=thresholds, spreads=spreads)
        return
    shipped = words.words()
    off = np.abs(shipped.thresholds - thresholds).max(), np.abs(shipped.halves[0] - found).max()
    print(f"thresholds differ by at most {off[0]:.4f}, centres by at most {off[1]:.4f}")


if __name__ == "__main__":
    main()
