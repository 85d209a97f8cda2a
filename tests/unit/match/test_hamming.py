"""Exact search answers as comparing everything with everything does."""

from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fanal.engine.match.hamming import HammingIndex
from fanal.engine.match.hamming.banded import BandedPart
from fanal.engine.match.hamming.bands import BUDGET, COMPACT, FAST, REACH, SIZE, START, WIDTH, Band, Plan, look
from fanal.engine.match.hamming.bits import mix
from fanal.kit.errors import Invalid
from hashes import SEED, Hashes, Pairs, answered, brute, changed, clustered, correlated, repeated, uniform

PLANS: tuple[Plan, ...] = (
    *(plan for form in (FAST, COMPACT) for _, plan in form),
    (Band(23, 2, 0),) * 8 + (Band(18, 1, 1),) * 4,
    (Band(19, 2, 2),) * 8 + (Band(19, 1, 16),) * 4 + (Band(14, -1, 4), Band(14, -1, 4)),
)
SOME_MEMORY = (None, 0)
"""Enough for the fast form, and so little that it must be the compact one."""


@pytest.fixture
def draw() -> np.random.Generator:
    print("seed", SEED)  # noqa: T201
    return np.random.default_rng(SEED)


@pytest.mark.parametrize("size", range(65))
def test_each_of_a_few_finds_itself(draw: np.random.Generator, size: int) -> None:
    hashes, ids = uniform(draw, size), draw.permutation(1000)[:size].astype(np.int64)
    index = HammingIndex.build(hashes, ids)
    assert len(index) == size
    assert answered(index, hashes, 0) == [(row, 0, int(ids[row])) for row in range(size)]
    assert answered(index, hashes, 31) == brute(hashes, ids, hashes, 31)


@pytest.mark.parametrize(("size", "memory"), list(product([0, 1, 2, 3, 64], SOME_MEMORY)))
def test_a_banded_part_of_a_few_is_exact(draw: np.random.Generator, size: int, memory: int | None) -> None:
    hashes, ids = uniform(draw, size), np.arange(size, dtype=np.int64)
    queries = np.concatenate([changed(draw, hashes, np.full(size, 31)), uniform(draw, 70)])
    part = BandedPart.build(mix(hashes), ids, memory=memory)
    for some in (queries[:5], queries):
        found = part.hits(mix(some), 31)
        pairs = zip(found.queries.tolist(), found.distances.tolist(), found.ids.tolist(), strict=True)
        assert sorted(pairs) == brute(hashes, ids, some, 31)


@pytest.mark.parametrize(("make", "memory"), list(product([uniform, correlated, clustered, repeated], SOME_MEMORY)))
def test_thousands_answer_as_brute_force(draw: np.random.Generator, make: object, memory: int | None) -> None:
    assert callable(make)
    hashes: Hashes = make(draw, 20_000)
    ids = draw.integers(-(2**62), 2**62, 20_000)
    queries = np.concatenate([changed(draw, hashes[::200], draw.integers(0, 40, 100)), make(draw, 60)])
    index = HammingIndex.build(hashes, ids, memory)
    expected = brute(hashes, ids, queries, 31)
    assert answered(index, queries, 31) == expected
    assert answered(index, queries, 31, threads=3) == expected
    singly = [(n, *rest) for n in range(len(queries)) for _, *rest in answered(index, queries[n : n + 1], 31)]
    assert singly == expected


@pytest.mark.parametrize("radius", range(32))
def test_every_radius_is_exact_at_its_edge(draw: np.random.Generator, radius: int) -> None:
    hashes, ids = uniform(draw, 5_000), np.arange(5_000, dtype=np.int64)
    index = HammingIndex.build(hashes, ids)
    rows = draw.integers(0, 5_000, 80)
    within = changed(draw, hashes[rows], np.full(80, radius))
    assert answered(index, within, radius) == [(n, radius, int(row)) for n, row in enumerate(rows)]
    assert answered(index, changed(draw, hashes[rows], np.full(80, radius + 1)), radius) == []


