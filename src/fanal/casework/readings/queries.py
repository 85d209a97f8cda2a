"""Reads of what was read, each already filtered by the agency that asks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from fanal.casework.evidence.queries import examined_contents, visible_bytes
from fanal.casework.readings.models import Reading, TextLine
from fanal.core.access.database.reading import planned_for_its_values
from fanal.core.access.models import Agency
from fanal.engine.text.line import SURE
from fanal.engine.text.plain import grams_of, parts_hit, searched_words, words_of
from fanal.engine.text.pointers import Pointer, pointers_in

READABLE = ("image", "video")
MOST_LINES = 200
"""Lines that a search returns."""
MOST_WEIGHED = 20_000
"""Lines with all words, and lines that by their runs of characters may be like them, among which the likest are chosen:
a search for what half of all lines have ends as soon as any other."""
_ALIKE = 0.55
"""Share of the asked runs of three characters that a line must have to be like what was asked."""
_LONGEST_QUERY = 200

# How much of what was asked for a line has.
SHARE = """
cardinality(ARRAY(SELECT unnest(readings_textline.grams) INTERSECT SELECT unnest(%s::text[])))::float / %s
"""


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


def visible_lines(agency: Agency) -> QuerySet[TextLine]:
    """Return the lines of contents whose bytes an agency may see: digests alone tell nothing of what they show."""
    return TextLine.objects.filter(Exists(visible_bytes(agency).filter(content=OuterRef("content"))))


@planned_for_its_values()
def search(agency: Agency, asked: str) -> Sequence[TextLine]:
    """Return the visible lines that have all the words asked for, then those that are like it; the likest first.

    Case, accents and punctuation play no role. Each has `share`, from 0 to 1: 1 where it has all. What suits a rare
    word does not suit one of every tenth line, so each search has its plan.
    """
    asked = asked[:_LONGEST_QUERY]
    words = searched_words(asked)
    grams = grams_of(words)
    if not grams:
        return []
    # What is written in groups of digits is found by its groups, or by all of them as one.
    whole = Q(words__contains=sorted(set(words)))
    if all(word.isdigit() for word in words):
        whole |= Q(words__contains=["".join(words_of(asked))])
    # Those with all words are gathered apart, so that no crowd of others crowds them out; where they fill the answer,
    # nothing else is looked for.
    having = visible_lines(agency).filter(whole, grams__overlap=grams).values("pk")[:MOST_WEIGHED]
    found = _likest(TextLine.objects.filter(pk__in=having), grams)
    if len(found) == MOST_LINES:
        return found
    can_be_alike = Q(*(Q(grams__overlap=some) for some in parts_hit(grams, _ALIKE)))
    near = visible_lines(agency).filter(can_be_alike).values("pk")[:MOST_WEIGHED]
    return _likest(TextLine.objects.filter(pk__in=having.union(near)), grams, whole | Q(share__gte=_ALIKE))


def _likest(lines: QuerySet[TextLine], grams: Sequence[str], which: Q | None = None) -> list[TextLine]:
    """Return the lines that have the largest share of these runs of characters, of those that are `which`."""
    weighed = lines.annotate(share=RawSQL(SHARE, [grams, len(grams)]))  # noqa: S611
    found = weighed.filter(which or Q()).select_related("content")
    return list(found.order_by(F("share").desc(), "-confidence", "content", "time", "position")[:MOST_LINES])


def lines_of(agency: Agency, content: int) -> Sequence[TextLine]:
    """Return what was read in one content, in its order; nothing where the agency may not see its bytes."""
    return list(visible_lines(agency).filter(content=content).order_by("time", "position"))


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
