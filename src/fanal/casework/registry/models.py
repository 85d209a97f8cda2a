"""Tables of what is looked for by itself, and of where it was seen."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from fanal.casework.leads.models import Opinion, Proposed
from fanal.kit.ids import new_id


class Clue(models.Model):
    """A boxed part of a picture that is kept, with what is known of it. The box never changes; nothing is deleted.

    The box is in shares of the stored picture's width and height.
    """

    class Kind(models.TextChoices):
        """What it is kept for."""

        CLUE = "clue", _("Clue")
        REFERENCE = "reference", _("Catalogue reference")
        UBIQUITOUS = "ubiquitous", _("Seen everywhere")

    class State(models.TextChoices):
        """How far the search for it is."""

        WAITING = "waiting", _("Waiting")
        READY = "ready", _("Looked for in everything")
        FAILED = "failed", _("Not possible")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    content = models.ForeignKey("evidence.Content", on_delete=models.PROTECT, related_name="+")
    x = models.FloatField()
    y = models.FloatField()
    width = models.FloatField()
    height = models.FloatField()
    title = models.CharField(max_length=200)
    description = models.CharField(max_length=4000, blank=True)
    tags = ArrayField(models.CharField(max_length=50), default=list)
    countries = ArrayField(models.CharField(max_length=2), default=list)
    shared = models.BooleanField()
    """Whether all connected agencies may see it, as far as they may see its picture."""
    by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    """None where the machine's operator brought it in for the agency."""
    agency = models.ForeignKey("access.Agency", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    withdrawn_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [models.Index(fields=["content"]), models.Index(fields=["agency", "-at"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(
                    x__gte=0, y__gte=0, width__gt=0, height__gt=0, x__lt=1, y__lt=1, width__lte=1, height__lte=1
                ),
                name="clue_box_lies_in_the_picture",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="clue") | models.Q(shared=True), name="what_is_for_all_is_shared"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class CluePrint(models.Model):
    """What a clue is looked for by: a print of its boxed part. Never changes."""

    clue = models.ForeignKey(Clue, on_delete=models.PROTECT, related_name="prints")
    technique = models.CharField(max_length=20)
    data = models.BinaryField()
    quality = models.SmallIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clue", "technique"], name="clue_has_one_print_a_technique")
        ]

    def __str__(self) -> str:
        return f"{self.technique} {self.clue_id}"


class Sighting(Proposed):
    """A proposed link of a content and a clue: what the clue's box shows is seen in it. One a pair, judged like a lead.

    `detail` is as a finding has it, from the clue's picture to the content.
    """

    clue = models.ForeignKey(Clue, on_delete=models.PROTECT, related_name="sightings")
    content = models.ForeignKey("evidence.Content", on_delete=models.PROTECT, related_name="+")
    technique = models.CharField(max_length=20)
    confidence = models.FloatField()
    why = models.TextField()
    detail = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["content"]),
            models.Index(fields=["clue", "-confidence"]),
            models.Index(fields=["state", "-confidence", "-created_at"], name="sighting_surest_first"),
        ]
        constraints: ClassVar = [models.UniqueConstraint(fields=["clue", "content"], name="sighting_once_a_pair")]

    def __str__(self) -> str:
        return f"{self.clue_id} in {self.content_id}"


class SightingJudgement(Opinion):
    """What one officer said of a sighting."""

    sighting = models.ForeignKey(Sighting, on_delete=models.PROTECT, related_name="judgements")

    class Meta(Opinion.Meta):
        indexes: ClassVar = [models.Index(fields=["sighting", "-at"])]

    def __str__(self) -> str:
        return f"{self.verdict} {self.sighting_id}"
