"""Work on entries: see which countries are to be told, and which series are proposed, whenever something is new."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from fanal.casework.entries.deeds import take_turn
from fanal.casework.entries.events import SeriesProposed
from fanal.casework.entries.proposed import concerned_by_contents, concerned_by_lead, keep_proposed, settle_again
from fanal.casework.entries.queries import entries_holding, members_of, visible_entries
from fanal.casework.entries.routing import route
from fanal.core.access.models import Agency
from fanal.core.jobs.actions import defer_many, fence
from fanal.core.jobs.registry import Attempt, every, job
from fanal.kit.events import tell

HOUR = 3600


@job("entries.route", queue="match", priority=5, subject="contents")
def route_countries(attempt: Attempt, contents: Sequence[int] = (), entries: Sequence[str] = ()) -> None:
    """Add up what speaks for countries in contents, in the entries that they belong to, and in these entries."""
    with fence(attempt):
        take_turn()
        named = list(visible_entries(None).filter(pk__in=[UUID(entry) for entry in entries]))
        roots = {member.root_id for member in members_of(None, *named)} if named else set()
        held = {entry.pk: entry for entry in [*visible_entries(None).filter(pk__in=roots), *entries_holding(contents)]}
        route(sorted(set(contents)), [held[pk] for pk in sorted(held)])


# In the queue of alerts, of which some wait for it.
@job("entries.propose", queue="alerts", priority=7, subject="lead")
def propose_series(attempt: Attempt, lead: str) -> None:
    """Work out what is proposed to those whom a judged lead concerns, before they are told of it."""
    _keep(attempt, concerned_by_lead(UUID(lead)), SeriesProposed(UUID(lead)))


@job("entries.propose_of", queue="match", priority=5, subject="contents")
def propose_of_contents(attempt: Attempt, contents: Sequence[int]) -> None:
    """Work out what is proposed to those who may see these contents anew, or see them no more."""
    _keep(attempt, concerned_by_contents(contents))


@job("entries.propose_to", queue="match", priority=5, subject="agency")
def propose_to(attempt: Attempt, agency: str) -> None:
    """Work out what is proposed to an agency."""
    _keep(attempt, Agency.objects.filter(pk=agency))


@job("entries.settle", queue="match", priority=5, subject="entries")
def settle_proposed(attempt: Attempt, entries: Sequence[str]) -> None:
    """See what of that which is proposed is a series now, or is none any more."""
    with fence(attempt):
        settle_again([UUID(entry) for entry in entries])


@every(HOUR, "entries.propose_all")
def propose_to_all(attempt: Attempt) -> None:
    """Have worked out what is proposed to each agency: for what nobody told of, such as an agency that is connected."""
    with fence(attempt):
        defer_many("entries.propose_to", [{"agency": str(agency.pk)} for agency in Agency.objects.order_by("code")])


def _keep(attempt: Attempt, agencies: Iterable[Agency], news: SeriesProposed | None = None) -> None:
    """Work out what is proposed to agencies, one after the other, and tell when it is done."""
    for agency in agencies:
        keep_proposed(agency)
    with fence(attempt):
        if news is not None:
            tell(news)
