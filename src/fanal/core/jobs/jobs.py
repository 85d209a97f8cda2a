"""The house's own regular work."""

from fanal.core.audit import actions as audit
from fanal.core.jobs import actions
from fanal.core.jobs.registry import Attempt, every

KEEP_DONE_SECONDS = 6 * 60 * 60


@every(60, "audit.checkpoint")
def sign_checkpoint(_: Attempt) -> None:
    """Sign the audit log's present size and root."""
    audit.sign_checkpoint()


@every(600, "jobs.forget_done")
def forget_done(_: Attempt) -> None:
    """Keep the queue small."""
    actions.forget_done(KEEP_DONE_SECONDS)
