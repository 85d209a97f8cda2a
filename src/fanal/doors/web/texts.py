"""Pages of text: what was read in pictures and films, searched by its words, and told beside each content."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from fanal.casework.evidence.models import Content
from fanal.casework.evidence.queries import sightings
from fanal.casework.readings.models import TextLine
from fanal.casework.readings.queries import MOST_FILES, Found, lines_of, progress, search
from fanal.core.access.models import User
from fanal.doors.web.cards import Side
from fanal.doors.web.marks import Marks, line_marks
from fanal.doors.web.officer import log_view, officer_page
from fanal.doors.web.tiles import Tile, tiles_of
from fanal.engine.match.phrases import clock
from fanal.engine.text.language import language_of
from fanal.engine.text.line import SURE
from fanal.engine.text.pointers import Pointer, PointerKind, pointers_in

ID = re.compile(r"[0-9]{1,18}", re.ASCII)
_REASONS = {
    PointerKind.PHONE: _("The telephone number %(quote)s has the prefix of this country."),
    PointerKind.EMAIL: _("The e-mail address %(quote)s has this country’s ending."),
    PointerKind.DOMAIN: _("The internet address %(quote)s has this country’s ending."),
    PointerKind.CITY: _("%(quote)s is a city there."),
    PointerKind.COUNTRY: _("%(quote)s is a name of this country."),
    PointerKind.CURRENCY: _("%(quote)s is a price in its money."),
    PointerKind.LANGUAGE: _("The language of the text (%(quote)s) is official there alone."),
}
_SCRIPTS = {"Latn": _("Latin"), "Hani": _("Chinese characters"), "Jpan": _("Japanese"), "Grek": _("Greek")}


@dataclass(frozen=True, slots=True)
class Pointing:
    """One thing in a text that points to a country, in the reader's language."""

    country: str
    reason: str


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of the text in one content."""

    lines: Sequence[TextLine]
    marks: tuple[Marks, ...]
    pointers: Sequence[Pointing]
    scripts: Sequence[str]
    language: str


@dataclass(frozen=True, slots=True)
class FoundText:
    """One content that shows what was asked for."""

    side: Side
    lines: Sequence[TextLine]
    marks: tuple[Marks, ...]

    @property
    def times(self) -> str:
        """When in a film the first of the lines is shown; empty for a picture."""
        time = self.lines[0].time
        return "" if time is None else clock(time)


def text_of(officer: User, content: Content) -> Told:
    """Return what the officer may know of the text in a content; the caller logs the view."""
    lines = lines_of(officer.agency, content.pk)
    sure = [line for line in lines if line.confidence >= SURE]
    texts = [line.text for line in sure]
    scripts = sorted({line.script for line in sure if line.script})
    return Told(
        lines,
        line_marks(content, [line.corners for line in lines]),
        [_pointing(one) for one in pointers_in(texts)],
        [str(_SCRIPTS.get(script, script)) for script in scripts],
        _language(language_of(" ".join(texts))),
    )


def _pointing(pointer: Pointer) -> Pointing:
    # Isolated (UAX 9), so that Latin letters do not turn an Arabic sentence round.
    quote = f"\N{FIRST STRONG ISOLATE}{pointer.quote}\N{POP DIRECTIONAL ISOLATE}"
    return Pointing(pointer.country, str(_REASONS[pointer.kind]) % {"quote": quote})


def _language(code: str | None) -> str:
    if code is None:
        return ""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


@officer_page
def index(request: HttpRequest, officer: User) -> HttpResponse:
    """Search the text in all that the officer may see."""
    asked, before = request.GET.get("q", "").strip()[:200], request.GET.get("before", "")
    answer = search(officer.agency, asked, before=int(before) if ID.fullmatch(before) else None)
    files = _by_content(answer.lines)
    found = _cards(officer, dict(islice(files.items(), MOST_FILES)))
    contents = [str(one.side.tile.content.pk) for one in found]
    log_view(officer, "readings.searched", asked=asked, contents=contents)
    context = {
        "asked": asked,
        "found": found,
        "newest": answer.newest,
        "older": contents[-1] if _has_older(answer, len(files)) else "",
        "progress": progress(officer.agency),
    }
    return render(request, "web/text.html", context)


def _has_older(answer: Found, files: int) -> bool:
    return answer.newest and (answer.more or files > MOST_FILES)


def _by_content(lines: Sequence[TextLine]) -> dict[int, list[TextLine]]:
    by_content: dict[int, list[TextLine]] = {}
    for line in lines:
        by_content.setdefault(line.content_id, []).append(line)
    return by_content


def _cards(officer: User, chosen: Mapping[int, Sequence[TextLine]]) -> list[FoundText]:
    tiles = tiles_of(officer, [held[0].content for held in chosen.values()])
    places = sightings(officer.agency, chosen)
    return [_card(tiles[content], places.get(content, []), held) for content, held in chosen.items()]


def _card(tile: Tile, places: list, lines: Sequence[TextLine]) -> FoundText:  # type: ignore[type-arg]
    marks = line_marks(tile.content, [line.corners for line in lines])
    return FoundText(Side(tile, places, ()), lines, marks)
