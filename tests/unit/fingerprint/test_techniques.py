"""The list of techniques keeps what it says."""

import re

import pytest

from fanal.engine.fingerprint.techniques import STAMP, TECHNIQUES, Example, Technique
from pdq_reference import distance

EXAMPLES = [(technique, example) for technique in TECHNIQUES for example in technique.examples]


def test_names_are_one_each_and_carry_a_version() -> None:
    names = [technique.name for technique in TECHNIQUES]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z]+/[0-9]+", name) for name in names)
    assert "/" not in STAMP


@pytest.mark.parametrize(("technique", "example"), EXAMPLES, ids=[example.what for _, example in EXAMPLES])
def test_examples_hold_at_the_operating_point(technique: Technique, example: Example) -> None:
    bits = distance(bytes.fromhex(example.left), bytes.fromhex(example.right))
    assert (bits <= technique.radius) is example.linked