@pytest.mark.parametrize(("plan", "radius"), list(product(PLANS, [0, 7, 18, 30, 31])))
def test_bands_of_any_width_are_exact(draw: np.random.Generator, plan: Plan, radius: int) -> None:
    hashes, ids = clustered(draw, 3_000), np.arange(3_000, dtype=np.int64)
    queries = changed(draw, hashes[::15], draw.integers(0, radius + 2, 200))
    found = BandedPart.build(mix(hashes), ids, plan).hits(mix(queries), radius)
    pairs = zip(found.queries.tolist(), found.distances.tolist(), found.ids.tolist(), strict=True)
    assert sorted(pairs) == brute(hashes, ids, queries, radius)


@pytest.mark.parametrize(("plan", "radius"), list(product(PLANS, range(32))))
def test_bands_obey_the_pigeonhole_principle(plan: Plan, radius: int) -> None:
    how = look(plan, radius)
    starts, sizes, reaches, budgets = (how.bands[:, column] for column in (START, WIDTH, REACH, BUDGET))
    assert int((reaches + 1).sum()) == radius + 1
    assert int(sizes.sum()) == 256
    for band in range(len(plan)):
        window = how.bands[band, SIZE] * 8
        seen = {bit % 256 for bit in range(starts[band], starts[band] + sizes[band] + window)}
        used = sum(int(reaches[j]) + 1 for j in range(band) if not seen & set(range(starts[j], starts[j] + sizes[j])))
        assert budgets[band] >= radius - used


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_any_bits_at_any_distance(data: st.DataObject) -> None:
    def some(least: int) -> Hashes:
        raw = data.draw(st.lists(st.binary(min_size=32, max_size=32), min_size=least, max_size=12))
        return np.frombuffer(b"".join(raw), np.uint8).reshape(-1, 32)

    hashes = some(1)
    ids = np.array(data.draw(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=len(hashes), max_size=len(hashes))))
    flips = data.draw(st.sets(st.integers(0, 255), max_size=33))
    bits = np.unpackbits(hashes[:1], axis=1)
    bits[0, sorted(flips)] ^= 1
    queries = np.concatenate([np.packbits(bits, axis=1), some(0)])
    radius = data.draw(st.integers(0, 31))
    part = BandedPart.build(mix(hashes), ids.astype(np.int64), memory=data.draw(st.sampled_from(SOME_MEMORY)))
    found = part.hits(mix(queries), radius)
    pairs = zip(found.queries.tolist(), found.distances.tolist(), found.ids.tolist(), strict=True)
    expected = brute(hashes, ids, queries, radius)
    assert sorted(pairs) == expected
    assert answered(HammingIndex.build(hashes, ids), queries, radius) == expected


def test_a_cluster_larger_than_any_room_is_found_whole(draw: np.random.Generator) -> None:
    centre = uniform(draw, 1)
    cluster = changed(draw, np.repeat(centre, 30_000, axis=0), draw.integers(0, 8, 30_000))
    hashes = np.concatenate([uniform(draw, 5_000), cluster])
    index = HammingIndex.build(hashes, np.arange(35_000))
    queries = changed(draw, np.repeat(centre, 3, axis=0), np.array([0, 24, 45]))
    assert answered(index, queries, 31) == brute(hashes, np.arange(35_000), queries, 31)
    many = np.concatenate([queries, uniform(draw, 100)])
    assert answered(index, many, 31) == brute(hashes, np.arange(35_000), many, 31)


def wrong_requests() -> Iterator[tuple[Hashes, int]]:
    good = np.zeros((1, 32), np.uint8)
    yield good, -1
    yield good, 32
    yield np.zeros((1, 31), np.uint8), 31
    yield np.zeros(32, np.uint8), 31
    yield np.zeros((1, 32), np.int8), 31


