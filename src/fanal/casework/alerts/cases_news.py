"""What of cases is news for an agency: an invitation, a note, a task, the lead, a decision. And what it answered."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.db.models import Q

from fanal.casework.alerts.models import Alert, Kind
from fanal.casework.alerts.news import News
from fanal.casework.cases.models import Case, Event, Link, Task
from fanal.casework.cases.queries import case_of_event
from fanal.casework.cases.timeline import ANSWERED, MOST_OF_EACH, Happening
from fanal.core.access.models import Agency

TOLD_OF = {
    Event.Verb.INVITED: Kind.INVITED,
    Event.Verb.NOTED: Kind.NOTE,
    Event.Verb.TASKED: Kind.TASK,
    Event.Verb.OFFERED: Kind.OFFERED,
    Event.Verb.DECIDED: Kind.DECISION,
}
TO_ALL = {Kind.NOTE, Kind.DECISION}
"""What all who take part are told; the rest, only the one whom it is for."""


def of_case(event: UUID) -> Iterator[News]:
    """Yield the news that something happened in a case: to whom it is for, while they are in it, not to who did it."""
    done = case_of_event(event)
    kind, case = TOLD_OF[Event.Verb(done.verb)], done.case
    here = set(case.members) | (set(case.invited) if kind == Kind.INVITED else set())
    for agency in sorted(here if kind in TO_ALL else here & {done.other_id}, key=str):
        if agency is not None and agency != done.agency_id:
            yield News(agency, kind, f"case:{case.pk}", f"case:{case.pk}:{done.pk}", done.agency_id, done.at)


def of_due(tasks: Sequence[UUID]) -> Iterator[News]:
    """Yield the news that tasks are due: to whose they are, once for each day that was set."""
    for task in Task.objects.filter(pk__in=tasks, state=Task.State.OPEN).select_related("case").order_by("pk"):
        if task.to_id in task.case.members:
            subject = f"case:{task.case_id}:{task.pk}:{task.due}"
            yield News(task.to_id, Kind.DUE, f"case:{task.case_id}", subject, task.agency_id, task.at)


def answered_in(agency: Agency, case: Case, links: Sequence[Link]) -> Iterator[Happening]:
    """Yield what an agency itself answered to alerts of a case, and of the entries and leads linked with it."""
    keys = [f"case:{case.pk}", *(f"entry:{link.entry_id}" for link in links if link.entry_id)]
    about = Q(key__in=keys)
    for link in links[:MOST_OF_EACH]:
        if link.lead_id:
            about |= Q(subjects__contains=[f"lead:{link.lead_id}"]) | Q(key=f"lead:{link.lead_id}")
    found = Alert.objects.filter(about, agency=agency, acknowledged_at__gte=case.opened_at)
    for alert in found.select_related("acknowledged_by", "agency").order_by("-acknowledged_at")[:MOST_OF_EACH]:
        if alert.acknowledged_at is not None:
            at, key = alert.acknowledged_at, f"alert:{alert.pk}"
            yield Happening(at, key, ANSWERED, alert.agency, alert.acknowledged_by, alert, words=alert.answer)
