"""The deed of deleting: what it says, and what it does when a second officer agrees."""

from collections.abc import Iterator

from django.utils.translation import gettext, ngettext

from fanal.casework.evidence.delivered import delivered
from fanal.casework.evidence.erasure import Erased, as_id, exhibits_in_scope, take_away
from fanal.casework.retention.models import Deletion, Ground, Tombstone
from fanal.casework.retention.queries import due_at, holding_back, rules_of
from fanal.core.access.actions import hold_agency
from fanal.core.access.models import Agency, User
from fanal.core.access.queries import actor_of
from fanal.core.approvals.deeds import Deed
from fanal.core.approvals.models import Proposal
from fanal.core.audit.actions import Entry, record_all
from fanal.kit import clock, crash
from fanal.kit.actor import SYSTEM
from fanal.kit.errors import Conflict
from fanal.kit.portions import some_at_once

DIGESTS_AN_ENTRY = 1_000


def may_go(agency: Agency, subject: str, ground: Ground) -> list[int]:
    """Return the exhibits that go with a subject, if they may go now.

    Raises NotFound, and Conflict where a hold is laid on them, and where no rule says that their time is over.
    """
    exhibits = exhibits_in_scope(agency, subject)
    if not exhibits:
        raise Conflict("There is nothing left to delete.")
    if holding_back(agency, exhibits) is not None:
        raise Conflict("A legal hold is laid on this: it is not deleted until the hold is lifted.")
    if ground == Ground.RULE:
        submission = delivered(agency, as_id(subject.removeprefix("submission:")))
        due = due_at(submission, list(rules_of(agency)))
        if due is None or due > clock.now():
            raise Conflict("No rule of your agency says that the time of this is over.")
    return exhibits


def _delete(proposal: Proposal, by: User) -> None:
    """Delete what was proposed, if it is what it was then and nothing holds it back."""
    hold_agency(by.agency)  # a hold is laid before, or after all is gone
    told = proposal.arguments
    exhibits = may_go(by.agency, proposal.subject, Ground(told["ground"]))
    if len(exhibits) != told["files"]:
        raise Conflict("The number of files has changed meanwhile: refuse this, and propose it anew.")
    erased = take_away(by.agency, proposal.subject)
    made = Deletion.objects.create(
        agency=by.agency,
        proposal=proposal,
        subject=proposal.subject,
        ground=told["ground"],
        reference=told["reference"],
        exhibits=len(exhibits),
        at=clock.now(),
    )
    Tombstone.objects.bulk_create(
        (
            Tombstone(deletion=made, agency=by.agency, content_id=content, sha256=sha256 or None)
            for content, sha256 in sorted(erased.contents.items())
        ),
        batch_size=1_000,
    )
    crash.here("retention.buried")
    record_all(list(_entries(made, erased, proposal, by)))
    crash.here("retention.logged")


def _entries(made: Deletion, erased: Erased, proposal: Proposal, by: User) -> Iterator[Entry]:
    """Yield what the log says: to the agency what it deleted; for the system alone, of which the bytes went too."""
    subject = f"deletion:{made.pk}"
    detail = {
        "subject": made.subject,
        "ground": made.ground,
        "reference": made.reference,
        "reason": proposal.reason,
        "exhibits": made.exhibits,
        "contents": len(erased.contents),
    }
    yield Entry("retention.deleted", actor_of(by), subject, detail)
    for some in some_at_once(
        [sha256.hex() for _, sha256 in sorted(erased.contents.items()) if sha256], DIGESTS_AN_ENTRY
    ):
        yield Entry("retention.buried", actor_of(by), subject, {"sha256": some})
    for some in some_at_once([erased.contents[content].hex() for content in sorted(erased.gone)], DIGESTS_AN_ENTRY):
        yield Entry("evidence.erased", SYSTEM, subject, {"sha256": some})


def _says(proposal: Proposal) -> str:
    told = proposal.arguments
    what = ngettext(
        "Delete for good: %(what)s, %(n)s file.", "Delete for good: %(what)s, %(n)s files.", told["files"]
    ) % {"what": told["what"], "n": told["files"]}
    ground = gettext("%(ground)s: %(reference)s") % {
        "ground": Ground(told["ground"]).label,
        "reference": told["reference"] or "-",
    }
    return f"{what} {ground}"


DELETE = Deed("retention.delete", _says, _delete)
