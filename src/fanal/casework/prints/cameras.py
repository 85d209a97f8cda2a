"""Devices among all contents: one link from each submission to each other that holds files of the same camera.

A camera with ten thousand pictures in one seizure is one thing to know, not fifty million pairs. So of a submission
only its first content with a device's name is linked, to the first content of every other submission that has files of
it. How many there are is counted when somebody looks, among what they may see.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.db.models import Count, F, Min, QuerySet, TextChoices

from fanal.casework.evidence.queries import visible_bytes
from fanal.casework.prints.models import Print
from fanal.core.access.database.among import Among
from fanal.core.access.models import Agency
from fanal.engine.fingerprint.camera import TECHNIQUE, Device, device_of
from fanal.engine.match.camera.links import ACCEPTED, LEAST_KNOWN, MOST_ALIKE, camera_link, is_rare
from fanal.engine.match.comparer import Found
from fanal.engine.origin.camera import Mark

MOST_SUBMISSIONS = 50
"""Other submissions to which one device links a content: one of each agency before a second of any."""
_JUST_BEFORE = 50
"""Contents before this one among which one of its own submission is looked for first: the rest is seldom asked."""

_AFTER = b"\xff"
"""Greater than what can follow a key: the name is UTF-8."""


class _Of(TextChoices):
    """A choice, so that it stands in the statement: a plan that does not know it cannot use the index of cameras."""

    CAMERAS = TECHNIQUE, ""


class Sightings(NamedTuple):
    """One device of a content, and what of it an agency may see."""

    device: Device
    files: int
    submissions: int


def camera_links(content: int, devices: Iterable[Device], linked: Iterable[int]) -> Iterator[Found]:
    """Yield the links that a content's devices make: to contents linked already, and to the first of each other
    submission."""
    found: set[int] = set()
    for device in devices:
        for owner in (*_among(device, linked), *_firsts(content, device)):
            if owner != content and owner not in found:
                found.add(owner)
                yield Found(owner, camera_link(device))


def devices_seen(agency: Agency, content: int) -> list[Sightings]:
    """Return the devices that a content names by a serial number, and in how many files an agency sees each.

    Files that it knows by their digests alone are not counted: what they bear is not for it.
    """
    seen = []
    for device in _devices(content):
        if device.mark in ACCEPTED:
            contents = _bearing(device).values_list("content", flat=True)
            bearing = visible_bytes(agency).filter(Among("content_id", contents))
            counted = bearing.aggregate(
                files=Count("content", distinct=True), submissions=Count("submission", distinct=True)
            )
            seen.append(Sightings(device, counted["files"], counted["submissions"]))
    return seen


def _devices(content: int) -> list[Device]:
    rows = Print.objects.filter(content=content, technique=TECHNIQUE).order_by("feed").values_list("data", flat=True)
    return [device_of(bytes(data)) for data in rows]


def _bearing(device: Device) -> "QuerySet[Print]":
    """Return the prints that begin with a device's key.

    As a range, not by their first bytes: before a row policy was asked PostgreSQL lets an index be used only by
    operators that cannot leak, and `substring` is not among them.
    """
    return Print.objects.filter(technique=_Of.CAMERAS, data__gte=device.key, data__lt=device.key + _AFTER)


def _among(device: Device, linked: Iterable[int]) -> Iterator[int]:
    """Yield those of the contents that bear the name too; how a file is coded adds nothing to another link."""
    if device.mark in ACCEPTED:
        yield from _bearing(device).filter(content__in=list(linked)).values_list("content", flat=True)


def _firsts(content: int, device: Device) -> Iterator[int]:
    """Yield the first content of each other submission, if this one is the first of one of its own."""
    bearing = _bearing(device)
    own = set(bearing.filter(content=content).values_list("content__exhibits__submission", flat=True))
    before = bearing.filter(content__lt=content).order_by("-content").values_list("content", flat=True)[:_JUST_BEFORE]
    if bearing.filter(content__in=list(before), content__exhibits__submission__in=own).exists():
        return
    whose = F("content__exhibits__submission__agency")
    groups = bearing.values("content__exhibits__submission", agency=whose).annotate(
        first=Min("content"), files=Count("content", distinct=True)
    )
    by_submission = {row["content__exhibits__submission"]: row for row in groups.order_by("first")}
    if all(row["first"] != content for key, row in by_submission.items() if key in own):
        return
    others = [row for key, row in by_submission.items() if key not in own and key is not None]
    files = sum(row["files"] for row in by_submission.values())
    if device.mark == Mark.CODING and (files > MOST_ALIKE or not is_rare(files, _coded())):
        return
    for _, first in sorted(_in_turn((row["agency"], row["first"]) for row in others))[:MOST_SUBMISSIONS]:
        yield first


def _in_turn(firsts: Iterable[tuple[object, int]]) -> Iterator[tuple[int, int]]:
    """Yield contents, each after how many others of its agency come before it.

    A lead is told to those who see both sides: were only the oldest linked, and all of one agency, two others that
    have the camera as well would never hear of each other.
    """
    turns: Counter[object] = Counter()
    for agency, first in firsts:
        yield turns[agency], first
        turns[agency] += 1


def _coded() -> int:
    """Return how many contents are known by how they are coded, as far as it matters."""
    coded = Print.objects.filter(technique=_Of.CAMERAS, data__gte=b"C", data__lt=b"D")
    return len(coded.values_list("feed")[:LEAST_KNOWN])
