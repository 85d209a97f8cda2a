"""Reads of evidence, each already filtered by the agency that asks."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, CharField, Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Window
from django.db.models.functions import Cast, RowNumber

from fanal.casework.evidence.models import Content, Exhibit, Source, Submission, Visibility
from fanal.core.access.asking import asking_for_everybody
from fanal.core.access.database.among import Among
from fanal.core.access.database.made import made_once
from fanal.core.access.models import Agency
from fanal.kit.errors import NotFound

MOST_SIGHTINGS = 20
LARGEST = 2**63 - 1
"""No content has a larger number: the column holds none."""


@dataclass(frozen=True, slots=True)
class Holding:
    """That an agency submitted a content, and whether the one who asks sees any of its submissions with it."""

    sha256: bytes
    content: int
    agency: Agency
    seen: bool


def seen_by(agency: Agency, submission: str = "") -> Q:
    """Return the rule of who sees a submission: its own agency, and of the connected ones those that it is shown to.

    `submission` is the way there with two underscores behind it, for what lies in one.

    The database holds the same rule as row policies, in `migrations/0002_row_policies.py`.
    """
    own = Q((f"{submission}agency", agency))
    if not agency.connected:
        return own
    visibility, named = f"{submission}visibility", (f"{submission}named__contains", [agency.pk])
    return own | Q((visibility, Visibility.ALL_CONNECTED)) | Q((visibility, Visibility.NAMED), named)


def visible_submissions(agency: Agency) -> QuerySet[Submission]:
    """Return the submissions an agency may see, newest first."""
    return Submission.objects.filter(seen_by(agency)).select_related("agency")


def own_submissions(agency: Agency) -> QuerySet[Submission]:
    """Return an agency's own submissions, newest first."""
    return Submission.objects.filter(agency=agency).select_related("agency")


def visible_submission(agency: Agency, submission: UUID) -> Submission:
    """Return one submission. Raises NotFound alike for what is not there and what may not be seen."""
    found = _with_id(agency, submission)
    if not found:
        raise NotFound("There is no such submission.")
    return found[0]


@made_once
def _with_id(agency: Agency, submission: UUID) -> QuerySet[Submission]:
    return visible_submissions(agency).filter(pk=submission)


def named_agencies(agency: Agency, submission: Submission) -> list[str]:
    """Return the codes of those that a visible submission names: for its owner all, for others only their own."""
    named = Agency.objects.filter(pk__in=submission.named).order_by("code")
    own = submission.agency_id == agency.pk
    return list((named if own else named.filter(pk=agency.pk)).values_list("code", flat=True))


def visible_exhibits(agency: Agency) -> QuerySet[Exhibit]:
    """Return the exhibits an agency may see."""
    return Exhibit.objects.filter(seen_by(agency, "submission__"))


def visible_bytes(agency: Agency) -> QuerySet[Exhibit]:
    """Return the exhibits an agency may see whose bytes were submitted with them.

    Whoever knows a digest alone learns nothing more of a content than that digest.
    """
    return visible_exhibits(agency).filter(submission__hash_only=False)


def open_contents(agency: Agency, contents: Collection[int]) -> dict[int, Content]:
    """Return those of these contents whose bytes an agency may see, by their ids."""
    return {content.pk: content for content in _open_contents(agency, list(contents))} if contents else {}


@made_once
def _open_contents(agency: Agency, contents: list[int]) -> QuerySet[Content]:
    held = visible_bytes(agency).filter(Among("content_id", contents))
    return visible_contents(agency).filter(pk__in=held.values("content"))


def open_to_all(content: int) -> bool:
    """Return whether the bytes of a content lie in a submission that all connected agencies see."""
    shared = Exhibit.objects.filter(submission__visibility=Visibility.ALL_CONNECTED, submission__hash_only=False)
    return shared.filter(content=content).exists()


def visible_contents(agency: Agency) -> QuerySet[Content]:
    """Return the contents that lie in a submission the agency may see."""
    return Content.objects.filter(Exists(visible_exhibits(agency).filter(content=OuterRef("pk"))))


@asking_for_everybody()
def last_deliveries() -> dict[UUID, datetime]:
    """Return when each agency last delivered something, and nothing of what: for the central desk."""
    last = Submission.objects.order_by().values("agency").annotate(at=Max("created_at"))
    return {one["agency"]: one["at"] for one in last}


