"""How far the files of submissions have come."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from fanal.casework.evidence.models import Content, Exhibit, Submission
from fanal.core.access.asking import asking_for_everybody
from fanal.core.access.database.among import Among
from fanal.core.access.database.made import made_once


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the files of a submission have come. The parts add up to `exhibits`."""

    exhibits: int
    examined: int
    shelved: int
    hash_only: int
    waiting: int
    receiving: bool

    @property
    def done(self) -> int:
        """Files that need nothing more."""
        return self.exhibits - self.waiting

    @property
    def percent(self) -> int:
        """Whole per cent, rounded down, so that 100 means all; 0 before there is anything."""
        return self.done * 100 // self.exhibits if self.exhibits else 0

    @property
    def empty(self) -> bool:
        """True when it was received and holds nothing: all of it was deleted, or nothing came."""
        return not self.receiving and self.exhibits == 0

    @property
    def finished(self) -> bool:
        """True when everything was received and nothing waits."""
        return not self.receiving and self.waiting == 0


def progress_of(submission: Submission) -> Progress:
    """Count how far a submission has come."""
    return progress_of_each([submission])[submission.pk]


@asking_for_everybody()
def progress_of_each(submissions: Sequence[Submission]) -> dict[UUID, Progress]:
    """Count how far submissions that the caller may see have come, with one question to the database, by their ids.

    Whoever sees a submission sees all its files: they are counted without asking a row policy for each.
    """
    asked = [one.pk for one in submissions]
    counts = {submission: numbers for submission, *numbers in (_counts(asked) if asked else ())}
    return {one.pk: _progress(one, *counts.get(one.pk, (0, 0, 0, 0))) for one in submissions}


@made_once
def _counts(submissions: list[UUID]) -> QuerySet[Exhibit, tuple[UUID, int, int, int, int]]:
    packed = Q(content__family="archive", unpacked_at__isnull=True)
    counted = Exhibit.objects.filter(Among("submission_id", submissions)).values_list("submission").order_by()
    return counted.annotate(
        exhibits=Count("id"),
        examined=Count("id", filter=Q(content__state=Content.State.EXAMINED) & ~packed),
        shelved=Count("id", filter=Q(content__state=Content.State.SHELVED) & ~packed),
        hash_only=Count("id", filter=Q(content__state=Content.State.HASH_ONLY)),
    )


def _progress(submission: Submission, exhibits: int, examined: int, shelved: int, hash_only: int) -> Progress:
    if submission.hash_only:
        # Whether anyone has the bytes is not for those who have only digests.
        examined, shelved, hash_only = 0, 0, exhibits
    waiting = exhibits - examined - shelved - hash_only
    receiving = submission.state == Submission.State.RECEIVING
    return Progress(exhibits, examined, shelved, hash_only, waiting=waiting, receiving=receiving)
