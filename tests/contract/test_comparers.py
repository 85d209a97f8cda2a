"""What every comparer keeps, whatever it compares."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from fanal.engine.fingerprint.image import whole_print
from fanal.engine.fingerprint.local.prints import local_print
from fanal.engine.fingerprint.prints import Print
from fanal.engine.fingerprint.sound.prints import audio_prints
from fanal.engine.match.comparer import Comparer
from fanal.engine.match.comparers import COMPARERS
from leaves import leaves
from lettering import page_print
from pdq_reference import landscape
from sounds import voice

Prints = Sequence[Print]


@dataclass(frozen=True)
class Kind:
    """A comparer, and how to make prints of something of which each number is another."""

    make: Callable[[], Comparer]
    of: Callable[[int], Prints]


SAMPLES: dict[str, Callable[[int], Prints]] = {
    "pdq/1": lambda number: (whole_print(landscape(number, 257, 383)),),
    "local/1": lambda number: (local_print(leaves(number), features=400),),
    "audio/1": lambda number: audio_prints(voice(number)),
    "text/1": lambda number: (page_print("open daily", f"write to keeper{number}@lighthouse.example.org"),),
}


@pytest.fixture(params=sorted(COMPARERS))
def kind(request: pytest.FixtureRequest) -> Kind:
    """Each comparer that there is; one without a sample fails here."""
    return Kind(COMPARERS[request.param], SAMPLES[request.param])


def accepted(comparer: Comparer, prints: Prints) -> list[int]:
    """Return the owners of accepted links, in the order in which they come."""
    return [found.owner for found in comparer.search(prints) if found.link.accepted]


def test_what_was_put_in_is_found_and_nothing_else(kind: Kind) -> None:
    comparer = kind.make()
    for number in (1, 2, 3):
        comparer.put(number * 10, kind.of(number))
    assert len(comparer) == 3
    assert accepted(comparer, kind.of(2)) == [20]
    assert accepted(comparer, kind.of(9)) == []


def test_what_comes_later_is_found_with_what_was_there(kind: Kind) -> None:
    comparer = kind.make()
    comparer.put(1, kind.of(1))
    assert accepted(comparer, kind.of(1)) == [1]
    comparer.put(7, kind.of(1))
    comparer.put(3, kind.of(3))
    assert sorted(accepted(comparer, kind.of(1))) == [1, 7]


def test_what_was_dropped_or_replaced_is_gone(kind: Kind) -> None:
    comparer = kind.make()
    comparer.put(1, kind.of(1))
    comparer.put(2, kind.of(2))
    assert accepted(comparer, kind.of(1)) == [1]
    comparer.put(1, kind.of(3))
    assert accepted(comparer, kind.of(1)) == []
    assert accepted(comparer, kind.of(3)) == [1]
    comparer.drop(1)
    comparer.drop(99)
    assert accepted(comparer, kind.of(3)) == []
    assert len(comparer) == 1


def test_nothing_is_found_in_nothing_or_by_nothing(kind: Kind) -> None:
    comparer = kind.make()
    assert accepted(comparer, kind.of(1)) == []
    comparer.put(1, kind.of(1))
    assert accepted(comparer, ()) == []
    comparer.put(1, ())
    assert len(comparer) == 0


def test_the_same_question_has_the_same_answer(kind: Kind) -> None:
    comparer = kind.make()
    for number in (1, 2, 3):
        comparer.put(number, kind.of(number))
        comparer.put(10 + number, kind.of(number))
    first, second = ([(f.owner, f.link) for f in comparer.search(kind.of(2))] for _ in range(2))
    assert first == second


def test_a_link_reads_from_both_sides(kind: Kind) -> None:
    comparer = kind.make()
    comparer.put(1, kind.of(1))
    (found,) = (one for one in comparer.search(kind.of(1)) if one.link.accepted)
    back = found.link.reversed
    assert (back.here, back.there) == (found.link.there, found.link.here)
    assert str(back.why)
    assert 0 < back.confidence <= 1
