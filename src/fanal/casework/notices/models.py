"""Tables of notices: to whom a country's go, each notice with what an officer wrote, its crops and its steps."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from fanal.kit.ids import new_id


class Language(models.TextChoices):
    """The languages that a notice is written in, each by its own name."""

    ENGLISH = "en", "English"
    FRENCH = "fr", "français"
    SPANISH = "es", "español"
    ARABIC = "ar", "العربية"


class KeyKind(models.TextChoices):
    """What a public key is for."""

    AGE = "age", "age"
    OPENPGP = "openpgp", "OpenPGP"


class Recipient(models.Model):
    """To whom an agency that is not connected wants its notices sent. Rows are only added; the last one holds.

    Nothing is sealed for a key until somebody other than who entered it compared its fingerprint with its owner.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey("access.Agency", on_delete=models.PROTECT, related_name="+")
    contact = models.CharField(max_length=500)
    language = models.CharField(max_length=2, choices=Language.choices, default=Language.ENGLISH)
    kind = models.CharField(max_length=10, choices=KeyKind.choices)
    key = models.TextField()
    fingerprint = models.CharField(max_length=200)
    by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    """None where the machine's operator entered it."""
    of = models.ForeignKey("access.Agency", on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    compared_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    compared_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [models.Index(fields=["agency", "-at"])]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.fingerprint}"


class Outcome(models.TextChoices):
    """What a country answered."""

    IDENTIFIED = "identified", _("Identified")
    WORKING = "working", _("They work on it")
    NOT_OURS = "not_ours", _("Not their country")
    NEED_MORE = "need_more", _("They need more")


class State(models.TextChoices):
    """How far a notice is."""

    PROPOSED = "proposed", _("Proposed")
    DRAFT = "draft", _("Draft")
    RELEASED = "released", _("Pictures released")
    SEALED = "sealed", _("Sealed")
    SENT = "sent", _("Sent")
    ACKNOWLEDGED = "acknowledged", _("Received there")
    ANSWERED = "answered", _("Answered")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Notice(models.Model):
    """What one agency tells one country that is not connected, of an entry or of contents.

    `reference` is what both sides quote. `crops` names chosen clues and sightings, `pictures` contents that are shown
    whole once two persons released them. `sealed` is the document for its reader; nothing else of it is kept.
    """

    State = State
    Outcome = Outcome

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reference = models.CharField(max_length=40, unique=True)
    agency = models.ForeignKey("access.Agency", on_delete=models.PROTECT, related_name="+")
    country = models.CharField(max_length=2)
    entry = models.ForeignKey("entries.Entry", on_delete=models.PROTECT, null=True, related_name="+")
    contents = ArrayField(models.BigIntegerField(), default=list)
    state = models.CharField(max_length=12, choices=State.choices)
    language = models.CharField(max_length=2, choices=Language.choices, default=Language.ENGLISH)
    known = models.CharField(max_length=8000, blank=True)
    asked = models.CharField(max_length=4000, blank=True)
    contact = models.CharField(max_length=500, blank=True)
    crops = ArrayField(models.CharField(max_length=50), default=list)
    pictures = ArrayField(models.BigIntegerField(), default=list)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, null=True, related_name="+")
    """For whose key it was sealed."""
    sealed = models.BinaryField(null=True)
    digest = models.BinaryField(max_length=32, null=True)
    """SHA-256 of the sealed file, which is what leaves the house."""
    sent_at = models.DateTimeField(null=True)
    reminded = models.SmallIntegerField(default=0)
    """How often its agency was told that nothing has come back."""
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)

    class Meta:
        ordering: ClassVar = ["-changed_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["agency", "state"]),
            models.Index(fields=["country"]),
            models.Index(fields=["entry"]),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(entry__isnull=False, contents__len=0)
                | models.Q(entry__isnull=True, contents__len__gt=0),
                name="notice_is_of_an_entry_or_of_contents",
            ),
            models.CheckConstraint(
                condition=models.Q(sealed__isnull=True) | models.Q(digest__isnull=False, recipient__isnull=False),
                name="notice_sealed_says_for_whom",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class Verb(models.TextChoices):
    """What was done with a notice."""

    PROPOSED = "proposed", _("Proposed: enough speaks for the country")
    BEGUN = "begun", _("Begun")
    WRITTEN = "written", _("Written")
    RELEASE_ASKED = "asked", _("Release of pictures asked for")
    RELEASED = "released", _("Pictures released by two persons")
    SEALED = "sealed", _("Sealed for the country’s key")
    SENT = "sent", _("Sent")
    REMINDED = "reminded", _("Nothing came back: reminded")
    ACKNOWLEDGED = "acknowledged", _("Received there")
    ANSWERED = "answered", _("Answered")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Step(models.Model):
    """One step of a notice. Rows are only added."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="steps")
    verb = models.CharField(max_length=12, choices=Verb.choices)
    by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    note = models.CharField(max_length=4000, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.verb} {self.notice_id}"


class Crop(models.Model):
    """A boxed part of a picture, cut behind the wall and sealed under its content's key: erased with it."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="cuts")
    source = models.CharField(max_length=50)
    """The clue or the sighting that says where it is, such as `clue:0192…`."""
    content = models.ForeignKey("evidence.Content", on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField(null=True)
    """None where the picture could not be cut."""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["notice", "source"], name="crop_once_a_notice")]

    def __str__(self) -> str:
        return self.source
