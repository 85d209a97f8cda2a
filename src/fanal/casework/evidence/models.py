"""Tables of what agencies submitted: submissions, exhibits and contents."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from fanal.kit.ids import new_id


class Source(models.TextChoices):
    """Where a submission's files were found."""

    SEIZED_DEVICE = "seized_device", _("Seized device")
    ONLINE = "online", _("Online")
    HOTLINE = "hotline", _("Hotline")
    PROVIDER_REPORT = "provider_report", _("Provider report")


class Visibility(models.TextChoices):
    """Who may see a submission."""

    OWN = "own", _("Own agency")
    NAMED = "named", _("Named agencies")
    ALL_CONNECTED = "all_connected", _("All connected agencies")


class Handling(models.TextChoices):
    """What others may do with what they see of a submission."""

    FREE = "free", _("No restriction")
    INTELLIGENCE = "intelligence", _("Intelligence only, not as evidence")
    ASK_FIRST = "ask_first", _("Ask the owner before acting on it")


class Submission(models.Model):
    """One delivery of evidence by an agency."""

    class State(models.TextChoices):
        """How far the delivery has come."""

        RECEIVING = "receiving", _("Receiving")
        RECEIVED = "received", _("Received")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey("access.Agency", on_delete=models.PROTECT, related_name="submissions")
    case_reference = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=20, choices=Source.choices, default=Source.SEIZED_DEVICE)
    legal_basis = models.CharField(max_length=500, blank=True)
    visibility = models.CharField(max_length=20, choices=Visibility.choices, default=Visibility.OWN)
    named = ArrayField(models.UUIDField(), default=list)
    """The agencies besides its own that see it; empty unless its visibility is `named`."""
    handling = models.CharField(max_length=20, choices=Handling.choices, default=Handling.FREE)
    hash_only = models.BooleanField(default=False)
    label = models.CharField(max_length=300)
    resume_key = models.BinaryField(max_length=32, null=True)
    """Makes the same delivery, begun again, go on here; None once its submitter was told how it ended."""
    state = models.CharField(max_length=20, choices=State.choices, default=State.RECEIVING)
    created_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["agency", "-created_at"]), models.Index(fields=["visibility"])]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agency", "resume_key"], name="submission_resumes_where_it_stopped"),
            models.CheckConstraint(
                condition=models.Q(visibility="named", named__len__gt=0)
                | (~models.Q(visibility="named") & models.Q(named__len=0)),
                name="submission_names_whom_it_is_for",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.case_reference or self.label}"


class Content(models.Model):
    """The bytes themselves, once, whoever submitted them and how often; or only their digests."""

    class State(models.TextChoices):
        """What is known of the bytes."""

        STORED = "stored", _("Waiting")
        EXAMINED = "examined", _("Examined")
        SHELVED = "shelved", _("Not readable")
        HASH_ONLY = "hash_only", _("Digests only")

    sha256 = models.BinaryField(max_length=32, null=True, unique=True)
    sha1 = models.BinaryField(max_length=20, null=True)
    md5 = models.BinaryField(max_length=16, null=True)
    size = models.BigIntegerField(null=True)
    blob = models.ForeignKey("vault.Blob", on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices)
    refusal = models.SmallIntegerField(null=True)
    media_type = models.CharField(max_length=100, blank=True)
    family = models.CharField(max_length=10, blank=True)
    width = models.IntegerField(null=True)
    height = models.IntegerField(null=True)
    duration = models.FloatField(null=True)
    facts = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["md5"]),
            models.Index(fields=["sha1"]),
            models.Index(fields=["state"]),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(sha256__isnull=False) | models.Q(sha1__isnull=False) | models.Q(md5__isnull=False),
                name="content_has_a_digest",
            ),
            models.CheckConstraint(
                condition=models.Q(state="hash_only") | models.Q(blob__isnull=False),
                name="content_has_bytes_unless_hash_only",
            ),
            models.CheckConstraint(
                condition=models.Q(state="shelved", refusal__isnull=False)
                | (~models.Q(state="shelved") & models.Q(refusal__isnull=True)),
                name="content_shelved_says_why",
            ),
        ]

    def __str__(self) -> str:
        return bytes(self.sha256 or self.sha1 or self.md5 or b"").hex()[:12]


class Exhibit(models.Model):
    """One file as it was found in a submission."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="exhibits")
    content = models.ForeignKey(Content, on_delete=models.PROTECT, related_name="exhibits")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="members")
    depth = models.SmallIntegerField(default=0)
    path = models.TextField()
    path_key = models.BinaryField(max_length=32)
    modified_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    unpacked_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["content", "submission"]),
            models.Index(fields=["submission", "id"], name="exhibit_in_order"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["submission", "path_key"], name="exhibit_once_a_path"),
        ]

    def __str__(self) -> str:
        return self.path


class Upload(models.Model):
    """A file that comes in over the network. `offset`: so many of its bytes have come; `sha256`: what it is to be."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="uploads")
    path = models.TextField()
    path_key = models.BinaryField(max_length=32)
    size = models.BigIntegerField()
    modified_at = models.DateTimeField(null=True)
    sha256 = models.BinaryField(max_length=32)
    wrapped_key = models.BinaryField()
    offset = models.BigIntegerField(default=0)
    touched_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["touched_at"])]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["submission", "path_key"], name="upload_once_a_path"),
            models.CheckConstraint(
                condition=models.Q(offset__gte=0, offset__lte=models.F("size")), name="upload_offset_lies_in_the_file"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offset} of {self.size}"


class Piece(models.Model):
    """Some bytes of an upload, sealed under its key."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="pieces")
    offset = models.BigIntegerField()
    data = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["upload", "offset"], name="piece_once_an_offset")]

    def __str__(self) -> str:
        return f"{self.upload_id} at {self.offset}"
