"""Whatever is added, removed, saved, opened and merged in whatever order: the index answers as a plain list does."""

import tempfile
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from numpy.typing import NDArray

from fanal.engine.match.hamming import HammingIndex
from fanal.engine.match.hamming import index as hamming
from hashes import SEED, answered, brute, changed, uniform

IDS = st.lists(st.integers(0, 30), min_size=1, max_size=12)


class Changes(RuleBasedStateMachine):
    """An index beside a list of (hash, id), with merging set to begin after a handful of hashes."""

    memory: int | None = None

    def __init__(self) -> None:
        super().__init__()
        self.usual, hamming._RECENT = hamming._RECENT, 10
        self.draw = np.random.default_rng(SEED)
        self.pool = uniform(self.draw, 20)
        self.folder = tempfile.TemporaryDirectory()
        self.index = HammingIndex(self.memory)
        self.hashes = np.empty((0, 32), np.uint8)
        self.ids = np.empty(0, np.int64)

    def teardown(self) -> None:
        self.index.settle()
        hamming._RECENT = self.usual
        self.folder.cleanup()

    def near(self, count: int) -> NDArray[np.uint8]:
        return changed(self.draw, self.pool[self.draw.integers(0, 20, count)], self.draw.integers(0, 20, count))

    @rule(ids=IDS)
    def add(self, ids: list[int]) -> None:
        hashes, numbers = self.near(len(ids)), np.array(ids, np.int64)
        self.index.add(hashes, numbers)
        self.hashes = np.concatenate([self.hashes, hashes])
        self.ids = np.concatenate([self.ids, numbers])

    @rule(ids=IDS)
    def remove(self, ids: list[int]) -> None:
        self.index.remove(np.array(ids, np.int64))
        keep = ~np.isin(self.ids, ids)
        self.hashes, self.ids = self.hashes[keep], self.ids[keep]

    @rule()
    def merge(self) -> None:
        self.index.compact()

    @rule(verify=st.booleans())
    def save_and_open(self, verify: bool) -> None:
        path = Path(self.folder.name) / "index"
        self.index.save(path)
        self.index.settle()
        self.index = HammingIndex.open(path, verify=verify, memory=self.memory)

    @invariant()
    def answers_as_a_list(self) -> None:
        queries = self.near(4)
        assert answered(self.index, queries, 31) == brute(self.hashes, self.ids, queries, 31)
        assert len(self.index) == len(self.ids)


class CompactChanges(Changes):
    """The same with an index that is to take as little memory as it can."""

    memory = 0


TestCompactChanges = CompactChanges.TestCase
TestCompactChanges.settings = settings(max_examples=15, stateful_step_count=20, deadline=None)
TestChanges = Changes.TestCase
TestChanges.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)


def test_searches_go_on_while_others_add_and_remove(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hamming, "_RECENT", 200)
    draw = np.random.default_rng(SEED)
    kept, passing = uniform(draw, 300), uniform(draw, 4_000)
    index = HammingIndex.build(kept, np.arange(300))
    wrong: list[str] = []
    done = threading.Event()

    def search() -> None:
        while not done.is_set():
            lims, ids, _ = index.search(kept, 0)
            if not np.array_equal(lims, np.arange(301)) or not np.array_equal(ids, np.arange(300)):
                wrong.append("something kept was not found, or found twice")

    searchers = [threading.Thread(target=search) for _ in range(2)]
    for searcher in searchers:
        searcher.start()
    for start in range(0, 4_000, 50):
        index.add(passing[start : start + 50], np.arange(1_000 + start, 1_050 + start))
        index.remove(np.arange(1_000 + start, 1_025 + start))
    index.settle()
    done.set()
    for searcher in searchers:
        searcher.join()
    assert wrong == []
    assert len(index) == 300 + 2_000
    stays = np.arange(4_000) % 50 >= 25
    assert answered(index, passing, 0) == [(int(n), 0, 1_000 + int(n)) for n in np.flatnonzero(stays)]


def test_many_small_additions_leave_few_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hamming, "_RECENT", 20)
    hashes = uniform(np.random.default_rng(SEED), 2_000)
    index = HammingIndex()
    for row in range(0, 2_000, 5):
        index.add(hashes[row : row + 5], np.arange(row, row + 5))
        index.settle()
    assert len(index._parts) <= 6
    assert answered(index, hashes, 0) == [(n, 0, n) for n in range(2_000)]
