"""Malformed files in the hands of the reader of text: each is read or refused, and none takes it down."""

from collections import Counter
from collections.abc import Iterator

import pytest

from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.refusals import Refusal
from fanal.engine.sandbox.broker import Sandbox
from fanal.engine.sandbox.policy import Policy
from fanal.engine.sandbox.reading import reading_sandbox
from hostile.corpus import Sample
from hostile.picture_bombs import jpeg_bombs, png_bombs
from hostile.wellformed import whole_files


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with reading_sandbox(Policy.CONFINED, workers=2) as sandbox:
        yield sandbox


def malformed() -> Iterator[Sample]:
    """Yield bombs, and whole files cut in the middle or with bytes changed."""
    yield from (*jpeg_bombs(), *png_bombs())
    for name, data in whole_files().items():
        yield Sample(name, data[: len(data) // 2], "cut in the middle")
        spoilt = bytearray(data)
        for at in range(len(data) // 3, len(data), max(1, len(data) // 17)):
            spoilt[at] ^= 0xFF
        yield Sample(name, bytes(spoilt), "bytes changed")


def test_none_takes_the_reader_down(box: Sandbox) -> None:
    zygote = box.zygote
    ended = Counter(outcome(box, sample) for sample in malformed())
    assert not ended.keys() & {Refusal.PROTOCOL, Refusal.DECODER_DIED, Refusal.OUT_OF_TIME}
    assert ended[None] > 5
    assert ended.total() - ended[None] > 5
    assert box.zygote == zygote


def outcome(box: Sandbox, sample: Sample) -> Refusal | None:
    """Return why a file is refused, None where it is read."""
    try:
        box.examine(sample.data, sample.name)
    except MediaRefused as refused:
        return refused.refusal
    return None
