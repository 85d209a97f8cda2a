"""Tables of what contents are comparable by, and of the small pictures that stand for them."""

from typing import ClassVar

from django.db import models


class Print(models.Model):
    """One fingerprint of a content, in the order in which the live indexes take it in.

    `feed` grows with every commit: it is drawn under a lock that is held until the commit, so a reader who has seen
    feed n has seen all before it. A print never changes: it is deleted and made anew. The database holds both.
    """

    feed = models.BigAutoField(primary_key=True)
    content = models.ForeignKey("evidence.Content", on_delete=models.PROTECT, related_name="prints")
    technique = models.CharField(max_length=20)
    data = models.BinaryField()
    turned = models.BinaryField(default=b"")
    quality = models.SmallIntegerField(null=True)
    time = models.FloatField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["technique", "feed"]), models.Index(fields=["content", "technique"])]

    def __str__(self) -> str:
        return f"{self.technique} {bytes(self.data).hex()[:12]}"


class Computed(models.Model):
    """That an added technique was asked for its prints of a content, and why it made none where it failed.

    What has no such row is caught up with, so a technique that is added later speaks of what was there before.
    """

    content = models.ForeignKey("evidence.Content", on_delete=models.PROTECT, related_name="+")
    technique = models.CharField(max_length=20)
    refusal = models.SmallIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["technique", "content"], name="computed_once_a_technique"),
        ]

    def __str__(self) -> str:
        return f"{self.technique} {self.content_id}"


class Removal(models.Model):
    """A print that was deleted, in the order in which the live indexes forget it. Written by the database alone."""

    number = models.BigAutoField(primary_key=True)
    technique = models.CharField(max_length=20)
    feed = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["technique", "number"])]

    def __str__(self) -> str:
        return f"{self.technique} {self.feed}"


class Generation(models.Model):
    """Names the run of feed numbers: one row. Where the prints were emptied at once, everybody begins anew."""

    only = models.SmallIntegerField(primary_key=True, default=1)
    name = models.UUIDField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(only=1), name="generation_is_one_row")]

    def __str__(self) -> str:
        return str(self.name)


class KeptIndex(models.Model):
    """A snapshot of a live index in some machine's data folder, and up to where it has seen the rows.

    A file without its row is of another history (a database restored from a backup does not have it): it is not used.
    """

    name = models.UUIDField(primary_key=True)
    technique = models.CharField(max_length=20)
    generation = models.UUIDField()
    added = models.BigIntegerField()
    removed = models.BigIntegerField()
    prints = models.BigIntegerField()
    kept_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.technique} up to {self.added}"


class Preview(models.Model):
    """A small picture made anew inside the wall, sealed with its content's key."""

    content = models.ForeignKey("evidence.Content", on_delete=models.PROTECT, related_name="previews")
    position = models.SmallIntegerField()
    width = models.SmallIntegerField()
    height = models.SmallIntegerField()
    time = models.FloatField(null=True)
    sealed = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["content", "position"], name="preview_once_a_position"),
        ]

    def __str__(self) -> str:
        return f"{self.content_id}/{self.position}"