def own_contents(agency: Agency) -> QuerySet[Content]:
    """Return the contents that the agency itself submitted."""
    return Content.objects.filter(Exists(Exhibit.objects.filter(content=OuterRef("pk"), submission__agency=agency)))


def visible_content(agency: Agency, content: int) -> Content:
    """Return one content, as the agency may know it; it must not be saved.

    Raises NotFound alike for what is not there and what may not be seen.
    """
    found = _numbered(agency, content) if content <= LARGEST else []
    if not found:
        raise NotFound("There is no such content.")
    return as_known_to(agency, found)[0]


@made_once
def _numbered(agency: Agency, content: int) -> QuerySet[Content]:
    return visible_contents(agency).filter(pk=content)


def seen_contents(agency: Agency, contents: Collection[int]) -> list[Content]:
    """Return those of these contents that an agency may see."""
    return _seen_contents(agency, list(contents)) if contents else []


@made_once
def _seen_contents(agency: Agency, contents: list[int]) -> QuerySet[Content]:
    return visible_contents(agency).filter(Among("pk", contents))


def visible_content_with(agency: Agency, sha256: bytes) -> Content:
    """Return the content with this SHA-256, as `visible_content` does. Raises NotFound."""
    found = _hashed(agency, [sha256])
    if not found:
        raise NotFound("There is no such content.")
    return as_known_to(agency, found)[0]


@made_once
def _hashed(agency: Agency, digests: list[bytes]) -> QuerySet[Content]:
    return visible_contents(agency).filter(Among("sha256", digests))


def own_submission(agency: Agency, submission: UUID) -> Submission:
    """Return one of an agency's own submissions. Raises NotFound alike for what is not there and what is another's."""
    found = own_submissions(agency).filter(pk=submission).first()
    if found is None:
        raise NotFound("There is no such submission of your agency.")
    return found


def as_known_to(agency: Agency, contents: Sequence[Content]) -> list[Content]:
    """Return visible contents as the agency may know them: of those it has only digests of, nothing but these.

    What is returned must not be saved.
    """
    ids = [content.pk for content in contents]
    open_to_it = set(_open_among(agency, ids) if ids else ())
    return [content if content.pk in open_to_it else _digests_of(content) for content in contents]


@made_once
def _open_among(agency: Agency, contents: list[int]) -> QuerySet[Exhibit, int]:
    return visible_bytes(agency).filter(Among("content_id", contents)).values_list("content", flat=True)


def _digests_of(content: Content) -> Content:
    known = {name: getattr(content, name) for name in ("pk", "sha256", "sha1", "md5", "size")}
    return Content(**known, state=Content.State.HASH_ONLY)


def sightings(agency: Agency, contents: Iterable[int]) -> dict[int, list[Exhibit]]:
    """Return where contents were found, as far as the agency may know: content id to exhibits, oldest first.

    Of each agency at most the first `MOST_SIGHTINGS` of a content: some files lie everywhere, ten thousand times.
    """
    found: dict[int, list[Exhibit]] = {}
    wanted = list(contents)
    for exhibit in _first_found(agency, wanted, MOST_SIGHTINGS) if wanted else ():
        found.setdefault(exhibit.content_id, []).append(exhibit)
    return found


@made_once
def _first_found(agency: Agency, contents: list[int], most: int) -> QuerySet[Exhibit]:
    place = Window(
        RowNumber(),
        partition_by=[F("content"), F("submission__agency")],
        order_by=[F("received_at"), F("id")],
        output_field=BigIntegerField(),
    )
    exhibits = visible_exhibits(agency).filter(Among("content_id", contents)).annotate(place=place)
    few = exhibits.filter(place__lte=most).select_related("submission__agency", "parent")
    return few.order_by("received_at", "id")


def whose(agency: Agency, exhibits: Iterable[Exhibit]) -> tuple[list[Exhibit], list[Exhibit]]:
    """Return an agency's own exhibits and those of others, each in the order given."""
    sides: tuple[list[Exhibit], list[Exhibit]] = ([], [])
    for one in exhibits:
        sides[one.submission.agency_id != agency.pk].append(one)
    return sides


