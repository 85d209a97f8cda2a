"""Tables of registry entries. What people say of them are rows that are only added; each belongs to a deed.

A deed is what an officer did at one time. It is undone as a whole, by one mark on it: then none of its rows counts.
So nothing that was said is ever changed or lost. `Link.state` and `Entry.root` are what the rows that count amount to.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from fanal.casework.leads.models import State, Verdict
from fanal.kit.ids import new_id


class Deed(models.Model):
    """What an officer did with entries at one time."""

    class Verb(models.TextChoices):
        """What was done."""

        OPENED = "opened", _("Opened")
        LINKED = "linked", _("Judged a link")
        STATED = "stated", _("Stated")
        MERGED = "merged", _("Merged")
        SPLIT = "split", _("Split")
        COUNTRY = "country", _("Judged a country")
        DECLINED = "declined", _("Declined a series")

    verb = models.CharField(max_length=10, choices=Verb.choices)
    by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("access.Agency", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    entries = ArrayField(models.UUIDField(), default=list)
    """The entries that it is about: whoever is given one of these is given the deed."""
    content = models.ForeignKey("evidence.Content", on_delete=models.PROTECT, null=True, related_name="+")
    """The content that it is about, where it is about no entry."""

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"{self.verb} {self.pk}"


class Said(models.Model):
    """A row that counts as long as its deed is not undone."""

    deed = models.ForeignKey(Deed, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class Entry(Said):
    """Something that evidence is about, by the reference of its agency's own file. Names stay in that file.

    `root` is the entry that it counts as after merges: itself where it was merged into none. A content is of it
    that was judged to be, or is of a series that it was judged to be in; whoever sees bytes of one sees the entry.
    """

    class Kind(models.TextChoices):
        """What it is."""

        SERIES = "series", _("Series")
        VICTIM = "victim", _("Victim")
        SUSPECT = "suspect", _("Suspect")
        PLACE = "place", _("Place")
        OBJECT = "object", _("Object")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    reference = models.CharField(max_length=40)
    agency = models.ForeignKey("access.Agency", on_delete=models.PROTECT, related_name="+")
    root = models.ForeignKey("self", on_delete=models.PROTECT, related_name="+")
    shown_to_all = models.BooleanField(default=False, editable=False)
    """Whether all connected agencies see bytes of it. The database itself keeps this and `shown_to` (`0004_shown`)."""
    shown_to = ArrayField(models.UUIDField(), default=list, editable=False)
    """The agencies that see bytes of it where not all do."""

    class Meta:
        indexes: ClassVar = [models.Index(fields=["root"]), models.Index(fields=["agency", "kind"])]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agency", "kind", "reference"], name="entry_once_a_reference"),
            models.CheckConstraint(
                condition=models.Q(reference__regex=r"^(?=.*[0-9])[A-Z0-9][A-Z0-9._/-]{2,39}$"),
                name="entry_has_a_reference_and_no_name",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class Fact(Said):
    """What was stated of an entry. Of each kind the last that counts holds; `facts.py` says what it has."""

    class About(models.TextChoices):
        """What it tells."""

        STATE = "state", _("State")
        AGE = "age", _("Age")
        COUNTRY = "country", _("Country")

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="facts")
    about = models.CharField(max_length=10, choices=About.choices)
    value = models.JSONField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["entry", "about"])]

    def __str__(self) -> str:
        return f"{self.about} of {self.entry_id}"


class Link(models.Model):
    """That an entry was linked with a content, or with another entry; `state` is the last verdict that counts.

    Of two entries `entry` is the one that comes first in the order of kinds: victim, suspect, place, object, series.
    """

    State = State

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="links")
    content = models.ForeignKey("evidence.Content", on_delete=models.PROTECT, null=True, related_name="+")
    other = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True, related_name="links_back")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["content", "state"]), models.Index(fields=["other", "state"])]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["entry", "content"], name="entry_linked_once_with_a_content"),
            models.UniqueConstraint(fields=["entry", "other"], name="entry_linked_once_with_another"),
            models.CheckConstraint(
                condition=models.Q(content__isnull=True) ^ models.Q(other__isnull=True),
                name="link_has_one_other_side",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.state}"


class LinkVerdict(Said):
    """What one officer said of a link, and on what it rests: a lead, a clue, or a note."""

    link = models.ForeignKey(Link, on_delete=models.PROTECT, related_name="verdicts")
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    lead = models.ForeignKey("leads.Lead", on_delete=models.PROTECT, null=True, related_name="+")
    clue = models.ForeignKey("registry.Clue", on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=2000, blank=True)

    def __str__(self) -> str:
        return f"{self.verdict} {self.link_id}"


class Declined(Said):
    """That contents which accepted leads hold together are no series, for the agency that said so."""

    contents = ArrayField(models.BigIntegerField())

    class Meta:
        indexes: ClassVar = [GinIndex(fields=["contents"], name="declined_contents")]

    def __str__(self) -> str:
        return f"{len(self.contents)} contents"


class ProposedSeries(models.Model):
    """Contents that accepted leads hold together, as worked out for an agency that they concern.

    It follows from other rows (`proposing.py`) and is shown only as far as all of it holds (`proposed.py`).
    """

    agency = models.ForeignKey("access.Agency", on_delete=models.PROTECT, related_name="+")
    place = models.PositiveIntegerField()
    """0 is the largest."""
    contents = ArrayField(models.BigIntegerField())
    leads = ArrayField(models.UUIDField())
    """The surest first."""
    settled = models.BooleanField()
    """True where all of it is one series already, as far as the agency may see."""

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["agency", "settled", "place"], name="proposed_in_order"),
            GinIndex(fields=["contents"], name="proposed_contents"),
        ]

    def __str__(self) -> str:
        return f"{len(self.contents)} contents"


class Merge(Said):
    """That two entries are one: `gone` counts as `kept`. Both keep all that was said of them."""

    gone = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="merges")
    kept = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="merged_here")

    def __str__(self) -> str:
        return f"{self.gone_id} into {self.kept_id}"


class OfCountry(models.Model):
    """What is said of a country, about a content or an entry."""

    content = models.ForeignKey("evidence.Content", on_delete=models.PROTECT, null=True, related_name="+")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True, related_name="+")
    country = models.CharField(max_length=2)

    class Meta:
        abstract = True


class CountryVerdict(Said, OfCountry):
    """That an officer confirms or rejects a likely country. The last that counts holds."""

    class Verdict(models.TextChoices):
        """What was said."""

        CONFIRMED = "confirmed", _("Confirmed")
        REJECTED = "rejected", _("Rejected")

    verdict = models.CharField(max_length=10, choices=Verdict.choices)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["content"]), models.Index(fields=["entry"])]

    def __str__(self) -> str:
        return f"{self.country} {self.verdict}"


class Routing(OfCountry):
    """That a country is to be told of a content or an entry: once, for what reasons and when. Never changed."""

    score = models.FloatField()
    reasons = ArrayField(models.JSONField())
    confirmed = models.BooleanField()
    """True where an officer said so; else the score was high enough."""
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["content", "country"], name="content_routed_once_a_country"),
            models.UniqueConstraint(fields=["entry", "country"], name="entry_routed_once_a_country"),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.score:.2f}"
