"""The house's own regular work."""

import logging

from fanal.core.access.sessions import SessionStore
from fanal.core.audit import actions as audit
from fanal.core.jobs import actions
from fanal.core.jobs.registry import Attempt, every
from fanal.core.vault import actions as vault

KEEP_DONE_SECONDS = 6 * 60 * 60
DAY = 24 * 60 * 60

logger = logging.getLogger(__name__)


@every(60, "audit.checkpoint")
def sign_checkpoint(_: Attempt) -> None:
    """Sign the audit log's present size and root."""
    audit.sign_checkpoint()


@every(DAY, "vault.sweep")
def sweep_vault(_: Attempt) -> None:
    """Delete what interrupted submissions left in the media store, and report what is missing from it."""
    report = vault.sweep()
    logger.info("Swept the vault: %s of %s objects belonged to nobody", report.orphans, report.objects)
    if report.missing:
        logger.error("%s contents are missing from the media store; run `fanal verify`", len(report.missing))


@every(600, "jobs.forget_done")
def forget_done(_: Attempt) -> None:
    """Keep the queue small."""
    actions.forget_done(KEEP_DONE_SECONDS)


@every(DAY, "access.forget_sessions")
def forget_sessions(_: Attempt) -> None:
    """Forget the sessions that have ended by themselves."""
    SessionStore.clear_expired()
