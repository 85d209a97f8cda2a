"""Opens in the registry what the demonstration is about: the series of the attic room, and the child in it."""

from fanal.casework.entries.actions import link_entries, open_entry, state
from fanal.casework.entries.facts import stated_age, stated_state
from fanal.casework.entries.models import Entry
from fanal.casework.entries.queries import listed_entries
from fanal.casework.entries.reasons import reasons_of_entry
from fanal.casework.evidence.models import Exhibit
from fanal.core.access.queries import user_by_name
from fanal.doors.demo.load import Shown
from fanal.doors.demo.world import World
from fanal.engine.estimate.country import likely_countries

SERIES, VICTIM = "NZ-S-2026-0417", "NZ-V-2026-0417"


def keep_registry(world: World) -> None:
    """Open a series of the pictures beside the one that shows the marked bottle, and a victim, each once."""
    marked = world.marked.path.relative_to(world.folder)
    code, delivery, *inner = marked.parts
    officer = user_by_name(code.lower())
    folder = "/".join(inner[:-1])
    pictures = Exhibit.objects.filter(
        submission__label=delivery, submission__agency=officer.agency, path__startswith=f"{folder}/"
    ).filter(content__family="image")
    if not listed_entries(officer.agency).filter(reference=SERIES).exists():
        contents = sorted(set(pictures.values_list("content", flat=True)))
        series = open_entry(Entry.Kind.SERIES, SERIES, officer, contents)
        victim = open_entry(Entry.Kind.VICTIM, VICTIM, officer)
        link_entries(victim.pk, series.pk, "same", officer)
        state(victim.pk, stated_age("7", "9", "2026-03-14", known=False), officer)
        state(victim.pk, stated_state("unidentified"), officer)


def likely_home(world: World) -> Shown | None:
    """Return the victim with the country that is the likeliest, as the officer sees it who opened it."""
    code = world.marked.path.relative_to(world.folder).parts[0]
    officer = user_by_name(code.lower())
    victim = listed_entries(officer.agency).filter(reference=VICTIM).first()
    likely = likely_countries(reasons_of_entry(officer.agency, victim)) if victim else ()
    if victim is None or not likely:
        return None
    seen = ", ".join(dict.fromkeys(reason.quote for reason in likely[0].reasons if reason.quote))
    return Shown(code.lower(), str(victim.pk), f"{VICTIM} is likely in {likely[0].country}: {seen}.")
