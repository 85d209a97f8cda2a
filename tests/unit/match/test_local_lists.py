"""What is read of the lists of an index, many entries at a time, is what comparing one with one gives."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from fanal.engine.fingerprint.local.stored import CORE_FEATURES, LocalPrint
from fanal.engine.fingerprint.local.words import WORDS
from fanal.engine.match.local.index import COMMON, MOST_BITS, LocalIndex, words_near
from fanal.engine.match.local.lists import BEYOND, Found, Lists

ENTRIES, LISTS, QUERIES, PROBES = 6_000, 40, 30, 8
Marks = NDArray[np.uint64]


def drawn_marks(count: int, dice: np.random.Generator, apart: float = 0.12) -> Marks:
    """Return signatures that differ from one by a share of their bits, so that many are near each other."""
    flipped = np.packbits(dice.random((count, 128)) < apart, axis=1).view(np.uint64)
    return np.asarray(flipped ^ np.random.default_rng(5).integers(0, 1 << 63, 2, dtype=np.uint64), np.uint64)


def bits_apart(one: Marks, many: Marks) -> NDArray[np.int64]:
    """Return by how many bits a signature differs from each of many."""
    return np.asarray(np.bitwise_count(one ^ many).sum(axis=1), np.int64)


def one_by_one(
    marks: Marks, words: NDArray[np.int64], lists: list[tuple[Marks, NDArray[np.int32]]], common: int
) -> tuple[list[tuple[int, int, int]], list[int]]:
    """Look up as it is defined: of each feature what differs by few bits, and of more than are taken the likest."""
    rows, limits = [], []
    for q, mark in enumerate(marks):
        found = [
            (q, feature, bits)
            for word in words[q].tolist()
            for feature, bits in zip(lists[word][1].tolist(), bits_apart(mark, lists[word][0]).tolist(), strict=True)
            if bits <= MOST_BITS
        ]
        limit = MOST_BITS
        while sum(bits <= limit for _, _, bits in found) > common:
            limit -= 1
        limits.append(limit)
        rows += [one for one in found if one[2] <= limit]
    return rows, limits


def rows_of(found: Found) -> list[tuple[int, int, int]]:
    """Return what was found as rows."""
    return list(zip(found.query.tolist(), found.feature.tolist(), found.bits.tolist(), strict=True))


@pytest.mark.parametrize("common", [COMMON, 100, 1])
def test_lists_are_read_as_one_entry_after_the_other(common: int) -> None:
    dice = np.random.default_rng(2)
    stored = drawn_marks(ENTRIES, dice)
    # Lists of no entry, of one, of as many as are read at a time, of one more, and of several pieces.
    sizes = [0, 1, BEYOND, BEYOND + 1, 2500, *dice.multinomial(ENTRIES - 2566, np.ones(LISTS - 5) / (LISTS - 5))]
    bounds = np.cumsum([0, *sizes])
    feature = dice.permutation(ENTRIES).astype(np.int32)
    beyond = np.zeros(BEYOND, np.uint64)
    first, second = (np.concatenate([half, beyond]) for half in stored.T)
    marks = drawn_marks(QUERIES, dice)
    words = np.array([dice.permutation(LISTS)[:PROBES] for _ in range(QUERIES)])
    words[:3, :5] = np.arange(5)
    words[:3, 5:] = 5 + np.arange(3)
    limits = np.full(QUERIES, MOST_BITS)
    found = Lists(bounds[:-1], first, second, feature).near(marks, words, bounds[1:], limits, common)
    cut = [(stored[a:b], feature[a:b]) for a, b in pairwise(bounds.tolist())]
    rows, expected = one_by_one(marks, words, cut, common)
    assert rows_of(found) == rows
    assert limits.tolist() == expected
    assert len(rows) > QUERIES / 2
    assert min(expected) < MOST_BITS


def drawn_print(dice: np.random.Generator, count: int, *, part: bool = False) -> LocalPrint:
    """Return a print whose features fall into few words."""
    words = dice.choice(np.arange(0, WORDS, 701), count)
    places = dice.uniform(0, 500, (count, 2)).astype(np.float32)
    box = (0, 0, 100, 100) if part else (0, 0, 500, 500)
    scales, turns = (dice.uniform(1, 6, count).astype(np.float32) for _ in range(2))
    return LocalPrint(500, 500, box, places, scales, turns, words, drawn_marks(count, dice))


@pytest.mark.parametrize("part", [False, True])
def test_an_index_gives_what_comparing_each_with_each_gives_in_any_number_of_threads(part: bool) -> None:
    dice = np.random.default_rng(3)
    prints = [drawn_print(dice, count) for count in (0, 40, CORE_FEATURES + 50, 500)]
    query = drawn_print(dice, 60, part=part)
    # Whole pictures are found by their first features, marked parts by all; within a word the first come first.
    core = np.concatenate([np.arange(len(one)) < CORE_FEATURES for one in prints])
    words, marks = (np.concatenate([getattr(one, name) for one in prints]) for name in ("words", "signatures"))
    cut = []
    for word in range(WORDS):
        mine = np.flatnonzero(words == word)
        mine = mine[np.argsort(~core[mine], kind="stable")]
        mine = mine if part else mine[core[mine]]
        cut.append((marks[mine], mine.astype(np.int32)))
    rows, limits = one_by_one(query.signatures, words_near(query), cut, COMMON)
    index = LocalIndex.build(prints)
    for threads in (1, 3):
        hits = index.look_up(query, threads=threads)
        assert rows_of(Found(hits.query, hits.feature, hits.bits)) == rows
        assert hits.limits.tolist() == limits
    assert hits.searched == (len(words) if part else int(core.sum()))
    assert len(rows) > 10
    for number, one in enumerate(prints):
        assert np.array_equal(index.marks_of(number), one.signatures)
        assert np.array_equal(index.words_of(number), one.words)
    owners = np.repeat(np.arange(len(prints)), [len(one) for one in prints])
    assert np.array_equal(index.picture_of(np.arange(len(words), dtype=np.int32)), owners)
