"""Verbs of sharing: ask what is known, say what others may learn, claim, renew, release."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from fanal.casework.evidence.queries import visible_content
from fanal.casework.sharing.errors import AskedTooMuch
from fanal.casework.sharing.events import AskedAbout, ClaimsLapsed, WorkCollides
from fanal.casework.sharing.models import Claim, Disclosure, Question
from fanal.casework.sharing.queries import Answer, answers_to, asked_lately, colliding, lapsing_before, own_claim
from fanal.core.access.actions import hold_agency
from fanal.core.access.models import Agency, User
from fanal.core.access.queries import actor_of
from fanal.core.access.roles import Right, needs
from fanal.core.audit.actions import Entry, record, record_all
from fanal.kit import clock
from fanal.kit.actor import SYSTEM, Actor
from fanal.kit.errors import Conflict, Invalid
from fanal.kit.events import tell

MOST_AT_ONCE = 1_000
MOST_AN_HOUR = 20_000
DIGEST_BYTES = 32
LONGEST_NOTE, LONGEST_CONTACT = 500, 300
CLAIMED_FOR = timedelta(days=90)
LONGEST_CLAIM = timedelta(days=366)


@transaction.atomic
def ask(agency: Agency, digests: Sequence[bytes], actor: Actor) -> Sequence[Answer]:
    """Tell an agency which SHA-256 digests are known, before it uploads anything; logged for both sides.

    Raises Invalid for no or too many digests and for what is none, AskedTooMuch beyond the limit of an hour.
    """
    if not 0 < len(digests) <= MOST_AT_ONCE or any(len(digest) != DIGEST_BYTES for digest in digests):
        raise Invalid(
            "A question has 1 to %(most)s SHA-256 digests.", next_step="Ask in several questions.", most=MOST_AT_ONCE
        )
    hold_agency(agency)  # one question of an agency at a time, so that the limit counts all of them
    if asked_lately(agency) + len(digests) > MOST_AN_HOUR:
        raise AskedTooMuch("An agency may ask about %(most)s files an hour.", most=MOST_AN_HOUR)
    Question.objects.create(agency=agency, at=clock.now(), asked=len(digests))
    told = answers_to(agency, digests)
    detail = {"asked": len(digests), "known": sum(answer.known for answer in told.answers)}
    entries = [Entry("sharing.asked", actor, f"agency:{agency.pk}", detail)]
    for owner, contents in sorted(told.hidden.items()):
        shown = {"contents": [str(content) for content in contents]}
        entries.append(Entry("sharing.answered", actor, f"agency:{owner}", shown))
        tell(AskedAbout(owner, agency.pk, tuple(contents)))
    record_all(entries)
    return told.answers


@transaction.atomic
def disclose(agency: Agency, *, answers: bool, contact: str, actor: Actor) -> Disclosure:
    """Say whether others learn of a hit on what they may not see, and whom they are to ask. Raises Invalid."""
    contact = contact.replace("\0", "").strip()
    if len(contact) > LONGEST_CONTACT or (answers and not contact):
        raise Invalid(
            "A contact has 1 to %(most)s characters.", next_step="Name a desk, mail or telephone.", most=LONGEST_CONTACT
        )
    made, _ = Disclosure.objects.update_or_create(agency=agency, defaults={"answers": answers, "contact": contact})
    record("sharing.disclosed", actor=actor, subject=f"agency:{agency.pk}", detail={"answers": answers})
    return made


@needs(Right.JUDGE)
@transaction.atomic
def claim(content: int, by: User, note: str = "", lasts: timedelta = CLAIMED_FOR) -> Claim:
    """Say that one's agency works on a content, for a time. Those whose work it meets are told, and it is.

    Raises NotFound for a content that the officer may not see, Conflict where the agency has claimed it before,
    Invalid for a long note or time.
    """
    shown = visible_content(by.agency, content)
    note = note.replace("\0", "").strip()
    if len(note) > LONGEST_NOTE or not timedelta() < lasts <= LONGEST_CLAIM:
        raise Invalid("A claim lasts up to a year, its note has up to %(most)s characters.", most=LONGEST_NOTE)
    hold_agency(by.agency)
    if Claim.objects.filter(content=shown.pk, agency=by.agency, ended_at__isnull=True).exists():
        raise Conflict("Your agency works on this already.", next_step="Renew the claim instead.")
    now = clock.now()
    made = Claim.objects.create(
        content_id=shown.pk, agency=by.agency, by=by, note=note, made_at=now, lapses_at=now + lasts
    )
    others = colliding(made)
    if others:
        tell(WorkCollides(made.pk, tuple(other.pk for other in others)))
    detail = {"content": str(shown.pk), "lapses_at": made.lapses_at.isoformat(), "meets": len(others)}
    record("sharing.claimed", actor=actor_of(by), subject=f"claim:{made.pk}", detail=detail)
    return made


@needs(Right.JUDGE)
@transaction.atomic
def renew(claim: UUID, by: User, lasts: timedelta = CLAIMED_FOR) -> Claim:
    """Have a claim of one's agency lapse later. Raises NotFound, and Invalid for a time beyond a year."""
    held = _held(claim, by)
    if not timedelta() < lasts <= LONGEST_CLAIM:
        raise Invalid("A claim lasts up to a year.")
    held.lapses_at = clock.now() + lasts
    held.save(update_fields=["lapses_at"])
    detail = {"lapses_at": held.lapses_at.isoformat()}
    record("sharing.renewed", actor=actor_of(by), subject=f"claim:{held.pk}", detail=detail)
    return held


@needs(Right.JUDGE)
@transaction.atomic
def release(claim: UUID, by: User) -> Claim:
    """Say that one's agency works on it no longer. Raises NotFound."""
    held = _held(claim, by)
    held.ended_at, held.ended_by = clock.now(), by
    held.save(update_fields=["ended_at", "ended_by"])
    record("sharing.released", actor=actor_of(by), subject=f"claim:{held.pk}")
    return held


def lapse() -> int:
    """End the claims whose time is over, in the caller's transaction; return how many."""
    late = list(lapsing_before(clock.now()).select_for_update(skip_locked=True).order_by("pk"))
    for held in late:
        held.ended_at = held.lapses_at
        held.save(update_fields=["ended_at"])
    if late:
        tell(ClaimsLapsed(tuple(held.pk for held in late)))
        record("sharing.lapsed", actor=SYSTEM, detail={"claims": [str(held.pk) for held in late]})
    return len(late)


def end_claims(contents: Sequence[int]) -> None:
    """End all claims on contents that were erased, in the caller's transaction."""
    Claim.objects.filter(content__in=list(contents), ended_at__isnull=True).update(ended_at=clock.now())


def _held(claim: UUID, by: User) -> Claim:
    return Claim.objects.select_for_update().get(pk=own_claim(by.agency, claim).pk)
