"""Tables of addresses outside, of what was sent to them and how that went, and of who reads digests."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from fanal.kit.ids import new_id


class Trouble(models.TextChoices):
    """Why something did not arrive."""

    NO_NAME = "no_name", _("Its name leads nowhere.")
    NOT_ALLOWED = "not_allowed", _("Its name leads to an address that the operator does not allow.")
    NO_ANSWER = "no_answer", _("It does not answer.")
    NOT_SAFE = "not_safe", _("Its certificate is not good.")
    REDIRECTED = "redirected", _("It points elsewhere, which is not followed.")
    REFUSED = "refused", _("It does not take it.")
    GONE = "gone", _("It says that it is gone for good.")


class Webhook(models.Model):
    """An address of an agency to which its alerts are sent. Its secret is derived from its id and is not stored.

    `after`: only alerts told after the one with this number. `failing_since`: nothing has arrived since then.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey("access.Agency", on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=500)
    after = models.BigIntegerField()
    secret_number = models.PositiveSmallIntegerField(default=0)
    """How often it got another secret."""
    made_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    failing_since = models.DateTimeField(null=True)
    rests_until = models.DateTimeField(null=True)
    """Where it did not answer, nothing is tried before then."""
    off_at = models.DateTimeField(null=True)
    """It was switched off, because it had been dead for days, said that it is gone, or somebody paused it."""
    paused = models.BooleanField(default=False)
    """Whether somebody did."""
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["made_at", "id"]

    def __str__(self) -> str:
        return f"webhook {self.pk}"


class Delivery(models.Model):
    """One message to a webhook: what it says is written once, and is the same however often it is sent."""

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", _("Waiting")
        ARRIVED = "arrived", _("Arrived")
        GIVEN_UP = "given_up", _("Given up")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.PROTECT, related_name="deliveries")
    alert = models.ForeignKey("alerts.Alert", on_delete=models.PROTECT, null=True, related_name="+")
    """None: a trial."""
    number = models.BigIntegerField(null=True)
    """The alert's, when it was told."""
    body = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    tries = models.IntegerField(default=0)
    made_at = models.DateTimeField()
    arrived_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-made_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["webhook", "made_at"])]
        constraints: ClassVar = [models.UniqueConstraint(fields=["webhook", "number"], name="delivered_once_a_number")]

    def __str__(self) -> str:
        return f"{self.number} to {self.webhook_id}"


class Try(models.Model):
    """How one try to deliver went."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="tried")
    at = models.DateTimeField()
    status = models.SmallIntegerField(null=True)
    """What was answered; None: nothing was."""
    trouble = models.CharField(max_length=12, choices=Trouble.choices, blank=True)

    class Meta:
        ordering: ClassVar = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.status or self.trouble} at {self.at:%H:%M}"


class Digest(models.Model):
    """That an officer reads what is new in a mail. `after`: the number of the last alert that a mail told of."""

    class Every(models.TextChoices):
        """How often, at most: no mail is sent where nothing is new."""

        HOUR = "hour", _("Every hour")
        DAY = "day", _("Every day")

    user = models.OneToOneField("access.User", on_delete=models.PROTECT, primary_key=True, related_name="+")
    agency = models.ForeignKey("access.Agency", on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=254)
    every = models.CharField(max_length=5, choices=Every.choices)
    asked_at = models.DateTimeField(null=True)
    """When a mail asked for the address to be confirmed."""
    confirmed_at = models.DateTimeField(null=True)
    """When its person opened the link in that mail; before, nothing else is mailed there."""
    after = models.BigIntegerField()
    next_at = models.DateTimeField(db_index=True)
    sent_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.every} for {self.user_id}"
