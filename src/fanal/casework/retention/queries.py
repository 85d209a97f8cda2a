"""Reads of retention, each already filtered by the agency that asks."""

import calendar
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, QuerySet

from fanal.casework.evidence.delivered import Delivered, delivered_by
from fanal.casework.evidence.erasure import exhibits_in_scope
from fanal.casework.evidence.queries import own_exhibits
from fanal.casework.retention.models import Deletion, Hold, Rule, Tombstone
from fanal.core.access.models import Agency
from fanal.kit.errors import NotFound

MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Due:
    """A submission whose time is over, or will be: since when, and the hold that keeps it all the same."""

    submission: Delivered
    at: datetime
    hold: Hold | None


def rules_of(agency: Agency) -> QuerySet[Rule]:
    """Return the rules of an agency that hold."""
    return Rule.objects.filter(agency=agency, ended_at__isnull=True).select_related("made_by")


def rule_of(agency: Agency, rule: UUID) -> Rule:
    """Return one rule that holds. Raises NotFound alike for what is not there and what is another's."""
    found = rules_of(agency).filter(pk=rule).first()
    if found is None:
        raise NotFound("There is no such rule of your agency.")
    return found


def holds_of(agency: Agency) -> QuerySet[Hold]:
    """Return the legal holds of an agency that were not lifted."""
    return Hold.objects.filter(agency=agency, lifted_at__isnull=True).select_related("by")


def hold_of(agency: Agency, hold: UUID) -> Hold:
    """Return one hold that was not lifted. Raises NotFound alike for what is not there and what is another's."""
    found = holds_of(agency).filter(pk=hold).first()
    if found is None:
        raise NotFound("There is no such hold of your agency.")
    return found


def holding_back(agency: Agency, exhibits: Collection[int]) -> Hold | None:
    """Return a hold of the agency that is laid on any of its exhibits."""
    asked = set(exhibits)
    return next((hold for hold in holds_of(agency) if asked & set(_scope(agency, hold.subject))), None)


def _scope(agency: Agency, subject: str) -> list[int]:
    try:
        return exhibits_in_scope(agency, subject)
    except NotFound:  # there is nothing left that it is laid on
        return []


def due_by(agency: Agency, moment: datetime) -> list[Due]:
    """Return the agency's own submissions whose time is over by a moment, the longest over first: a dry run.

    Nothing is deleted by that: an officer proposes each, and a second one agrees.
    """
    rules = list(rules_of(agency))
    held: dict[UUID, Hold] = {}
    for hold in holds_of(agency) if rules else ():
        there = own_exhibits(agency).filter(pk__in=_scope(agency, hold.subject))
        held |= dict.fromkeys(there.values_list("submission", flat=True).distinct(), hold)
    found = []
    for submission in delivered_by(agency) if rules else ():
        at = due_at(submission, rules)
        if at is not None and at <= moment:
            found.append(Due(submission, at, held.get(submission.pk)))
    return sorted(found, key=lambda one: (one.at, str(one.submission.pk)))


def due_at(submission: Delivered, rules: Collection[Rule]) -> datetime | None:
    """Return when the time of a submission is over, by the rule that keeps it longest; None: no rule speaks of it."""
    speaking = [
        rule
        for rule in rules
        if rule.source in ("", submission.source)
        and rule.legal_basis.casefold() in ("", submission.legal_basis.casefold())
    ]
    return max((months_after(submission.created_at, rule.months) for rule in speaking), default=None)


def months_after(moment: datetime, months: int) -> datetime:
    """Return the same day and time so many months later, or the last day of a month that is shorter."""
    year, month = divmod(moment.year * MONTHS_A_YEAR + moment.month - 1 + months, MONTHS_A_YEAR)
    last = calendar.monthrange(year, month + 1)[1]
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))


def deletions_of(agency: Agency) -> QuerySet[Deletion]:
    """Return what an agency deleted, the newest first."""
    return Deletion.objects.filter(agency=agency).select_related("proposal__proposed_by", "proposal__settled_by")


def deleted_before(agency: Agency, submissions: Collection[UUID]) -> dict[UUID, int]:
    """Return of an agency's own submissions how many files it had deleted before, where there are any."""
    again = Tombstone.objects.filter(
        agency=agency,
        content__exhibits__submission__in=submissions,
        content__exhibits__submission__agency=agency,
        content__exhibits__received_at__gt=F("deletion__at"),
    )
    counted = again.order_by().values_list("content__exhibits__submission")
    return dict(counted.annotate(files=Count("content", distinct=True)))
