"""What alerts do when they hear news from below."""

from collections.abc import Sequence
from uuid import UUID

from fanal.casework.alerts.cases_news import TOLD_OF, answered_in
from fanal.casework.cases.events import CaseMoved, TasksDue
from fanal.casework.cases.timeline import also
from fanal.casework.entries.events import CountryRouted, EntriesChanged, SeriesProposed
from fanal.casework.evidence.events import VisibilityWidened
from fanal.casework.leads.events import LeadJudged, LeadsProposed
from fanal.casework.registry.events import CluesSighted, SightingJudged
from fanal.casework.sharing.events import AskedAbout, ClaimsLapsed, WorkCollides
from fanal.core.jobs.actions import defer, defer_many
from fanal.kit import clock
from fanal.kit.events import listen
from fanal.kit.portions import some_at_once

TOLD_AT_ONCE = 200


def start_listening() -> None:
    """Hear of leads, sightings and judgements, of questions and claims, of countries and victims, of cases; and tell
    cases what was answered.
    """
    listen(LeadsProposed, tell_of_leads)
    listen(CluesSighted, tell_of_sightings)
    listen(LeadJudged, tell_of_judged_lead)
    listen(SeriesProposed, tell_of_series)
    listen(SightingJudged, tell_of_judged_sighting)
    listen(AskedAbout, tell_of_question)
    listen(WorkCollides, tell_of_meeting)
    listen(ClaimsLapsed, tell_of_lapsed)
    listen(CountryRouted, tell_of_country)
    listen(EntriesChanged, tell_of_entries)
    listen(VisibilityWidened, tell_of_widened)
    listen(CaseMoved, tell_of_case)
    listen(TasksDue, tell_of_due)
    also(answered_in)


def tell_of_leads(news: LeadsProposed) -> None:
    """Have those told whom the leads concern."""
    defer_many("alerts.of_leads", [{"leads": some} for some in _portions(news.leads)])


def tell_of_sightings(news: CluesSighted) -> None:
    """Have those told whose clue or material it is."""
    defer_many("alerts.of_sightings", [{"sightings": some} for some in _portions(news.sightings)])


def tell_of_judged_lead(news: LeadJudged) -> None:
    """Have the others told."""
    defer("alerts.of_judged_lead", lead=str(news.lead))


def tell_of_series(news: SeriesProposed) -> None:
    """Have those told to whom a judged lead proposes a series."""
    defer("alerts.of_series", lead=str(news.lead))


def tell_of_judged_sighting(news: SightingJudged) -> None:
    """Have the others told."""
    defer("alerts.of_judged_sighting", sighting=str(news.sighting))


def tell_of_question(news: AskedAbout) -> None:
    """Have the owner told who asked."""
    contents = list(news.contents)
    defer("alerts.of_question", agency=str(news.agency), asker=str(news.asker), contents=contents)


def tell_of_meeting(news: WorkCollides) -> None:
    """Have both sides told."""
    defer("alerts.of_meeting", claim=str(news.claim), others=[str(other) for other in news.others])


def tell_of_lapsed(news: ClaimsLapsed) -> None:
    """Have those told whose claims they were."""
    defer("alerts.of_lapsed", claims=[str(claim) for claim in news.claims])


def tell_of_country(news: CountryRouted) -> None:
    """Have the country told."""
    entry = str(news.entry) if news.entry else None
    defer("alerts.of_country", country=news.country, content=news.content, entry=entry)


def tell_of_entries(news: EntriesChanged) -> None:
    """Have those told who search for a victim that was identified."""
    if news.entries:
        defer("alerts.of_entries", entries=[str(entry) for entry in news.entries])


def tell_of_widened(news: VisibilityWidened) -> None:
    """Have those told who see anew what concerns them."""
    defer("alerts.of_widened", submission=str(news.submission), at=clock.now().isoformat())


def tell_of_case(news: CaseMoved) -> None:
    """Have those told who are invited, asked to do something or to know."""
    if news.verb in TOLD_OF:
        defer("alerts.of_case", event=str(news.event))


def tell_of_due(news: TasksDue) -> None:
    """Have those told whose tasks they are."""
    defer_many("alerts.of_due", [{"tasks": some} for some in _portions(news.tasks)])


def _portions(ids: Sequence[UUID]) -> list[list[str]]:
    return list(some_at_once(map(str, ids), TOLD_AT_ONCE))
