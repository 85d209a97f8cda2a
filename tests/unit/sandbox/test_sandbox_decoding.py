"""Every kind of file is read behind the wall as it is read before it: nothing that a decoder needs was left outside."""

import io
from collections.abc import Iterator

import pytest

from fanal.engine.media.archive import unpack
from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.examine import examine
from fanal.engine.media.findings import Findings
from fanal.engine.media.limits import DEFAULT_LIMITS
from fanal.engine.media.refusals import Refusal
from fanal.engine.sandbox.broker import Sandbox
from fanal.engine.sandbox.warm import samples

SAMPLES = list(samples())


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with Sandbox(workers=2) as sandbox:
        yield sandbox


def in_the_open(sample: bytes) -> Findings | Refusal:
    try:
        return examine(io.BytesIO(sample), "x", DEFAULT_LIMITS)
    except MediaRefused as refused:
        return refused.refusal


def behind_the_wall(box: Sandbox, sample: bytes) -> Findings | Refusal:
    try:
        return box.examine(sample, "x")
    except MediaRefused as refused:
        return refused.refusal


def test_samples_are_of_many_kinds() -> None:
    found = [in_the_open(sample) for sample in SAMPLES]
    assert len({each.media_type for each in found if isinstance(each, Findings)}) >= 12


@pytest.mark.parametrize("number", range(len(SAMPLES)))
def test_the_wall_changes_nothing(box: Sandbox, number: int) -> None:
    sample = SAMPLES[number]
    for _ in range(2):
        assert behind_the_wall(box, sample) == in_the_open(sample)


@pytest.mark.parametrize("number", range(len(SAMPLES)))
def test_archives_unfold_alike(box: Sandbox, number: int) -> None:
    sample = SAMPLES[number]
    try:
        there = [
            (each.path, each.size, b"".join(each.chunks)) for each in unpack(io.BytesIO(sample), "x", DEFAULT_LIMITS)
        ]
    except MediaRefused:
        return
    assert [(each.path, each.size, b"".join(each.chunks)) for each in box.unpack(sample, "x")] == there


def test_an_empty_file_is_refused(box: Sandbox) -> None:
    assert behind_the_wall(box, b"") is Refusal.EMPTY
