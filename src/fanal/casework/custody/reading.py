"""What an agency reads of the log: the deeds of its own people, and what others did with its material.

Of what others did, it learns the time, the verb, the thing and which agency it was: not who, nor the text of the entry,
whose hash is proved instead. That somebody looked at a content is told only where they can have come to it through what
this agency may see: an agency that holds it unseen gives nothing away by looking at its own.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Concat, Substr

from fanal.casework.evidence.queries import own_exhibits, own_submissions, unseen_exhibits
from fanal.core.access.asking import asking_for_everybody
from fanal.core.access.models import Agency
from fanal.core.access.queries import agencies, users
from fanal.core.audit import queries
from fanal.core.audit.models import Leaf
from fanal.core.audit.state import State, state
from fanal.core.audit.vocabulary import ACTIONS
from fanal.kit.errors import Invalid, NotFound

PAGE, MOST_EXPORTED = 50, 500
ABOUT_OTHERS = ("sharing.answered",)
"""Deeds of one's own people that tell what another agency keeps to itself: they are for that agency to read."""
CONTENT = "content:"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for. `ours`: deeds of one's own people, else what others did with one's material."""

    ours: bool = True
    person: str = ""
    """The name that somebody of the agency signs in with."""
    action: str = ""
    about: str = ""
    """A thing, such as `content:12`."""
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None
    """The index where the last page ended."""

    def plain(self) -> dict[str, str]:
        """Return what is looked for, for the log of reading the log."""
        said = {"person": self.person, "deed": self.action, "about": self.about}
        said |= {"since": str(self.since or ""), "until": str(self.until or ""), "before": str(self.before or "")}
        return {"whose": "ours" if self.ours else "others", **{key: value for key, value in said.items() if value}}


@dataclass(frozen=True, slots=True)
class Line:
    """One entry, as far as the agency may read it."""

    index: int
    at: datetime
    action: str
    words: str
    about: str
    person: str
    agency: str
    """Code of the agency that did it; empty for the system and the operator."""
    detail: Mapping[str, Any] | None
    """None where the text of the entry is not for this agency."""
    hash: bytes


@asking_for_everybody()
def lines(agency: Agency, wanted: Wanted, most: int = PAGE) -> list[Line]:
    """Return entries, newest first. Raises Invalid for a person or a verb that is none."""
    names = {str(user.pk): user.display_name for user in users(agency)}
    codes = {str(one.pk): one.code for one in agencies()}
    found = _wanted(agency, wanted).order_by("-index")[:most]
    return [_line(leaf, agency, names, codes) for leaf in found]


@asking_for_everybody()
def proof(agency: Agency, index: int) -> dict[str, Any]:
    """Return the proof that an entry is in the log, with its text where that is for the agency.

    Raises NotFound for an entry that the agency may not read, and for one that no checkpoint covers yet.
    """
    for ours in (True, False):
        if _wanted(agency, Wanted(ours=ours)).filter(index=index).exists():
            return _proved(_included(index), ours)
    raise NotFound("There is no such entry.", next_step="Check its number.")


@asking_for_everybody()
def standing() -> State:
    """Return how the log stands: its two sinks, its newest checkpoint and its witnesses."""
    return state()


@asking_for_everybody()
def export(agency: Agency, wanted: Wanted) -> list[dict[str, Any]]:
    """Return the proofs of the newest entries that are looked for and that a checkpoint covers, oldest first."""
    signed = queries.signed_size()
    found = _wanted(agency, wanted).filter(index__lt=signed).order_by("-index")[:MOST_EXPORTED]
    indexes = sorted(found.values_list("index", flat=True))
    return [_proved(one, wanted.ours) for one in queries.inclusions(indexes)]


def _included(index: int) -> queries.Inclusion:
    """Prove that an entry which is there is in the log; it may be too young. Raises NotFound."""
    try:
        return queries.inclusion(index)
    except NotFound as fault:
        raise NotFound("No checkpoint covers this entry yet.", next_step="Try again in a minute.") from fault


def _proved(held: queries.Inclusion, ours: bool) -> dict[str, Any]:
    told: dict[str, Any] = {"index": held.index, "hash": held.hash.hex(), "size": held.size}
    told |= {"proof": [one.hex() for one in held.proof], "checkpoint": held.checkpoint}
    return {**told, "leaf": held.leaf.decode()} if ours else told


def _wanted(agency: Agency, wanted: Wanted) -> QuerySet[Leaf]:
    rows = _ours(agency) if wanted.ours else _of_others(agency)
    if wanted.person:
        rows = rows.filter(entry__contains=f'"reference":"{_person(agency, wanted.person)}"')
    if wanted.action:
        if wanted.action not in ACTIONS:
            raise Invalid("There is no such deed.", next_step="Choose one from the list.")
        rows = rows.filter(action=wanted.action)
    if wanted.about:
        rows = rows.filter(subject=wanted.about.replace("\0", ""))
    if wanted.since:
        rows = rows.filter(at__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(at__lte=wanted.until)
    return rows if wanted.before is None else rows.filter(index__lt=wanted.before)


def _person(agency: Agency, name: str) -> str:
    found = next((user for user in users(agency) if user.username == name), None)
    if found is None:
        raise Invalid("Nobody of your agency has this name.", next_step="Choose somebody from the list.")
    return str(found.pk)


def _ours(agency: Agency) -> QuerySet[Leaf]:
    return Leaf.objects.filter(agency=str(agency.pk)).exclude(action__in=ABOUT_OTHERS)


def _of_others(agency: Agency) -> QuerySet[Leaf]:
    """Return what others did with the agency, its submissions, and its contents where they can have seen them."""
    others = Leaf.objects.filter(Q(agency__isnull=True) | ~Q(agency=str(agency.pk)))
    number = Cast(Substr("subject", len(CONTENT) + 1), BigIntegerField())
    submission = own_submissions(agency).annotate(as_subject=Concat(Value("submission:"), Cast("pk", CharField())))
    of_content = others.filter(subject__startswith=CONTENT).annotate(
        content=Case(When(subject__startswith=CONTENT, then=number))  # no other subject is read as a number
    )
    unseen = unseen_exhibits(agency, OuterRef("agency")).filter(
        content=OuterRef("content"), received_at__lte=OuterRef("at")
    )
    ours = own_exhibits(agency).filter(content=OuterRef("content"))
    seen = of_content.filter(Exists(ours)).exclude(Exists(unseen)).values("index")
    on_submissions = others.filter(Exists(submission.filter(as_subject=OuterRef("subject")))).values("index")
    about_us = Q(subject=f"agency:{agency.pk}")
    return others.filter(about_us | Q(index__in=on_submissions) | Q(index__in=seen))


def _line(leaf: Leaf, agency: Agency, names: Mapping[str, str], codes: Mapping[str, str]) -> Line:
    said = json.loads(leaf.entry)
    ours = leaf.agency == str(agency.pk)
    person = names.get(said["actor"]["reference"], said["actor"]["kind"]) if ours else ""
    return Line(
        index=leaf.index,
        at=leaf.at,
        action=leaf.action or "",
        words=ACTIONS.get(leaf.action or "", ""),
        about=leaf.subject or "",
        person=person,
        agency=codes.get(leaf.agency or "", ""),
        detail=said["detail"] if ours else None,
        hash=bytes(leaf.hash),
    )
