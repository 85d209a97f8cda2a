"""Tables of proposed links, and of what officers said of them."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from fanal.kit.ids import new_id


class Verdict(models.TextChoices):
    """What an officer can say of a lead."""

    SAME = "same", _("Same")
    DIFFERENT = "different", _("Different")
    UNSURE = "unsure", _("Unsure")


class State(models.TextChoices):
    """Where what was proposed stands: open, or the verdict of the last judgement that holds."""

    OPEN = "open", _("Open")
    SAME = "same", _("Same")
    DIFFERENT = "different", _("Different")
    UNSURE = "unsure", _("Unsure")


class Proposed(models.Model):
    """What a technique proposes and people judge: a link of two contents, or of a content and something known."""

    State = State

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    created_at = models.DateTimeField()

    class Meta:
        abstract = True


class Opinion(models.Model):
    """What one officer said of what was proposed. Never changed: taken back by `withdrawn_at`, and kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    note = models.CharField(max_length=2000, blank=True)
    by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    withdrawn_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        ordering: ClassVar = ["-at", "-id"]


class Lead(Proposed):
    """A proposed link between two contents: one a pair, whatever techniques speak of it.

    `technique`, `distance`, `why` and `detail` are those of the surest finding. `findings` holds what every technique
    says, the surest first, each as an object with these names and its `confidence`. `left` is the content with the
    smaller id. Where both are one content, the very same bytes lie in submissions of several agencies.
    `aside` names what is seen everywhere (`Uncounted.source`) when the lead rests on that alone: then nobody is asked.
    """

    left = models.ForeignKey("evidence.Content", on_delete=models.PROTECT, related_name="+")
    right = models.ForeignKey("evidence.Content", on_delete=models.PROTECT, related_name="+")
    technique = models.CharField(max_length=20)
    distance = models.SmallIntegerField(null=True)
    confidence = models.FloatField()
    why = models.TextField()
    detail = models.JSONField(default=dict)
    findings = models.JSONField(default=list)
    aside = models.JSONField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["state", "-confidence", "-created_at"]),
            models.Index(
                fields=["-confidence", "-created_at"],
                condition=models.Q(state="open", aside__isnull=False),
                name="lead_set_aside",
            ),
            models.Index(fields=["right"]),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(left__lte=models.F("right")), name="lead_left_is_first"),
            models.UniqueConstraint(fields=["left", "right"], name="lead_once_a_pair"),
        ]

    def __str__(self) -> str:
        return f"{self.technique} {self.left_id}-{self.right_id}"


class Judgement(Opinion):
    """What one officer said of a lead."""

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="judgements")

    class Meta(Opinion.Meta):
        indexes: ClassVar = [models.Index(fields=["lead", "-at"])]

    def __str__(self) -> str:
        return f"{self.verdict} {self.lead_id}"


class Uncounted(models.Model):
    """A part of a content that shows what is seen everywhere, and does not count. `source` is who says so.

    The outline is in shares of the stored picture's width and height.
    """

    content = models.ForeignKey("evidence.Content", on_delete=models.PROTECT, related_name="+")
    source = models.UUIDField()
    outline = models.JSONField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["content", "source"], name="uncounted_once_a_source")]
        indexes: ClassVar = [models.Index(fields=["source"])]

    def __str__(self) -> str:
        return f"{self.content_id} {self.source}"


class RegionSearch(models.Model):
    """An officer's question: where else is what this box shows? `hits` are written once, the surest first.

    The box is in shares of the stored picture's width and height. A hit has `content` and, as a finding has them,
    `confidence`, `why` and `detail`, from the box to that content. Who reads them sees those that they may see then.
    """

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", _("Waiting")
        DONE = "done", _("Done")
        FAILED = "failed", _("Not possible")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    content = models.ForeignKey("evidence.Content", on_delete=models.PROTECT, related_name="+")
    x = models.FloatField()
    y = models.FloatField()
    width = models.FloatField()
    height = models.FloatField()
    by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("access.Agency", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    hits = models.JSONField(default=list)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["agency", "-created_at"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(
                    x__gte=0, y__gte=0, width__gt=0, height__gt=0, x__lt=1, y__lt=1, width__lte=1, height__lte=1
                ),
                name="search_box_lies_in_the_picture",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.content_id} {self.state}"
