"""What all verbs of cases share: hold a case, write down what happened in it, tell and log it."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from fanal.casework.cases.events import CaseMoved
from fanal.casework.cases.models import Case, Event, Link
from fanal.casework.cases.queries import joined_case, visible_case
from fanal.core.access.asking import asking_for_everybody
from fanal.core.access.models import Agency, User
from fanal.core.access.queries import actor_of
from fanal.core.audit.actions import record
from fanal.kit import clock
from fanal.kit.errors import Changed, Conflict, Invalid, NotFound
from fanal.kit.events import tell


def hold(case: UUID, by: User, *, as_seen: int | None = None) -> Case:
    """Return an open case that an officer's agency takes part in; nobody else does anything in it meanwhile.

    Raises NotFound where it takes no part, Conflict where the case is closed, Changed where it is not `as_seen`.
    """
    held = hold_any(case, by, as_seen=as_seen)
    if held.state != Case.State.OPEN:
        raise Conflict("This case is closed.", next_step="Open it again first.")
    return held


def hold_any(case: UUID, by: User, *, as_seen: int | None = None, invited: bool = False) -> Case:
    """Return a case as `hold` does, closed or not; `invited` is enough where that is said."""
    (visible_case if invited else joined_case)(by.agency, case)
    with asking_for_everybody():  # only the system writes a case itself
        held = Case.objects.select_for_update(of=["self"]).select_related("lead", "agency").get(pk=case)
    if by.agency_id not in [*held.members, *(held.invited if invited else ())]:
        raise NotFound("There is no such case.")  # it left while we waited
    if as_seen is not None and held.version != as_seen:
        raise Changed("This case is not as it was when you looked at it.")
    return held


def lead_only(case: Case, by: User) -> None:
    """Raises Conflict unless an officer's agency leads the case."""
    if case.lead_id != by.agency_id:
        raise Conflict("Only the agency that leads the case does this.", next_step="Ask it to, or ask for the lead.")


@contextmanager
def changing(case: Case) -> Iterator[None]:
    """Have the block change a held case and its participants, which the system alone writes."""
    case.version += 1
    with asking_for_everybody():
        yield
        case.save()


def happened(
    verb: Event.Verb,
    case: Case,
    by: User,
    *,
    link: Link | None = None,
    kind: str = "",
    about: UUID | None = None,
    other: Agency | None = None,
) -> Event:
    """Write down that something happened, tell of it, and log it last."""
    with asking_for_everybody():  # who has just declined or left writes it too
        made = Event.objects.create(
            case=case,
            verb=verb,
            agency_id=by.agency_id,
            by=by,
            at=clock.now(),
            link=link,
            kind=kind,
            about=about,
            other=other,
        )
        tell(CaseMoved(made.pk, verb))
    named = {"kind": kind, "about": about and str(about), "other": other and str(other.pk)}
    detail = {"event": str(made.pk), **{name: value for name, value in named.items() if value}}
    record(f"cases.{verb}", actor=actor_of(by), subject=f"case:{case.pk}", detail=detail)
    return made


def words(needed: str, text: str, most: int) -> str:
    """Return what an officer wrote, without what no page can show. Raises Invalid for nothing and for too much.

    `needed` says how much there may be, %(most)s for the number.
    """
    plain = text.replace("\0", "").replace("\r\n", "\n").strip()
    if not 0 < len(plain) <= most:
        raise Invalid(needed, next_step="Shorten it, or write something.", most=most)
    return plain
