"""One way of judging what was proposed, be it a link of two contents or of a content and something known."""

from datetime import datetime, timedelta
from typing import TypeVar

from django.db.models import Max, QuerySet

from fanal.casework.leads.models import Opinion, Proposed, State, Verdict
from fanal.core.access.models import User
from fanal.kit import clock
from fanal.kit.errors import ONE_OF, Conflict, Invalid

LONGEST_NOTE = 2000
INSTANT = timedelta(microseconds=1)

Said = TypeVar("Said", bound=Opinion)


def pronounce(held: Proposed, said: QuerySet[Said], made: Said) -> None:
    """Keep a judgement that is filled but for its time; it counts over all earlier ones.

    `said` are the judgements of what is held, which the caller has locked. Raises Invalid for a word that is none, and
    for a note that is too long.
    """
    if made.verdict not in Verdict.values:
        raise Invalid(
            "%(given)s is no judgement.", next_step=ONE_OF, given=made.verdict, known=", ".join(Verdict.values)
        )
    if len(made.note) > LONGEST_NOTE:
        raise Invalid("A note has at most %(most)s characters.", next_step="Shorten it.", most=LONGEST_NOTE)
    made.note = made.note.replace("\0", "")
    made.at = _after_all_others(said)
    made.save(force_insert=True)
    _settle(held, said)


def take_back(held: Proposed, said: QuerySet[Said], by: User) -> Said:
    """Take back the last judgement of an officer's own agency; of those that are left, the last holds.

    Raises Conflict when there is nothing to take back.
    """
    last = said.filter(withdrawn_at__isnull=True, by__agency=by.agency_id).order_by("-at", "-id").first()
    if last is None:
        raise Conflict("There is no judgement of your agency to take back.")
    last.withdrawn_at, last.withdrawn_by = clock.now(), by
    last.save(update_fields=["withdrawn_at", "withdrawn_by"])
    _settle(held, said)
    return last


def _after_all_others(said: QuerySet[Said]) -> datetime:
    """Return now, but later than every judgement before, whatever the clocks of other machines said then."""
    last = said.aggregate(at=Max("at"))["at"]
    return max(clock.now(), last + INSTANT) if last else clock.now()


def _settle(held: Proposed, said: QuerySet[Said]) -> None:
    last = said.filter(withdrawn_at__isnull=True).order_by("-at", "-id").first()
    held.state = last.verdict if last else State.OPEN
    held.save(update_fields=["state"])