def members_of_each(exhibits: Sequence[Exhibit]) -> dict[int, int]:
    """Return how many files lie directly in each of these, where there are any."""
    inside = Exhibit.objects.filter(parent__in=exhibits).order_by().values_list("parent")
    return dict(inside.annotate(files=Count("pk")))


def contents_after(submission: UUID, content: int, most: int) -> list[int]:
    """Return the next so many contents of a submission after one, in their order: for the system, never for a page."""
    found = Exhibit.objects.filter(submission=submission, content__gt=content).order_by("content")
    return list(found.values_list("content", flat=True).distinct()[:most])


def known_elsewhere(submission: Submission, contents: Iterable[int]) -> int:
    """Count the contents of a submission that its agency also sees in another one."""
    elsewhere = visible_exhibits(submission.agency).exclude(submission=submission).filter(content__in=list(contents))
    return elsewhere.values("content").distinct().count()


def received_keys(submission: Submission) -> set[bytes]:
    """Return the path keys of the files that a submission holds already, so that a resumed delivery skips them."""
    keys = submission.exhibits.filter(parent__isnull=True).values_list("path_key", flat=True)
    return {bytes(key) for key in keys.iterator(chunk_size=10_000)}


def own_exhibits(agency: Agency) -> QuerySet[Exhibit]:
    """Return the exhibits that the agency itself submitted."""
    return Exhibit.objects.filter(submission__agency=agency)


def agencies_holding(contents: Iterable[int]) -> dict[int, int]:
    """Return how many agencies submitted each content, seen or not: for the system, never for a page."""
    counted = Exhibit.objects.filter(content__in=list(contents)).values_list("content")
    return dict(counted.annotate(agencies=Count("submission__agency", distinct=True)).order_by())


def agencies_with(contents: Iterable[int]) -> QuerySet[Agency]:
    """Return the agencies that submitted any of these contents, seen or not: for the system, never for a page."""
    held = Exhibit.objects.filter(content__in=list(contents))
    return Agency.objects.filter(pk__in=held.values("submission__agency"))


@asking_for_everybody()
def holdings_of(agency: Agency, digests: Sequence[bytes]) -> list[Holding]:
    """Return who holds these SHA-256 digests, and whether this agency sees them there: for the system alone."""
    held = Exhibit.objects.filter(content__sha256__in=list(digests)).order_by()
    seen = Exists(Submission.objects.filter(seen_by(agency), pk=OuterRef("submission")))
    rows = list(
        held.annotate(seen=seen)
        .values_list("content__sha256", "content", "submission__agency")
        .annotate(any_seen=Count("pk", filter=Q(seen=True)))
    )
    agencies = Agency.objects.in_bulk()  # all of them, so that a hit asks the database no more than a miss
    return [Holding(bytes(sha256), content, agencies[owner], some > 0) for sha256, content, owner, some in rows]


def first_delivered(content: int) -> Submission | None:
    """Return the first submission of a connected agency that holds the bytes of a content: for the system."""
    held = Exhibit.objects.filter(content=content, submission__hash_only=False, submission__agency__connected=True)
    first = held.select_related("submission__agency").order_by("received_at", "id").first()
    return first.submission if first else None


def waiting_contents(contents: Iterable[int]) -> list[tuple[int, bytes, str]]:
    """Return those contents that wait to be examined: id, SHA-256, and the name of the file that was first found."""
    waiting = Content.objects.filter(pk__in=list(contents), state=Content.State.STORED)
    first = Exhibit.objects.filter(content__in=waiting).order_by("content", "id").distinct("content")
    names = dict(first.values_list("content", "path"))
    return [(pk, bytes(sha256 or b""), names.get(pk, "")) for pk, sha256 in waiting.values_list("pk", "sha256")]


def examined_contents(families: Sequence[str]) -> QuerySet[Content]:
    """Return the examined contents of these families, whoever submitted them: for the system, never for a page."""
    return Content.objects.filter(family__in=families, state=Content.State.EXAMINED)


