"""Work on entries: see which countries are to be told, whenever something new speaks for one."""

from collections.abc import Sequence
from uuid import UUID

from fanal.casework.entries.deeds import take_turn
from fanal.casework.entries.queries import entries_holding, members_of, visible_entries
from fanal.casework.entries.routing import route
from fanal.core.jobs.actions import fence
from fanal.core.jobs.registry import Attempt, job


@job("entries.route", queue="match", priority=5, subject="contents")
def route_countries(attempt: Attempt, contents: Sequence[int] = (), entries: Sequence[str] = ()) -> None:
    """Add up what speaks for countries in contents, in the entries that they belong to, and in these entries."""
    with fence(attempt):
        take_turn()
        named = list(visible_entries(None).filter(pk__in=[UUID(entry) for entry in entries]))
        roots = {member.root_id for member in members_of(None, *named)} if named else set()
        held = {entry.pk: entry for entry in [*visible_entries(None).filter(pk__in=roots), *entries_holding(contents)]}
        route(sorted(set(contents)), [held[pk] for pk in sorted(held)])
