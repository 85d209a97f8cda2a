"""Whole pictures leave only when two persons agree: the one who asks, and a second one, who may approve."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from fanal.casework.notices.drafting import change, held_notice, logged, step
from fanal.casework.notices.models import Notice, State, Verb
from fanal.casework.notices.queries import rejected
from fanal.core.access.models import User
from fanal.core.access.roles import Right, needs
from fanal.core.approvals.actions import propose
from fanal.core.approvals.deeds import Deed
from fanal.core.approvals.models import Proposal
from fanal.core.approvals.queries import waiting_on
from fanal.kit.errors import Conflict


@needs(Right.JUDGE)
@transaction.atomic
def ask_release(notice: UUID, reason: str, by: User) -> Proposal:
    """Ask that the whole pictures chosen for a notice be released; a second person of the agency agrees or refuses.

    Raises NotFound, Invalid without a reason, Conflict where none are chosen, it was released, or asked before.
    """
    held = held_notice(notice, by, (State.DRAFT,))
    if not held.pictures:
        raise Conflict("No whole pictures are chosen.", next_step="Choose them, or seal without.")
    asked = {"pictures": list(held.pictures)}
    made = propose(RELEASE.name, f"notice:{held.pk}", by=by, reason=reason, arguments=asked)
    step(held, Verb.RELEASE_ASKED, by, reason)
    return made


def release_waits(notice: Notice) -> Proposal | None:
    """Return the proposal to release the pictures of a notice that waits for a second person, if there is one."""
    return waiting_on(notice.agency, RELEASE.name, f"notice:{notice.pk}")


def _says(proposal: Proposal) -> str:
    notice = Notice.objects.filter(pk=_notice_of(proposal)).first()
    told = {"n": len(proposal.arguments["pictures"]), "reference": notice.reference if notice else ""}
    if notice is not None and rejected(notice):
        return _("Show whole pictures (%(n)s) in notice %(reference)s, to a country that was rejected since.") % told
    return _("Show whole pictures (%(n)s) to a country that is not connected, in notice %(reference)s.") % told


def _does(proposal: Proposal, by: User) -> None:
    """Release them, if they are still those that were asked for, and nobody has rejected the country since."""
    held = held_notice(_notice_of(proposal), by, (State.DRAFT,))
    if held.pictures != proposal.arguments["pictures"]:
        raise Conflict("Other pictures are chosen by now.", next_step="Refuse this; they ask again.")
    if rejected(held):
        raise Conflict("The country of this notice was rejected.", next_step="Refuse this, and withdraw the notice.")
    change(held, Verb.RELEASED, State.RELEASED, by)
    logged(held, "notices.released", by, pictures=list(held.pictures))


def _notice_of(proposal: Proposal) -> UUID:
    return UUID(proposal.subject.removeprefix("notice:"))


RELEASE = Deed("notices.release", _says, _does, to_propose=Right.JUDGE)
