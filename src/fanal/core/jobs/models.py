"""The shelf. The queue's own tables are procrastinate's."""

from typing import ClassVar

from django.db import models


class ShelvedJob(models.Model):
    """Work that failed for good, kept until someone retries it."""

    job = models.BigIntegerField(unique=True)
    task = models.CharField(max_length=128)
    subject = models.CharField(max_length=200, blank=True)
    arguments = models.JSONField(default=dict)
    attempts = models.PositiveIntegerField()
    code = models.CharField(max_length=100)
    reason = models.TextField()
    shelved_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["job"]
        indexes: ClassVar = [models.Index(fields=["task", "shelved_at"], name="shelf_by_task")]

    def __str__(self) -> str:
        return f"{self.task} {self.job}"
