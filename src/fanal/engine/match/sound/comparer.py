"""Recordings by contract: each content's prints, joined, in tiers of sound indexes."""

from collections.abc import Iterator, Sequence

from fanal.engine.fingerprint.prints import Print
from fanal.engine.fingerprint.sound.prints import TECHNIQUE, Peaks
from fanal.engine.match.comparer import Found
from fanal.engine.match.explain import explain_sounds
from fanal.engine.match.link import Link
from fanal.engine.match.sound.confidence import sound_accepted, sound_confidence
from fanal.engine.match.sound.index import SoundHit, SoundIndex, joined
from fanal.engine.match.tiers import Tiers


class SoundComparer:
    """Finds the same recording in other sounds and in the sound tracks of films."""

    def __init__(self) -> None:
        self._tiers: Tiers[Peaks, SoundIndex] = Tiers(SoundIndex)

    def __len__(self) -> int:
        return len(self._tiers)

    def put(self, owner: int, prints: Sequence[Print]) -> None:
        """See `Comparer.put`."""
        if any(one.technique == TECHNIQUE for one in prints):
            self._tiers.put(owner, joined(prints))
        else:
            self._tiers.drop(owner)

    def drop(self, owner: int) -> None:
        """See `Comparer.drop`."""
        self._tiers.drop(owner)

    def search(self, prints: Sequence[Print], threads: int = 1) -> Iterator[Found]:
        """See `Comparer.search`. One thread is used."""
        query = joined(prints)
        for tier in self._tiers.tiers():
            for hit in tier.index.search(query):
                owner = self._tiers.holds(tier, hit.owner)
                if owner is not None:
                    yield Found(owner, _link(hit))


def _link(hit: SoundHit) -> Link:
    best = hit.stretches[0]
    return Link(
        TECHNIQUE,
        sound_confidence(hit.score),
        sound_accepted(hit.score),
        explain_sounds(best.agreeing, best.query, best.reference, best.tempo),
        segments=tuple((stretch.query, stretch.reference) for stretch in hit.stretches if sound_accepted(stretch.score))
        or ((best.query, best.reference),),
        agreeing=best.agreeing,
    )
