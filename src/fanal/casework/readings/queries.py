"""Reads of what was read, each already filtered by the agency that asks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from fanal.casework.evidence.queries import examined_contents, visible_bytes
from fanal.casework.readings.models import Reading, TextLine
from fanal.core.access.asking import asking
from fanal.core.access.database.among import Among
from fanal.core.access.database.made import made_once
from fanal.core.access.models import Agency
from fanal.engine.text.line import SURE
from fanal.engine.text.plain import grams_of, least_shared, searched_words, words_of
from fanal.engine.text.pointers import Pointer, pointers_in

READABLE = ("image", "video")
MOST_LINES = 200
"""Lines that a search returns."""
MOST_FILES = 40
"""Contents that a page of a search shows."""
_ALIKE = 0.55
"""Share of the asked runs of three characters that a line must have to be like what was asked."""
_LONGEST_QUERY = 200

MOST_COUNTED = 1_000
"""The latest so many contents tell how far reading has come: to count a million takes longer than any search."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How many contents an agency may see that can show text, and in how many of them it was looked for."""

    done: int
    of: int

    @property
    def latest(self) -> bool:
        """True where only the latest were counted, as there may be more."""
        return self.of == MOST_COUNTED


@dataclass(frozen=True, slots=True)
class Found:
    """Lines that a search found. `newest`: files newest first, not the likest; `more`: there are more than these."""

    lines: Sequence[TextLine]
    more: bool = False
    newest: bool = False


def visible_lines(agency: Agency) -> QuerySet[TextLine]:
    """Return the lines of contents whose bytes an agency may see: digests alone tell nothing of what they show."""
    return TextLine.objects.filter(Exists(visible_bytes(agency).filter(content=OuterRef("content"))))


def search(agency: Agency, asked: str, *, before: int | None = None) -> Found:
    """Return the visible lines that have all the words asked for, then those that are like it; the likest first.

    Case, accents and punctuation play no role. Where more files have all the words than a page shows, nothing else is
    looked for, and the newest files are first; `before` continues with those older than this content.
    """
    asked = asked[:_LONGEST_QUERY]
    words = searched_words(asked)
    grams = grams_of(words)
    if not grams:
        return Found([])
    # What is written in groups of digits is found by its groups, or by all of them as one.
    whole = sorted(set(words))
    joined = ["".join(words_of(asked))] if all(word.isdigit() for word in words) else whole
    # The database gives lines for one agency alone, also where the system asks on its behalf.
    with asking(agency.pk):
        having = _ids(
            "SELECT readings_having(%s::text[], %s::text[], %s::bigint, %s)", whole, joined, before, MOST_LINES + 1
        )
        found = _lines(agency, having)
        if before is not None or len(found) > MOST_LINES or len({line.content_id for line in found}) > MOST_FILES:
            newest = sorted(found, key=lambda line: (-line.content_id, *_place(line)))
            return Found(newest[:MOST_LINES], len(found) > MOST_LINES, True)
        fewest = least_shared(len(grams), _ALIKE)
        alike = _ids("SELECT readings_alike(%s::text[], %s::integer, %s)", grams, fewest, MOST_LINES)
        found += _lines(agency, set(alike).difference(having))
    asked_for = set(grams)
    likest = sorted(
        found,
        key=lambda line: (-len(asked_for.intersection(line.grams)), -line.confidence, line.content_id, *_place(line)),
    )
    return Found(likest[:MOST_LINES])


def _ids(statement: str, *given: Any) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return [line for (line,) in cursor.fetchall()]


def _lines(agency: Agency, lines: Iterable[int]) -> list[TextLine]:
    return list(visible_lines(agency).filter(Among("pk", lines)).select_related("content"))


def _place(line: TextLine) -> tuple[float, int]:
    """Return where in its content a line stands."""
    return line.time or 0.0, line.position


def lines_of(agency: Agency, content: int) -> Sequence[TextLine]:
    """Return what was read in one content, in its order; nothing where the agency may not see its bytes."""
    return _lines_in(agency, content)


@made_once
def _lines_in(agency: Agency, content: int) -> QuerySet[TextLine]:
    return visible_lines(agency).filter(content=content).order_by("time", "position")


def pointers_of(agency: Agency, content: int) -> tuple[Pointer, ...]:
    """Return what in the text of a content points to countries, the strongest first."""
    return pointers_in(line.text for line in lines_of(agency, content) if line.confidence >= SURE)


def progress(agency: Agency) -> Progress:
    """Count how far reading has come in what an agency may see: in the latest contents, where there are many."""
    bytes_of_it = visible_bytes(agency).filter(content=OuterRef("pk"), content__gte=OuterRef("pk"))
    seen = examined_contents(READABLE).filter(Exists(bytes_of_it)).order_by("-pk")
    latest = list(seen.values_list("pk", flat=True)[:MOST_COUNTED])
    return Progress(Reading.objects.filter(content__in=latest).count(), len(latest))


def unread(most: int, *, but_not: Iterable[int]) -> list[int]:
    """Return contents that can show text and were not read yet, the newest first: for the system, never for a page."""
    waiting = examined_contents(READABLE).filter(reading__isnull=True).exclude(pk__in=list(but_not))
    return list(waiting.order_by("-pk").values_list("pk", flat=True)[:most])


def unread_among(contents: Iterable[int]) -> list[int]:
    """Return those of these contents that can show text and in which it was not read yet, or not with success."""
    read = Reading.objects.filter(content=OuterRef("pk"), state=Reading.State.READ)
    waiting = examined_contents(READABLE).filter(~Exists(read), pk__in=list(contents))
    return list(waiting.order_by("pk").values_list("pk", flat=True))


def with_text(contents: Iterable[int]) -> list[int]:
    """Return those of these contents in which text was read: for the system, never for a page."""
    return list(TextLine.objects.filter(content__in=list(contents)).values_list("content", flat=True).distinct())
