"""Tables of what contents are comparable by, and of the small pictures that stand for them."""

from typing import ClassVar

from django.db import models


class Print(models.Model):
    """One fingerprint of a content, in the order in which the live indexes take it in.

    `feed` grows with every commit: it is drawn under a lock that is held until the commit, so a reader who has seen
    feed n has seen all before it.
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
