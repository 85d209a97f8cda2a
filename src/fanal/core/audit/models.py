"""Leaves, complete subtrees and checkpoints: three tables that only grow.

What keeps their rows as they are is SQL, in migration 0002: triggers that no setting of a session turns off.
"""

from django.db import models
from django.db.models import F, Func


def _field_of_entry(path: str) -> models.GeneratedField:
    """Return a column that PostgreSQL derives from the leaf itself, so that it can never disagree with it."""
    return models.GeneratedField(
        expression=Func(F("entry"), template=f"((%(expressions)s)::jsonb #>> '{{{path}}}')"),
        output_field=models.TextField(null=True),
        db_persist=True,
    )


class Leaf(models.Model):
    """One thing that was done or seen. `entry` is the leaf: canonical JSON (RFC 8785), hashed as UTF-8."""

    index = models.BigIntegerField(primary_key=True)
    entry = models.TextField()
    hash = models.BinaryField(max_length=32)
    at = models.DateTimeField()
    action = _field_of_entry("action")
    subject = _field_of_entry("subject")
    agency = _field_of_entry("actor,agency")

    class Meta:
        ordering = ["index"]
        constraints = [models.CheckConstraint(condition=models.Q(index__gte=0), name="audit_leaf_index")]
        indexes = [
            models.Index(fields=["subject", "index"], name="audit_leaf_subject"),
            models.Index(fields=["agency", "index"], name="audit_leaf_agency"),
        ]

    def __str__(self) -> str:
        return f"{self.index} {self.action} {self.subject}"


class Node(models.Model):
    """The root hash of a complete subtree of 2 ** level leaves (level 1 and above: level 0 is the leaf's own hash)."""

    pk = models.CompositePrimaryKey("level", "position")
    level = models.PositiveSmallIntegerField()
    position = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"{self.level}/{self.position}"


class Checkpoint(models.Model):
    """A signed statement that the log had this size and root (C2SP tlog-checkpoint)."""

    size = models.BigIntegerField()
    root = models.BinaryField(max_length=32)
    at = models.DateTimeField()
    key = models.TextField()
    """The verifier key (signed-note) of the key that signed it."""
    note = models.TextField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"checkpoint of {self.size} leaves"


class Witness(models.Model):
    """Somebody else who cosigns checkpoints, by their verifier key (C2SP tlog-cosignature)."""

    key = models.TextField(unique=True)
    agency = models.UUIDField()
    admitted_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.key


class Cosignature(models.Model):
    """That a witness saw a checkpoint: its signature line, as it came."""

    # No constraint: a cosignature outlives a checkpoint that somebody takes away, and tells of it.
    checkpoint = models.ForeignKey(
        Checkpoint, on_delete=models.PROTECT, related_name="cosignatures", db_constraint=False
    )
    witness = models.ForeignKey(Witness, on_delete=models.PROTECT, related_name="cosignatures")
    line = models.TextField()
    at = models.DateTimeField()
    """When the witness says that it saw it."""

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["checkpoint", "witness"], name="cosigned_once_a_witness")]

    def __str__(self) -> str:
        return self.line
