"""What an agency delivered itself, as far as rules of how long it is kept speak of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count

from fanal.casework.evidence.models import Source, Submission
from fanal.casework.evidence.queries import own_submission
from fanal.core.access.models import Agency


@dataclass(frozen=True, slots=True)
class Delivered:
    """What an agency said of a submission of its own, and how many files it holds."""

    pk: UUID
    name: str
    source: str
    legal_basis: str
    created_at: datetime
    files: int


SOURCES = tuple(Source.choices)
"""Where a submission's files may have been found, each with its name."""


def delivered_by(agency: Agency) -> list[Delivered]:
    """Return an agency's own submissions that are complete and hold files, the oldest first."""
    whole = Submission.objects.filter(agency=agency, state=Submission.State.RECEIVED).annotate(files=Count("exhibits"))
    return [_delivered(one, one.files) for one in whole.filter(files__gt=0).order_by("created_at", "pk")]


def delivered(agency: Agency, submission: UUID) -> Delivered:
    """Return one of an agency's own submissions. Raises NotFound as `own_submission`."""
    held = own_submission(agency, submission)
    return _delivered(held, held.exhibits.count())


def _delivered(one: Submission, files: int) -> Delivered:
    name = one.case_reference or one.label
    return Delivered(one.pk, name, one.source, one.legal_basis, one.created_at, files)
