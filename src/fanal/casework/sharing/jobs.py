"""Work of sharing: end claims whose time is over, forget old questions."""

from datetime import timedelta

from fanal.casework.sharing.actions import lapse
from fanal.casework.sharing.models import Question
from fanal.core.jobs.actions import fence
from fanal.core.jobs.registry import Attempt, every
from fanal.kit import clock

REMEMBERED = timedelta(days=1)


@every(600, "sharing.lapse")
def lapse_late(attempt: Attempt) -> None:
    """End what nobody renewed; what was asked long ago counts for no limit any more and stands in the log."""
    with fence(attempt):
        lapse()
        Question.objects.filter(at__lt=clock.now() - REMEMBERED).delete()
