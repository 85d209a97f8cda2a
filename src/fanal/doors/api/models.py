"""The table of answers that are kept, so that a request sent twice has one effect."""

from typing import ClassVar

from django.db import models


class Reply(models.Model):
    """The answer to a request with a key. `asked` is the SHA-256 of what was asked."""

    user = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=200)
    asked = models.BinaryField(max_length=32)
    status = models.SmallIntegerField()
    body = models.BinaryField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "key"], name="reply_once_a_key")]

    def __str__(self) -> str:
        return f"{self.status} at {self.at:%H:%M}"
