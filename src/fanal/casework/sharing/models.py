"""Tables of what agencies let others learn, of who asked, and of who works on what."""

from typing import ClassVar

from django.db import models

from fanal.kit.ids import new_id


class Disclosure(models.Model):
    """What an agency answers about material that the one who asks may not see: nothing, or a hit with whom to ask."""

    agency = models.OneToOneField("access.Agency", on_delete=models.PROTECT, primary_key=True, related_name="+")
    answers = models.BooleanField(default=False)
    contact = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"{self.agency_id}: {'hit' if self.answers else 'nothing'}"


class Question(models.Model):
    """That an agency asked about so many digests: what the limit is counted by."""

    agency = models.ForeignKey("access.Agency", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    asked = models.IntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["agency", "at"])]

    def __str__(self) -> str:
        return f"{self.asked} at {self.at:%H:%M}"


class Claim(models.Model):
    """That an agency works on a content. It lapses unless renewed; when it ends it stays, so that history is whole."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    content = models.ForeignKey("evidence.Content", on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("access.Agency", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=500, blank=True)
    made_at = models.DateTimeField()
    lapses_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    """None where it lapsed."""

    class Meta:
        ordering: ClassVar = ["made_at", "id"]
        indexes: ClassVar = [models.Index(fields=["content"]), models.Index(fields=["lapses_at"])]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["agency", "content"], condition=models.Q(ended_at__isnull=True), name="claim_once_an_agency"
            ),
            models.CheckConstraint(condition=models.Q(lapses_at__gt=models.F("made_at")), name="claim_lasts"),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id} on {self.content_id}"
