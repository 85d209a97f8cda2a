"""What both sinks of the audit log promise: what was appended comes back, byte for byte and in order."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

import pytest
from django.db import transaction

from fanal.core.audit import sink as sink_module
from fanal.core.audit import table
from fanal.core.audit.entry import Entry, to_leaf
from fanal.core.audit.sink import FileSink
from fanal.engine.merkle.hashing import leaf_hash
from fanal.engine.merkle.tree import read_frontier
from fanal.kit import clock
from fanal.kit.actor import SYSTEM, Actor

HOSTILE = [
    "",
    "plain",
    'quote " and \\ slash',
    "new\nline\r\x0b\x1c",
    "\u2028 \U0001f600 é",
    "\x00 \udc80 \ud800",
    "x" * 5000,
]


class Sink(Protocol):
    """One of the two."""

    def append(self, first: int, leaves: Sequence[bytes]) -> None:
        """Write leaves."""

    def read(self) -> list[bytes]:
        """Return all leaves."""


class TheFile:
    """The second sink."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def append(self, first: int, leaves: Sequence[bytes]) -> None:
        """Write leaves."""
        FileSink(self.folder).append(first, leaves)

    def read(self) -> list[bytes]:
        """Return all leaves."""
        return list(FileSink(self.folder).lines())


class TheTable:
    """The first sink."""

    def append(self, first: int, leaves: Sequence[bytes]) -> None:
        """Write leaves."""
        frontier = read_frontier(first, table.TableNodes())
        with transaction.atomic():
            grown = table.append(frontier, leaves, [leaf_hash(leaf) for leaf in leaves], clock.now())
            assert table.take_turn(1).frontier == grown

    def read(self) -> list[bytes]:
        """Return all leaves."""
        return [leaf for _, leaf in table.leaves()]


@pytest.fixture(params=["file", "table"])
def sink(request: pytest.FixtureRequest, tmp_path: Path) -> Sink:
    """Each of the two."""
    request.getfixturevalue("db")
    return TheFile(tmp_path / "audit") if request.param == "file" else TheTable()


def leaves_of(texts: Sequence[str], first: int = 0) -> list[bytes]:
    """Return a leaf for each text."""
    actor = Actor("user", "é\x00", SYSTEM.agency)
    entries = (Entry("media.revealed", actor, text[:200], {"text": text, text: [text]}) for text in texts)
    return [to_leaf(entry, index, clock.now()) for index, entry in enumerate(entries, start=first)]


def test_an_empty_sink_is_empty(sink: Sink) -> None:
    assert sink.read() == []


def test_leaves_come_back_byte_for_byte_and_in_order(sink: Sink) -> None:
    leaves = leaves_of(HOSTILE)
    sink.append(0, leaves)
    assert sink.read() == leaves


@pytest.mark.parametrize("sizes", [[1] * 20, [7, 1, 12], [20]])
def test_batches_of_any_size_make_the_same_log(sink: Sink, sizes: list[int]) -> None:
    leaves = leaves_of([f"number {index}" for index in range(20)])
    first = 0
    for size in sizes:
        sink.append(first, leaves[first : first + size])
        first += size
    assert sink.read() == leaves


def test_segments_are_one_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sink_module, "SEGMENT", 8)
    leaves = leaves_of([f"number {index}" for index in range(20)])
    found = TheFile(tmp_path)
    found.append(0, leaves[:3])
    found.append(3, leaves[3:])
    assert found.read() == leaves
    assert len(list(tmp_path.iterdir())) == 3


def test_a_torn_write_takes_nothing_else_with_it(tmp_path: Path) -> None:
    leaves = leaves_of(["one", "two"])
    found = TheFile(tmp_path)
    found.append(0, leaves[:1])
    with (tmp_path / "leaves-000000.jsonl").open("ab") as file:
        file.write(leaves[1][:20])
    assert found.read() == leaves[:1]
    found.append(1, leaves[1:])
    assert found.read() == [leaves[0], leaves[1][:20], leaves[1]]


def test_many_writers_never_tear_each_others_lines(tmp_path: Path) -> None:
    leaves = leaves_of([f"{'x' * index}" for index in range(200)])
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda index: FileSink(tmp_path).append(index, [leaves[index]]), range(200)))
    assert sorted(TheFile(tmp_path).read()) == sorted(leaves)


def test_only_the_owner_may_read_the_file(tmp_path: Path) -> None:
    folder = tmp_path / "audit"
    previous = os.umask(0)
    try:
        TheFile(folder).append(0, leaves_of(["one"]))
    finally:
        os.umask(previous)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "leaves-000000.jsonl").stat().st_mode & 0o777 == 0o600
