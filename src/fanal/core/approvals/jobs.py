"""Regular work on proposals."""

from fanal.core.approvals.actions import lapse
from fanal.core.jobs.actions import fence
from fanal.core.jobs.registry import Attempt, every


@every(300, "approvals.lapse")
def lapse_late(attempt: Attempt) -> None:
    """End what nobody agreed to in time."""
    with fence(attempt):
        lapse()
