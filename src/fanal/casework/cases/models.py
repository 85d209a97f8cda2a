"""Tables of cases: who takes part, what was put into the room, and what happened there. Nothing is ever deleted.

`Case.members` and `Case.invited` are what the participants amount to: row policies go by them.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from fanal.kit.ids import new_id

LINKABLE = ("content", "exhibit", "lead", "entry", "clue")


class Case(models.Model):
    """A room for agencies. `agency` opened it, `lead` leads it now; `version` grows with its own fields alone."""

    class State(models.TextChoices):
        """Where it stands."""

        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reference = models.CharField(max_length=30, unique=True)
    title = models.CharField(max_length=200)
    agency = models.ForeignKey("access.Agency", on_delete=models.PROTECT, related_name="+")
    lead = models.ForeignKey("access.Agency", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    outcome = models.CharField(max_length=2000, blank=True)
    closed_at = models.DateTimeField(null=True)
    members = ArrayField(models.UUIDField())
    invited = ArrayField(models.UUIDField(), default=list)
    version = models.IntegerField(default=1)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(reference__regex=r"^[A-Z0-9-]{2,12}-[0-9]{4}-[0-9]{4,6}$"),
                name="case_has_a_reference_and_no_name",
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True, outcome="")
                | (Q(state="closed", closed_at__isnull=False) & ~Q(outcome="")),
                name="case_closed_says_how",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class Participant(models.Model):
    """An agency in a case, and which of its officers work on it."""

    class State(models.TextChoices):
        """How far it is with it."""

        INVITED = "invited", _("Invited")
        JOINED = "joined", _("Takes part")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Invitation withdrawn")
        LEFT = "left", _("Left")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="participants")
    agency = models.ForeignKey("access.Agency", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices)
    officers = ArrayField(models.UUIDField(), default=list)
    at = models.DateTimeField()
    """Since when it is as it is."""

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "agency"], name="participant_once_a_case"),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.state}"


class Offer(models.Model):
    """That the agency that leads offers the lead to another one. What was answered stays."""

    class State(models.TextChoices):
        """What became of it."""

        WAITING = "waiting", _("Waiting")
        ACCEPTED = "accepted", _("Accepted")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="offers")
    to = models.ForeignKey("access.Agency", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    answered_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(state="waiting"), name="lead_offered_to_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.to_id} {self.state}"


class Contribution(models.Model):
    """What an agency put into a case. It takes it back by `withdrawn_at`, and may put it back: it is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("access.Agency", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    withdrawn_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        ordering: ClassVar = ["-id"]


class Link(Contribution):
    """That one thing belongs to a case. Only who may see the thing is given its link."""

    content = models.ForeignKey("evidence.Content", on_delete=models.PROTECT, null=True, related_name="+")
    # No constraint: an exhibit that is deleted by order goes, and its link is seen by nobody any more.
    exhibit = models.ForeignKey(
        "evidence.Exhibit", on_delete=models.DO_NOTHING, null=True, related_name="+", db_constraint=False
    )
    lead = models.ForeignKey("leads.Lead", on_delete=models.PROTECT, null=True, related_name="+")
    entry = models.ForeignKey("entries.Entry", on_delete=models.PROTECT, null=True, related_name="+")
    clue = models.ForeignKey("registry.Clue", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta(Contribution.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Exact(
                    Func(*map(F, LINKABLE), function="num_nonnulls", output_field=models.IntegerField()), 1
                ),
                name="case_link_is_of_one_thing",
            ),
            *(
                models.UniqueConstraint(fields=["case", kind], name=f"case_linked_once_with_{kind}")
                for kind in LINKABLE
            ),
        ]

    @property
    def kind(self) -> str:
        """What it is a link with."""
        return next(kind for kind in LINKABLE if getattr(self, f"{kind}_id") is not None)

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"


class Note(Contribution):
    """What an officer writes down. `number` is that of its last text."""

    number = models.IntegerField(default=1)

    class Meta(Contribution.Meta):
        indexes: ClassVar = [models.Index(fields=["case"])]

    def __str__(self) -> str:
        return f"note {self.pk}"


class NoteText(models.Model):
    """A note as it stood at one time. Never changed."""

    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="texts")
    number = models.IntegerField()
    text = models.CharField(max_length=10_000)
    by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["note", "number"], name="note_text_has_a_number")]

    def __str__(self) -> str:
        return f"{self.note_id} {self.number}"


class Task(Contribution):
    """What is to be done, by an agency or one of its officers."""

    class State(models.TextChoices):
        """Whether it is done."""

        OPEN = "open", _("To do")
        DONE = "done", _("Done")

    title = models.CharField(max_length=500)
    to = models.ForeignKey("access.Agency", on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    due = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    done_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta(Contribution.Meta):
        indexes: ClassVar = [models.Index(fields=["case"]), models.Index(fields=["state", "due"])]

    def __str__(self) -> str:
        return f"task {self.pk}"


class Decision(Contribution):
    """What was decided, and why."""

    what = models.CharField(max_length=2000)
    why = models.CharField(max_length=4000)

    class Meta(Contribution.Meta):
        indexes: ClassVar = [models.Index(fields=["case"])]

    def __str__(self) -> str:
        return f"decision {self.pk}"


class Document(Contribution):
    """A file that was attached. Its bytes lie in the vault; they are handed out as a download, never shown."""

    name = models.CharField(max_length=200)
    size = models.BigIntegerField()
    sha256 = models.BinaryField(max_length=32)
    blob = models.ForeignKey("vault.Blob", on_delete=models.PROTECT, related_name="+")

    class Meta(Contribution.Meta):
        indexes: ClassVar = [models.Index(fields=["case"])]

    def __str__(self) -> str:
        return f"document {self.pk}"


class Event(models.Model):
    """One thing that happened in a case. `about` names what it happened to; `link` where that is a link."""

    class Verb(models.TextChoices):
        """What happened."""

        OPENED = "opened", _("Opened the case")
        RENAMED = "renamed", _("Gave it another title")
        INVITED = "invited", _("Sent an invitation")
        UNINVITED = "uninvited", _("Withdrew an invitation")
        JOINED = "joined", _("Takes part from now on")
        DECLINED = "declined", _("Declined the invitation")
        LEFT = "left", _("Left the case")
        STAFFED = "staffed", _("Said who works on it")
        OFFERED = "offered", _("Offered the lead")
        ACCEPTED = "accepted", _("Accepted the lead")
        REFUSED = "refused", _("Refused the lead")
        RETRACTED = "retracted", _("Withdrew the offer of the lead")
        LINKED = "linked", _("Linked")
        NOTED = "noted", _("Wrote a note")
        EDITED = "edited", _("Edited a note")
        TASKED = "tasked", _("Set a task")
        DONE = "done", _("Did a task")
        UNDONE = "undone", _("Opened a task again")
        DECIDED = "decided", _("Decided")
        ATTACHED = "attached", _("Attached a file")
        WITHDRAWN = "withdrawn", _("Took back")
        RESTORED = "restored", _("Put back")
        CLOSED = "closed", _("Closed the case")
        REOPENED = "reopened", _("Opened the case again")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="events")
    verb = models.CharField(max_length=10, choices=Verb.choices)
    agency = models.ForeignKey("access.Agency", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    link = models.ForeignKey(Link, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=12, blank=True)
    about = models.UUIDField(null=True)
    other = models.ForeignKey("access.Agency", on_delete=models.PROTECT, null=True, related_name="+")
    """The agency that was invited, or that the lead was offered to, or a task was set for."""

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["case", "-id"])]

    def __str__(self) -> str:
        return f"{self.verb} {self.case_id}"
