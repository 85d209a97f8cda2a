"""Text by contract: contents that show the same rare number, address, name or phrase."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from fanal.engine.fingerprint.prints import Print
from fanal.engine.match.comparer import Found
from fanal.engine.match.explain import explain_text
from fanal.engine.match.link import Link
from fanal.engine.match.tiers import Tiers
from fanal.engine.text.identifiers import Identifier, Mark, identifiers_in
from fanal.engine.text.stored import TECHNIQUE, pages_of

Item = tuple[Identifier, ...]
Key = tuple[Mark, str]

MOST_SHOWING = 12
"""Contents that may show an identifier. One that more show is a watermark, a brand or a phrase of everybody's."""
ACCEPTED = frozenset({Mark.PHONE, Mark.EMAIL})
"""What is given to one person or household. All else is a suggestion: a domain may be a whole city's."""
_CONFIDENCES = {
    Mark.PHONE: 0.9,
    Mark.EMAIL: 0.9,
    Mark.HANDLE: 0.6,
    Mark.SERIAL: 0.5,
    Mark.DOMAIN: 0.4,
    Mark.PHRASE: 0.4,
}
"""Set by judgement, low on purpose: no open set of texts in pictures is there to measure them on."""


class _Index:
    """Which contents of a tier show which identifier."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.showing: dict[Key, list[int]] = defaultdict(list)
        for position, item in enumerate(items):
            for one in item:
                self.showing[one.mark, one.key].append(position)


class TextComparer:
    """Finds contents that show the same text, where few do."""

    def __init__(self) -> None:
        self._tiers: Tiers[Item, _Index] = Tiers(_Index)

    def __len__(self) -> int:
        return len(self._tiers)

    def put(self, owner: int, prints: Sequence[Print]) -> None:
        """See `Comparer.put`."""
        item = identifiers_in(pages_of(prints))
        if item:
            self._tiers.put(owner, item)
        else:
            self._tiers.drop(owner)

    def drop(self, owner: int) -> None:
        """See `Comparer.drop`."""
        self._tiers.drop(owner)

    def search(self, prints: Sequence[Print], threads: int = 1) -> Iterator[Found]:
        """See `Comparer.search`. The surest identifier that both show makes the link. One thread is used."""
        shared: dict[int, list[Identifier]] = defaultdict(list)
        tiers = self._tiers.tiers()
        for one in identifiers_in(pages_of(prints)):
            places = ((tier, place) for tier in tiers for place in tier.index.showing.get((one.mark, one.key), ()))
            owners = [owner for tier, place in places if (owner := self._tiers.holds(tier, place)) is not None]
            if len(owners) <= MOST_SHOWING:
                for owner in owners:
                    shared[owner].append(one)
        for owner, found in sorted(shared.items()):
            yield Found(owner, _link(found))


def _link(shared: Sequence[Identifier]) -> Link:
    best = min(shared, key=lambda one: (-_CONFIDENCES[one.mark], -len(one.key), one.key))
    confidence = round(_CONFIDENCES[best.mark] * best.confidence, 4)
    return Link(TECHNIQUE, confidence, best.mark in ACCEPTED, explain_text(best.quote), agreeing=len(shared))
