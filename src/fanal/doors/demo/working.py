"""Opens a case around the demonstration's series, in which New Zealand and France work and Australia is invited."""

from fanal.casework.cases import actions, contributions, participation
from fanal.casework.cases.queries import joined_cases
from fanal.casework.entries.queries import listed_entries
from fanal.core.access.queries import user_by_name
from fanal.doors.demo.registering import SERIES
from fanal.doors.demo.world import World
from fanal.kit.errors import NotFound


def open_room(world: World) -> None:
    """Open the case once; nothing where the agencies it is for are not there."""
    code = world.marked.path.relative_to(world.folder).parts[0]
    try:
        officer, french, australian = (user_by_name(name) for name in (code.lower(), "fr", "au"))
    except NotFound:
        return
    series = listed_entries(officer.agency).filter(reference=SERIES).first()
    if series is None or joined_cases(officer.agency).exists():
        return
    case = actions.open_case("The attic room and the marked bottle", officer, {"entry": series.pk})
    for other in (french, australian):
        participation.invite(case.pk, other.agency.code, officer)
    participation.answer_invitation(case.pk, french, joins=True)
    contributions.note(case.pk, "The mark on the bottle is that of a chain of shops in our south.", french)
    contributions.set_task(case.pk, "Ask the chain which shops sold it", officer, to=french.agency.code)
    why = "Bottle and uniform point there; nothing points to us but the forum."
    contributions.decide(case.pk, "France searches for the place", why, officer)