def contents_without(
    without: QuerySet[Any],
    families: Iterable[str],
    *,
    among: Iterable[int] | None = None,
    most: int | None = None,
    but_not: Iterable[int] = (),
) -> list[tuple[int, bytes, str]]:
    """Return examined contents of these families, as `waiting_contents` does, oldest first.

    `without` is a query by `OuterRef("pk")` for what leaves a content out.
    """
    found = examined_contents(list(families)).filter(~Exists(without)).exclude(pk__in=list(but_not))
    if among is not None:
        found = found.filter(pk__in=list(among))
    rows = list(found.order_by("pk").values_list("pk", "sha256")[:most])
    first = Exhibit.objects.filter(content__in=[pk for pk, _ in rows]).order_by("content", "id").distinct("content")
    names = dict(first.values_list("content", "path"))
    return [(pk, bytes(sha256 or b""), names.get(pk, "")) for pk, sha256 in rows]


def sizes_of(contents: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Return width and height, in stored pixels, of those contents that have any."""
    known = Content.objects.filter(pk__in=list(contents), width__gt=0, height__gt=0)
    return {pk: (width or 0, height or 0) for pk, width, height in known.values_list("pk", "width", "height")}


def was_examined(content: int) -> bool:
    """Return whether it is known what a content holds."""
    return Content.objects.filter(pk=content, state=Content.State.EXAMINED).exists()


def sha256_of(contents: Iterable[int]) -> dict[int, bytes]:
    """Return the SHA-256 of contents, by their ids in order; of those that have none, nothing."""
    known = Content.objects.filter(pk__in=list(contents), sha256__isnull=False).order_by("pk")
    return {pk: bytes(sha256 or b"") for pk, sha256 in known.values_list("pk", "sha256")}


def file_of(content: int) -> tuple[bytes, str]:
    """Return the SHA-256 of a content and the name of the file that was first found to hold it."""
    first = Exhibit.objects.filter(content=content).order_by("id").values_list("path", flat=True).first()
    sha256 = Content.objects.values_list("sha256", flat=True).get(pk=content)
    return bytes(sha256 or b""), first or ""


def facts_in(agency: Agency | None, contents: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return the facts of those contents whose bytes an agency may see; None asks for the system, never a page."""
    wanted = list(contents)
    return dict(_facts(agency, wanted)) if wanted else {}


@made_once
def _facts(agency: Agency | None, contents: list[int]) -> QuerySet[Content, tuple[int, dict[str, Any]]]:
    found = Content.objects.filter(Among("pk", contents), state=Content.State.EXAMINED)
    if agency is not None:
        found = found.filter(Exists(visible_bytes(agency).filter(content=OuterRef("pk"))))
    return found.values_list("pk", "facts")


def found_in(agency: Agency | None, contents: Iterable[int]) -> list[tuple[int, str, bool]]:
    """Return where contents were found, as far as an agency may know: content, country, and whether on a seized device.

    None asks for the system, never a page.
    """
    wanted = list(contents)
    said = _origins(agency, wanted) if wanted else []
    return [(content, country, source == Source.SEIZED_DEVICE) for content, country, source in said]


@made_once
def _origins(agency: Agency | None, contents: list[int]) -> QuerySet[Exhibit, tuple[int, str, str]]:
    exhibits = Exhibit.objects.filter(submission__hash_only=False) if agency is None else visible_bytes(agency)
    rows = exhibits.filter(Among("content_id", contents)).order_by("content")
    return rows.values_list("content", "submission__agency__country", "submission__source").distinct()


def placed_among(contents: Iterable[int]) -> list[int]:
    """Return those of these contents whose files give coordinates: for the system, never for a page."""
    placed = Content.objects.filter(pk__in=list(contents), facts__has_key="gps_latitude")
    return list(placed.values_list("pk", flat=True))


def first_received(agency: Agency, contents: Iterable[int]) -> dict[int, datetime]:
    """Return when contents first came, as far as an agency may know."""
    return dict(_first_received(agency, list(contents)))


@made_once
def _first_received(agency: Agency, contents: list[int]) -> QuerySet[Exhibit, tuple[int, datetime]]:
    exhibits = visible_bytes(agency).filter(Among("content_id", contents)).order_by().values_list("content")
    return exhibits.annotate(received=Min("received_at"))


def unseen_exhibits(agency: Agency, holder: object) -> QuerySet[Exhibit]:
    """Return what another agency holds (its id as text, perhaps of an outer query) that this one may not see."""
    theirs = Exhibit.objects.annotate(holder=Cast("submission__agency", CharField())).filter(holder=holder)
    return theirs.exclude(submission__in=visible_submissions(agency))
