"""Tables of news for agencies, and of what was told already."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from fanal.kit.ids import new_id


class Kind(models.TextChoices):
    """What an alert is about."""

    LEAD = "lead", _("Leads on your material")
    SIGHTING = "sighting", _("A clue was seen")
    JUDGEMENT = "judgement", _("Judged elsewhere")
    ASKED = "asked", _("Asked about your material")
    MEETING = "meeting", _("Works on the same")
    LAPSED = "lapsed", _("Your claim has lapsed")
    COUNTRY = "country", _("Points to your country")
    IDENTIFIED = "identified", _("A victim is identified")
    INVITED = "invited", _("Invited to a case")
    NOTE = "note", _("A note in a case")
    TASK = "task", _("A task for you")
    OFFERED = "offered", _("You are offered the lead of a case")
    DECISION = "decision", _("Decided in a case")
    DUE = "due", _("A task is due")
    NOTICE = "notice", _("A notice waits")
    ANSWERED = "answered", _("A country answered")
    PROPOSED = "proposed", _("A series is proposed")


class Alert(models.Model):
    """News for one agency, to be acknowledged. News of the same kind and key adds to it until then.

    `number` orders all alerts as they were told: it grows whenever the alert does, and never comes twice. `key` is what
    the news has in common, `subjects` the first few things that it is about, such as `lead:0192…`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.BigIntegerField(unique=True)
    agency = models.ForeignKey("access.Agency", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    key = models.CharField(max_length=100)
    other = models.ForeignKey("access.Agency", on_delete=models.PROTECT, related_name="+")
    """Whose material, clue or judgement the news is of."""
    subjects = models.JSONField(default=list)
    count = models.IntegerField(default=0)
    caused_at = models.DateTimeField()
    """When the first of what it is about came in."""
    told_at = models.DateTimeField()
    grown_at = models.DateTimeField()
    escalated_at = models.DateTimeField(null=True)
    handed_to = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    acknowledged_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    acknowledged_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=2000, blank=True)

    class Meta:
        ordering: ClassVar = ["-number"]
        indexes: ClassVar = [
            models.Index(fields=["agency", "number"]),
            models.Index(
                fields=["agency", "told_at"], name="alert_waits", condition=models.Q(acknowledged_at__isnull=True)
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["agency", "kind", "key"],
                condition=models.Q(acknowledged_at__isnull=True),
                name="alert_once_until_acknowledged",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class Told(models.Model):
    """That an agency was told of something: never twice, whatever is delivered again."""

    agency = models.ForeignKey("access.Agency", on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=100)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["agency", "subject"], name="told_once")]

    def __str__(self) -> str:
        return self.subject