@pytest.mark.parametrize(("queries", "radius"), list(wrong_requests()))
def test_what_cannot_be_searched_is_refused(queries: Hashes, radius: int) -> None:
    with pytest.raises(Invalid):
        HammingIndex().search(queries, radius)


def test_hashes_and_ids_must_be_as_many() -> None:
    with pytest.raises(Invalid):
        HammingIndex.build(np.zeros((2, 32), np.uint8), np.zeros(3, np.int64))


def test_ids_that_do_not_fit_are_refused() -> None:
    with pytest.raises(Invalid):
        HammingIndex.build(np.zeros((1, 32), np.uint8), np.array([2**63], np.uint64))


@pytest.mark.parametrize(("plan", "crowds"), list(product(PLANS, [1, 3])))
def test_crowds_are_searched_exactly_from_any_distance(draw: np.random.Generator, plan: Plan, crowds: int) -> None:
    centres = uniform(draw, crowds)
    members = centres[draw.integers(0, crowds, 9_000)]
    hashes = np.concatenate([uniform(draw, 500), changed(draw, members, draw.integers(0, 12, 9_000))])
    ids = draw.permutation(len(hashes)).astype(np.int64)
    queries = changed(draw, np.repeat(centres, 60, axis=0), np.tile(np.arange(60), crowds))
    part = BandedPart.build(mix(hashes), ids, plan)
    assert part.arrays()["crowd_places"].size > len(plan) // 2
    part.kill(ids[::7].copy())
    left = np.delete(np.arange(len(ids)), np.arange(0, len(ids), 7))
    for radius in (0, 12, 31):
        expected = brute(hashes[left], ids[left], queries, radius)
        for step in (50, len(queries)):
            pairs: Pairs = []
            for start in range(0, len(queries), step):
                found = part.hits(mix(queries[start : start + step]), radius)
                numbers = (found.queries + start).tolist()
                pairs += zip(numbers, found.distances.tolist(), found.ids.tolist(), strict=True)
            assert sorted(pairs) == expected


@pytest.mark.parametrize("limit", [1, 3, 1_000, 100_000])
def test_a_limit_keeps_the_nearest(draw: np.random.Generator, limit: int) -> None:
    hashes, ids = clustered(draw, 6_000), np.arange(6_000)
    queries = np.concatenate([changed(draw, hashes[:90], draw.integers(0, 20, 90)), uniform(draw, 10)])
    index = HammingIndex.build(hashes, ids)
    of: dict[int, int] = {}
    expected = []
    for query, distance, found in brute(hashes, ids, queries, 31):
        of[query] = of.get(query, 0) + 1
        if of[query] <= limit:
            expected.append((query, distance, found))
    lims, found_ids, distances = index.search(queries, 31, limit=limit)
    rows = np.repeat(np.arange(len(queries)), np.diff(lims))
    assert list(zip(rows.tolist(), distances.tolist(), found_ids.tolist(), strict=True)) == expected


def test_a_limit_under_one_is_refused() -> None:
    with pytest.raises(Invalid):
        HammingIndex().search(np.zeros((1, 32), np.uint8), limit=0)


def test_what_an_index_holds_otherwise_than_its_rows_is_named(draw: np.random.Generator) -> None:
    hashes, ids = clustered(draw, 9_000), np.arange(9_000)
    index = HammingIndex.build(hashes[:8_000], ids[:8_000])
    index.add(hashes[8_000:], ids[8_000:])
    assert index.differing(hashes, ids).tolist() == []
    assert index.differing(hashes[:-1], ids[:-1]).tolist() == [8_999]
    other = hashes.copy()
    other[17, 3] ^= 1
    assert index.differing(other, ids).tolist() == [17]
    index.remove(np.array([5, 8_500]))
    assert index.differing(hashes, ids).tolist() == [5, 8_500]
