"""The table of what was proposed, and what became of it."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from fanal.kit.ids import new_id


class State(models.TextChoices):
    """What became of a proposal."""

    OPEN = "open", _("Waits for a second officer")
    AGREED = "agreed", _("Agreed and done")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    LAPSED = "lapsed", _("Lapsed")


class Proposal(models.Model):
    """A deed that an officer of an agency proposes. `kind` names the deed, `arguments` are what it is done with.

    `subject` is what it is done to, such as `submission:0192…`: of one kind, one proposal at a time may wait for it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey("access.Agency", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=100)
    arguments = models.JSONField(default=dict)
    reason = models.CharField(max_length=2000)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    proposed_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    lapses_at = models.DateTimeField()
    settled_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    """Who agreed, refused or withdrew; nobody where it lapsed."""
    settled_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=2000, blank=True)

    class Meta:
        ordering: ClassVar = ["-proposed_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["agency", "-proposed_at"], name="proposal_of_agency"),
            models.Index(fields=["lapses_at"], name="proposal_waits", condition=models.Q(state="open")),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["agency", "kind", "subject"],
                condition=models.Q(state="open"),
                name="proposal_waits_once_a_subject",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="agreed") | ~models.Q(settled_by=models.F("proposed_by")),
                name="proposal_agreed_by_another",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["open", "lapsed"], settled_by__isnull=True)
                | models.Q(state__in=["agreed", "refused", "withdrawn"], settled_by__isnull=False),
                name="proposal_says_who_settled_it",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.subject}"
