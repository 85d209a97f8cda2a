"""Work on alerts: find out for whom something is news, and what nobody has taken notice of."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from fanal.casework.alerts import cases_news, news, registry_news, widened
from fanal.casework.alerts.actions import escalate, raise_alerts
from fanal.casework.alerts.news import News
from fanal.casework.evidence.queries import contents_after
from fanal.core.jobs.actions import defer, fence
from fanal.core.jobs.registry import Attempt, every, job

CONTENTS_A_JOB = 200


@job("alerts.of_leads", queue="alerts", priority=9, subject="leads")
def of_leads(attempt: Attempt, leads: Sequence[str]) -> None:
    """Tell those whom new leads concern."""
    _tell(attempt, news.of_leads([UUID(lead) for lead in leads]))


@job("alerts.of_sightings", queue="alerts", priority=9, subject="sightings")
def of_sightings(attempt: Attempt, sightings: Sequence[str]) -> None:
    """Tell those whose clue was seen, and those in whose material it was."""
    _tell(attempt, news.of_sightings([UUID(sighting) for sighting in sightings]))


@job("alerts.of_judged_lead", queue="alerts", priority=8, subject="lead")
def of_judged_lead(attempt: Attempt, lead: str) -> None:
    """Tell the others of a judgement."""
    _tell(attempt, news.of_judged_lead(UUID(lead)))


@job("alerts.of_series", queue="alerts", priority=6, subject="lead")
def of_series(attempt: Attempt, lead: str) -> None:
    """Tell those to whom an accepted lead proposes a series."""
    _tell(attempt, registry_news.of_series(UUID(lead)))


@job("alerts.of_judged_sighting", queue="alerts", priority=8, subject="sighting")
def of_judged_sighting(attempt: Attempt, sighting: str) -> None:
    """Tell the others of a judgement."""
    _tell(attempt, news.of_judged_sighting(UUID(sighting)))


@job("alerts.of_question", queue="alerts", priority=8, subject="agency")
def of_question(attempt: Attempt, agency: str, asker: str, contents: Sequence[int]) -> None:
    """Tell an agency who asked about what they do not see."""
    _tell(attempt, news.of_question(UUID(agency), UUID(asker), contents))


@job("alerts.of_meeting", queue="alerts", priority=9, subject="claim")
def of_meeting(attempt: Attempt, claim: str, others: Sequence[str]) -> None:
    """Tell both sides that their work meets."""
    _tell(attempt, news.of_meeting(UUID(claim), [UUID(other) for other in others]))


@job("alerts.of_lapsed", queue="alerts", priority=8, subject="claims")
def of_lapsed(attempt: Attempt, claims: Sequence[str]) -> None:
    """Tell those whose claims ended by themselves."""
    _tell(attempt, news.of_lapsed([UUID(claim) for claim in claims]))


@job("alerts.of_country", queue="alerts", priority=9, subject="country")
def of_country(attempt: Attempt, country: str, content: int | None, entry: str | None) -> None:
    """Tell a country that something points to it."""
    _tell(attempt, registry_news.of_country(country, content, UUID(entry) if entry else None))


@job("alerts.of_entries", queue="alerts", priority=9, subject="entries")
def of_entries(attempt: Attempt, entries: Sequence[str]) -> None:
    """Tell those who search for a victim that it is identified."""
    _tell(attempt, registry_news.of_entries([UUID(entry) for entry in entries]))


@job("alerts.of_widened", queue="alerts", priority=7, subject="submission")
def of_widened(attempt: Attempt, submission: str, at: str, after: int = 0) -> None:
    """Tell those who see a submission anew what concerns them, some contents after others."""
    some = contents_after(UUID(submission), after, CONTENTS_A_JOB)
    told = list(widened.of_contents(some, datetime.fromisoformat(at)))
    with fence(attempt):
        raise_alerts(told)
        if some:
            defer("alerts.of_widened", submission=submission, at=at, after=some[-1])


@job("alerts.of_case", queue="alerts", priority=9, subject="event")
def of_case(attempt: Attempt, event: str) -> None:
    """Tell those whom something concerns that happened in a case."""
    _tell(attempt, cases_news.of_case(UUID(event)))


@job("alerts.of_due", queue="alerts", priority=8, subject="tasks")
def of_due(attempt: Attempt, tasks: Sequence[str]) -> None:
    """Tell those whose tasks are due."""
    _tell(attempt, cases_news.of_due([UUID(task) for task in tasks]))


@every(300, "alerts.escalate")
def escalate_late(attempt: Attempt) -> None:
    """Mark what waits for too long."""
    with fence(attempt):
        escalate()


def _tell(attempt: Attempt, found: Iterable[News]) -> None:
    """Raise alerts of what was found, which is worked out before anybody waits for it."""
    told = list(found)
    with fence(attempt):
        raise_alerts(told)
