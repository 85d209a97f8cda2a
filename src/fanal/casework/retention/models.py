"""Tables of rules, of legal holds, and of what remains of what was deleted."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from fanal.casework.evidence.delivered import SOURCES
from fanal.kit.ids import new_id


class Ground(models.TextChoices):
    """On what a deletion rests."""

    RULE = "rule", _("Rule of the agency")
    COURT = "court", _("Order of a court")
    SUPERVISOR = "supervisor", _("Order of a supervisor")


class Rule(models.Model):
    """That an agency keeps material of a kind for so many months from its submission. Ended, it stays as history.

    An empty `source` or `legal_basis` means any. Where several rules speak of a submission, the longest time holds.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey("access.Agency", on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=20, choices=SOURCES, blank=True)
    legal_basis = models.CharField(max_length=500, blank=True)
    months = models.PositiveSmallIntegerField()
    made_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["made_at", "id"]
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(months__gte=1), name="rule_keeps_a_month")]

    def __str__(self) -> str:
        return f"{self.months} months of {self.agency_id}"


class Hold(models.Model):
    """A legal hold: what it is laid on is not deleted, whatever rule or order says so, until it is lifted."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey("access.Agency", on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=100)
    reference = models.CharField(max_length=200)
    reason = models.CharField(max_length=2000, blank=True)
    by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    lifted_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.reference} on {self.subject}"


class Deletion(models.Model):
    """That exhibits of an agency were deleted: on what ground, by whom proposed and agreed, and how many."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey("access.Agency", on_delete=models.PROTECT, related_name="+")
    proposal = models.OneToOneField("approvals.Proposal", on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=100)
    ground = models.CharField(max_length=10, choices=Ground.choices)
    reference = models.CharField(max_length=200, blank=True)
    exhibits = models.IntegerField()
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [models.Index(fields=["agency", "-at"], name="deletion_of_agency")]

    def __str__(self) -> str:
        return f"{self.subject} ({self.reference})"


class Tombstone(models.Model):
    """What remains of a content of which an agency's exhibits were deleted: its digest.

    It does not say whether the bytes are gone: that would tell whether another agency has them.
    """

    deletion = models.ForeignKey(Deletion, on_delete=models.PROTECT, related_name="tombstones")
    agency = models.ForeignKey("access.Agency", on_delete=models.PROTECT, related_name="+")
    content = models.ForeignKey("evidence.Content", on_delete=models.PROTECT, related_name="+")
    sha256 = models.BinaryField(max_length=32, null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["deletion", "content"], name="tombstone_once_a_deletion"),
        ]
        indexes: ClassVar = [models.Index(fields=["agency", "content"], name="tombstone_of_content")]

    def __str__(self) -> str:
        return bytes(self.sha256 or b"").hex()[:12]
