"""Tables of the text that was read in contents."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class Reading(models.Model):
    """That a content was read, and how it ended. There is none while it waits."""

    class State(models.TextChoices):
        """How the reading ended."""

        READ = "read"
        FAILED = "failed"

    content = models.OneToOneField(
        "evidence.Content", primary_key=True, on_delete=models.PROTECT, related_name="reading"
    )
    state = models.CharField(max_length=10, choices=State.choices)
    lines = models.IntegerField(default=0)
    read_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.content_id} {self.state}"


class TextLine(models.Model):
    """One line of text in a content, as search needs it; the print of the content (`text/1`) says the same.

    `corners` are shares of the stored picture's width and height, in the order of reading. `words` are the line's in
    their plain form, `grams` the runs of three characters in them.
    """

    content = models.ForeignKey("evidence.Content", on_delete=models.PROTECT, related_name="text_lines")
    time = models.FloatField(null=True)
    position = models.SmallIntegerField()
    text = models.CharField(max_length=300)
    confidence = models.FloatField()
    corners = models.JSONField()
    script = models.CharField(max_length=4, blank=True)
    words = ArrayField(models.TextField())
    grams = ArrayField(models.TextField())

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["content", "time", "position"]),
            GinIndex(fields=["words"], name="text_by_word"),
            GinIndex(fields=["grams"], name="text_by_gram"),
        ]

    def __str__(self) -> str:
        return f"{self.content_id}: {self.text[:40]}"
