"""The tests that every technique is held to, our own and added ones alike. Inherit, name the technique, run pytest:

    class TestMeanColour(TechniqueContract):
        technique = MeanColour()

A technique whose prints come of other things than drawn pictures, films or sounds overrides `sample`.
"""

from collections.abc import Sequence
from typing import ClassVar

from fanal.engine.fingerprint.maker import NAME, Form
from fanal.engine.fingerprint.prints import Print
from fanal.engine.match.comparer import Comparer
from fanal.engine.match.drawn import drawn_film, drawn_picture, drawn_sound
from fanal.engine.match.explain import reason_from
from fanal.engine.match.technique import Technique
from fanal.engine.media.limits import DEFAULT_LIMITS

LONGEST_PRINT = 65_536
LONGEST_SENTENCE = 500


class TechniqueContract:
    """What a technique keeps."""

    technique: ClassVar[Technique]

    def sample(self, number: int) -> Sequence[Print]:
        """Return the prints of something of which each number is another, unlike all others."""
        technique = self.technique
        if Form.PICTURE in technique.forms:
            return tuple(technique.of_picture(drawn_picture(number)))
        if Form.FILM in technique.forms:
            return tuple(technique.of_film(drawn_film(number)))
        if Form.SOUND in technique.forms:
            return tuple(technique.of_sound(iter([drawn_sound(number, technique.rate)])))
        raise NotImplementedError("override sample: this technique reads neither pictures nor films nor sounds")

    def comparer(self) -> Comparer:
        """Return a new comparer of the technique."""
        made = self.technique.comparer()
        assert made is not None, "a technique of its own has a comparer"
        return made

    def accepted(self, comparer: Comparer, prints: Sequence[Print]) -> list[int]:
        """Return the owners of accepted links, in the order in which they come."""
        return [found.owner for found in comparer.search(prints) if found.link.accepted]

    def test_it_says_what_it_is(self) -> None:
        assert NAME.fullmatch(self.technique.name)
        assert self.technique.forms
        assert self.technique.finds.endswith(".")

    def test_its_prints_are_its_own_and_within_the_limits(self) -> None:
        prints = self.sample(1)
        assert 0 < len(prints) <= DEFAULT_LIMITS.added_prints
        assert sum(len(one.data) + len(one.turned) for one in prints) <= DEFAULT_LIMITS.added_print_bytes
        for one in prints:
            assert one.technique == self.technique.name
            assert 0 < len(one.data) <= LONGEST_PRINT
            assert one.quality is None or 0 <= one.quality <= 100

    def test_the_same_content_has_the_same_prints(self) -> None:
        assert list(self.sample(1)) == list(self.sample(1))

    def test_examples_hold_at_the_operating_point(self) -> None:
        examples = self.technique.examples()
        assert {example.linked for example in examples} == {True, False}, "examples are linked, and not linked"
        for example in examples:
            comparer = self.comparer()
            comparer.put(1, example.left)
            assert self.accepted(comparer, example.right) == ([1] if example.linked else []), example.what

    def test_what_was_put_in_is_found_and_nothing_else(self) -> None:
        comparer = self.comparer()
        for number in (1, 2, 3):
            comparer.put(number * 10, self.sample(number))
        assert len(comparer) == 3
        assert self.accepted(comparer, self.sample(2)) == [20]
        assert self.accepted(comparer, self.sample(9)) == []

    def test_what_comes_later_is_found_with_what_was_there(self) -> None:
        comparer = self.comparer()
        comparer.put(1, self.sample(1))
        assert self.accepted(comparer, self.sample(1)) == [1]
        comparer.put(7, self.sample(1))
        comparer.put(3, self.sample(3))
        assert sorted(self.accepted(comparer, self.sample(1))) == [1, 7]

    def test_what_was_dropped_or_replaced_is_gone(self) -> None:
        comparer = self.comparer()
        comparer.put(1, self.sample(1))
        comparer.put(2, self.sample(2))
        assert self.accepted(comparer, self.sample(1)) == [1]
        comparer.put(1, self.sample(3))
        assert self.accepted(comparer, self.sample(1)) == []
        assert self.accepted(comparer, self.sample(3)) == [1]
        comparer.drop(1)
        comparer.drop(99)
        assert self.accepted(comparer, self.sample(3)) == []
        assert len(comparer) == 1

    def test_nothing_is_found_in_nothing_or_by_nothing(self) -> None:
        comparer = self.comparer()
        assert self.accepted(comparer, self.sample(1)) == []
        comparer.put(1, self.sample(1))
        assert self.accepted(comparer, ()) == []
        comparer.put(1, ())
        assert len(comparer) == 0

    def test_prints_of_other_techniques_are_left_out(self) -> None:
        comparer = self.comparer()
        comparer.put(1, [Print("another/9", b"whatever")])
        assert len(comparer) == 0
        assert self.accepted(comparer, [Print("another/9", b"whatever")]) == []

    def test_the_same_question_has_the_same_answer(self) -> None:
        comparer = self.comparer()
        for number in (1, 2, 3):
            comparer.put(number, self.sample(number))
            comparer.put(10 + number, self.sample(number))
        first, second = ([(f.owner, f.link) for f in comparer.search(self.sample(2))] for _ in range(2))
        assert first == second

    def test_a_link_reads_from_both_sides_and_can_be_kept(self) -> None:
        comparer = self.comparer()
        comparer.put(1, self.sample(1))
        (found,) = (one for one in comparer.search(self.sample(1)) if one.link.accepted)
        for link in (found.link, found.link.reversed):
            assert 0 < link.confidence <= 1
            assert 0 < len(str(link.why)) <= LONGEST_SENTENCE
            assert reason_from(link.why.plain()) == link.why
        back = found.link.reversed
        assert (back.here, back.there) == (found.link.there, found.link.here)
