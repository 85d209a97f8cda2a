"""Tells, in the demonstration, one country that is not connected: a notice that is written and waits to be sealed."""

import pyrage

from fanal.casework.entries.actions import open_entry
from fanal.casework.entries.models import Entry
from fanal.casework.entries.queries import listed_entries
from fanal.casework.evidence.models import Exhibit
from fanal.casework.notices.actions import Written, begin, bring_in_recipient, write
from fanal.casework.notices.models import Notice
from fanal.core.access.actions import admit_agency
from fanal.core.access.queries import user_by_name
from fanal.doors.demo.load import Shown
from fanal.doors.demo.registering import SERIES
from fanal.doors.demo.world import World
from fanal.kit.actor import SYSTEM

COUNTRY, ROOM = "MA", "NZ-P-2026-0031"
KNOWN = "One room is seen in several pictures. A tiled stove and a price written on a box were taken for Moroccan."
ASKED = "Do you know the stove, or the shop whose price is on the box?"
MOST_PICTURES = 3


def tell_abroad(world: World) -> None:
    """Admit an agency that is not connected, and begin a notice to its country of a place, each once.

    Its key is nobody's: who tries the demonstration compares it, seals, and enters a key of their own.
    """
    morocco = admit_agency(code=COUNTRY, name="Moroccan unit", country=COUNTRY, actor=SYSTEM, connected=False)
    officer = user_by_name(_code(world))
    if Notice.objects.filter(agency=officer.agency, country=COUNTRY).exists():
        return
    nobodys = str(pyrage.x25519.Identity.generate().to_public())
    bring_in_recipient(morocco, "Desk for the protection of minors, Rabat", nobodys, "fr")
    place = open_entry(Entry.Kind.PLACE, ROOM, officer, _pictures(world))
    notice = begin(COUNTRY, officer, entry=place.pk)
    write(notice.pk, Written(KNOWN, ASKED, "desk@nz.example", "fr"), officer)


def _code(world: World) -> str:
    return world.marked.path.relative_to(world.folder).parts[0].lower()


def _pictures(world: World) -> list[int]:
    """Return a few pictures of the officer's own that are not of the series of the attic."""
    agency = user_by_name(_code(world)).agency
    series = listed_entries(agency).filter(reference=SERIES, links__content__isnull=False).values("links__content")
    own = Exhibit.objects.filter(submission__agency=agency, content__family="image").exclude(content__in=series)
    return list(own.order_by("content").values_list("content", flat=True).distinct()[:MOST_PICTURES])


def abroad(world: World) -> Shown | None:
    """Return the notice that waits; None where there is none."""
    officer = user_by_name(_code(world))
    waits = Notice.objects.filter(agency=officer.agency, country=COUNTRY).first()
    if waits is None:
        return None
    why = f"{waits.reference}, to a country that is not connected: compare its key, look at the pages, seal."
    return Shown(officer.username, str(waits.pk), why)
