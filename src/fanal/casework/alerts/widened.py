"""What becomes news when more agencies see a submission: all that was found before, tested anew against who sees it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain

from fanal.casework.alerts import news, registry_news
from fanal.casework.alerts.news import News
from fanal.casework.entries.queries import entries_holding, routed_of
from fanal.casework.leads.queries import leads_touching
from fanal.casework.registry.queries import sightings_touching
from fanal.casework.sharing.queries import claims_touching, colliding


def of_contents(contents: Sequence[int], at: datetime) -> Iterator[News]:
    """Yield what concerns anybody in contents that more agencies see since `at`; who was told of it is not told again.

    Everything was compared when it came in, whoever sees it. So nothing is compared here: what was found is read anew.
    """
    for one in chain(_of_findings(contents), _of_work(contents), _of_registry(contents)):
        yield replace(one, caused_at=at)


def _of_findings(contents: Sequence[int]) -> Iterator[News]:
    yield from news.of_leads(leads_touching(contents))
    yield from news.of_sightings(sightings_touching(contents))


def _of_work(contents: Sequence[int]) -> Iterator[News]:
    for claim in claims_touching(contents):
        yield from news.of_meeting(claim.pk, [other.pk for other in colliding(claim)])


def _of_registry(contents: Sequence[int]) -> Iterator[News]:
    for routed in routed_of(contents):
        yield from registry_news.of_country(routed.country, routed.content_id, routed.entry_id)
    yield from registry_news.of_entries([entry.pk for entry in entries_holding(contents)])
