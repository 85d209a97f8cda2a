"""Regular work of the API: forget answers that nobody asks for again."""

from datetime import timedelta

from fanal.core.jobs.registry import Attempt, every
from fanal.doors.api.models import Reply
from fanal.kit import clock

DAY = 24 * 60 * 60
REMEMBERED = timedelta(days=7)


@every(DAY, "api.forget_replies")
def forget_replies(_: Attempt) -> None:
    """Forget the answers of last week."""
    Reply.objects.filter(at__lt=clock.now() - REMEMBERED).delete()
