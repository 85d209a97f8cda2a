"""Work on cases: tell of tasks whose day has come."""

from fanal.casework.cases.events import TasksDue
from fanal.casework.cases.queries import due_by
from fanal.core.jobs.actions import fence
from fanal.core.jobs.registry import Attempt, every
from fanal.kit import clock
from fanal.kit.events import tell

AN_HOUR = 3600


@every(AN_HOUR, "cases.due")
def tell_due(attempt: Attempt) -> None:
    """Tell of tasks that are due, each hour anew: who listens tells nobody twice."""
    with fence(attempt):
        due = tuple(due_by(clock.now().date()).values_list("pk", flat=True))
        if due:
            tell(TasksDue(due))
