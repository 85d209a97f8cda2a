"""A self-join meets every pair once, in bounded batches."""

from itertools import product

import numpy as np
import pytest

from fanal.engine.match.hamming import HammingIndex
from fanal.kit.errors import Invalid
from hashes import SEED, brute, clustered, uniform


@pytest.mark.parametrize(("memory", "most", "radius"), list(product([None, 0], [50, 1_000_000], [0, 20, 31])))
def test_every_pair_is_met_once(memory: int | None, most: int, radius: int) -> None:
    draw = np.random.default_rng(SEED)
    hashes, ids = clustered(draw, 2_000), draw.permutation(10_000)[:2_000].astype(np.int64)
    index = HammingIndex.gather(lambda: [(hashes[:1_200], ids[:1_200])], 1_200, memory)
    index.add(hashes[1_200:], ids[1_200:])
    index.remove(ids[::9])
    left = np.delete(np.arange(2_000), np.arange(0, 2_000, 9))
    found, done = [], 0
    for batch in index.pairs(radius, most):
        found += list(zip(batch.first.tolist(), batch.second.tolist(), batch.distances.tolist(), strict=True))
        assert len(batch.first) <= max(most, 2_000)
        assert done < batch.done <= batch.total
        done = batch.done
    assert done == batch.total
    expected = {
        (min(int(ids[left[row]]), other), max(int(ids[left[row]]), other), apart)
        for row, apart, other in brute(hashes[left], ids[left], hashes[left], radius)
        if other != int(ids[left[row]])
    }
    assert len(found) == len(expected)
    assert {(min(a, b), max(a, b), apart) for a, b, apart in found} == expected


def test_nothing_has_no_pairs() -> None:
    assert list(HammingIndex().pairs()) == []
    assert (
        sum(
            len(batch.first)
            for batch in HammingIndex.build(uniform(np.random.default_rng(SEED), 1), np.arange(1)).pairs()
        )
        == 0
    )


def test_a_radius_beyond_the_largest_is_refused() -> None:
    with pytest.raises(Invalid):
        HammingIndex().pairs(32)
