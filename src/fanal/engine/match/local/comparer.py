"""Pictures by contract: what their local features share, whole or boxed, and the films whose frames show it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from fanal.engine.fingerprint.local.stored import TECHNIQUE, LocalPrint, unpack
from fanal.engine.fingerprint.prints import Print
from fanal.engine.match.comparer import Bridges, Found
from fanal.engine.match.local.around import Around, around
from fanal.engine.match.local.linking import link_of
from fanal.engine.match.local.search import Looked, Ways, both_ways, judged, look_up
from fanal.engine.match.local.seen import Item, Pictures, Seen, There, laid_over, sample_times
from fanal.engine.match.local.standing import standing
from fanal.engine.match.local.through import MOST_BRIDGES, asked_again, vouched
from fanal.engine.match.tiers import Tier, Tiers

_Tier = Tier[Item, Pictures]


class LocalComparer:
    """Finds what shows the same as a picture, a frame of film or a marked part."""

    def __init__(self, among: "LocalComparer | None" = None) -> None:
        """Begin empty. What is put in is judged as if it were found among all that another comparer holds."""
        self._tiers: Tiers[Item, Pictures] = Tiers(Pictures)
        self._among = among

    def __len__(self) -> int:
        return len(self._tiers)

    def put(self, owner: int, prints: Sequence[Print]) -> None:
        """See `Comparer.put`."""
        mine = tuple(one for one in prints if one.technique == TECHNIQUE)
        for one in mine:
            unpack(one.data)
        if mine:
            self._tiers.put(owner, mine)
        else:
            self._tiers.drop(owner)

    def drop(self, owner: int) -> None:
        """See `Comparer.drop`."""
        self._tiers.drop(owner)

    def search(self, prints: Sequence[Print], threads: int = 1) -> Iterator[Found]:
        """See `Comparer.search`. A print of a part is looked for among all features, of a whole among the strongest."""
        for owner, found in sorted(self._seen(self._tiers.tiers(), prints, threads).items()):
            yield Found(owner, link_of(found, sample_times(prints)))

    def search_through(self, prints: Sequence[Print], bridges: Bridges, threads: int = 1) -> Iterator[Found]:
        """See `BridgingComparer.search_through`. Only marked parts are asked for again."""
        tiers = self._tiers.tiers()
        seen = self._seen(tiers, prints, threads)
        for sure in list(self._through(tiers, seen, bridges, threads)):
            seen[sure.there.owner] = [sure]
        for owner, found in sorted(seen.items()):
            yield Found(owner, link_of(found, sample_times(prints)))

    def _seen(self, tiers: Sequence[_Tier], prints: Sequence[Print], threads: int) -> dict[int, list[Seen]]:
        seen: dict[int, list[Seen]] = defaultdict(list)
        frames = [(one.time, unpack(one.data)) for one in prints if one.technique == TECHNIQUE]
        still = standing(frames)
        for time, query in frames:
            found = list(self._matches(tiers, query, threads))
            for there, over in zip(found, laid_over(found, query), strict=True):
                is_still = time in still and there.is_still
                seen[there.owner].append(Seen(there, query, time, is_still=is_still, laid_over=over))
        return seen

    def around(self, ways: Ways, threads: int = 1) -> Around:
        """Return how many pictures there are, and how common the features of a query are among them."""
        return _around(ways, [(tier, look_up(tier.index.index, ways, threads)) for tier in self._tiers.tiers()])

    def _matches(self, tiers: Sequence[_Tier], query: LocalPrint, threads: int) -> Iterator[There]:
        ways = both_ways(query)
        looked = [(tier, look_up(tier.index.index, ways, threads)) for tier in tiers]
        among = self._among.around(ways, threads) if self._among is not None else _around(ways, looked)
        for tier, hits in looked:
            pictures = tier.index
            for match in judged(pictures.index, ways, hits, among, threads=threads):
                owner = self._tiers.holds(tier, pictures.positions[match.picture])
                if owner is not None:
                    yield There(owner, match, pictures)

    def _through(
        self, tiers: Sequence[_Tier], seen: Mapping[int, list[Seen]], bridges: Bridges, threads: int
    ) -> Iterator[Seen]:
        """Yield what was found of a marked part, but not surely, where another picture that shows it says the same."""
        best = {owner: max(found, key=lambda one: one.surety) for owner, found in seen.items()}
        surest = sorted(best.values(), key=lambda one: one.surety, reverse=True)
        leading = [one for one in surest if one.query.is_part and one.match.accepted and bridges(one.there.owner)]
        for one in leading[:MOST_BRIDGES]:
            again = asked_again(one.there.pictures.index, one.match)
            for there in self._matches(tiers, again, threads) if again else ():
                known = best.get(there.owner)
                if known is None or known.match.accepted:
                    continue
                sure = vouched(known.match, one.match, there.match, known.query.box)
                if sure is not None:
                    best[there.owner] = known._replace(there=known.there._replace(match=sure), through=True)
                    yield best[there.owner]


def _around(ways: Ways, looked: Sequence[tuple[_Tier, Looked]]) -> Around:
    hits = [one for _, found in looked for one in found]
    return around(len(ways[0].query), hits, sum(len(tier.index.index) for tier, _ in looked))
