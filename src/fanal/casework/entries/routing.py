"""Countries that are to be told: those that an officer confirmed, and those for which enough speaks. Each once."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict

from fanal.casework.entries.events import CountryRouted
from fanal.casework.entries.models import CountryVerdict, Entry, Routing
from fanal.casework.entries.queries import country_verdicts
from fanal.casework.entries.reasons import reasons_of_contents, reasons_of_entry
from fanal.core.access.asking import asking_for_everybody
from fanal.core.audit.actions import record
from fanal.engine.estimate.country import Likely, likely_countries
from fanal.kit import clock
from fanal.kit.actor import SYSTEM
from fanal.kit.events import tell


@asking_for_everybody()
def confirmed_by_officer(said: CountryVerdict) -> None:
    """Route what an officer confirmed, in the caller's transaction, unless it was routed before."""
    about = {"content_id": said.content_id, "entry_id": said.entry_id}
    _route(Likely(said.country, 1.0, ()), confirmed=True, **about)


def route(contents: Sequence[int], entries: Iterable[Entry]) -> int:
    """Route contents and entries for which enough speaks, in the caller's transaction; return how many times.

    What an officer rejected stays where it is. Everything is looked at as the system sees it: what an agency sees of it
    is worked out anew from what it may see.
    """
    routed = [
        _route(likely, content_id=content)
        for content, reasons in reasons_of_contents(None, contents).items()
        for likely in _enough(reasons, country_verdicts(None, content=content))
    ]
    for entry in entries:
        likely_ones = _enough(reasons_of_entry(None, entry), country_verdicts(None, entry=entry))
        routed += [_route(likely, entry_id=entry.root_id) for likely in likely_ones]
    count = sum(routed)
    if count:
        record("entries.routed", actor=SYSTEM, detail={"contents": sorted(contents), "routed": count})
    return count


def _enough(reasons: Iterable, said: dict[str, CountryVerdict]) -> list[Likely]:  # type: ignore[type-arg]
    rejected = {code for code, one in said.items() if one.verdict == CountryVerdict.Verdict.REJECTED}
    return [one for one in likely_countries(reasons) if one.routes and one.country not in rejected]


def _route(likely: Likely, *, confirmed: bool = False, **about: object) -> bool:
    kept = {
        "score": likely.score,
        "confirmed": confirmed,
        "reasons": [asdict(reason) for reason in likely.reasons],
        "at": clock.now(),
    }
    made, fresh = Routing.objects.get_or_create(country=likely.country, **about, defaults=kept)
    if fresh:
        tell(CountryRouted(made.country, made.score, confirmed, content=made.content_id, entry=made.entry_id))
    return fresh
