"""Submits the demonstration world as real agencies would: agencies, officers, deliveries."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from fanal.casework.evidence.actions import Delivery, conclude_delivery, open_submission
from fanal.casework.evidence.delivery import deliver
from fanal.casework.evidence.models import Exhibit, Source, Submission, Visibility
from fanal.casework.evidence.progress import progress_of
from fanal.casework.evidence.queries import own_submissions
from fanal.casework.leads.findings import Box
from fanal.casework.leads.queries import leads_of_content
from fanal.casework.registry.actions import Words, bring_in
from fanal.casework.registry.models import Clue
from fanal.casework.registry.queries import visible_sightings
from fanal.casework.sharing.actions import disclose
from fanal.core.access.actions import admit_agency, enrol_user
from fanal.core.access.models import Agency
from fanal.core.access.queries import operator_of
from fanal.core.access.roles import Role
from fanal.doors.demo.plan import Planted
from fanal.doors.demo.world import DemoAgency, World
from fanal.kit.actor import SYSTEM

PASSWORD = "lantern on the shore"  # noqa: S105 - printed for everyone who starts the demonstration


STAFF = (Role.SUPERVISOR, Role.ADMINISTRATOR, Role.AUDITOR)
"""Who else is in each agency: `nz-supervisor` signs in beside the officer `nz`, and so on."""

CENTRAL_DESK = "central"
"""The name by which the one person of the central desk signs in."""


def open_doors(world: World) -> None:
    """Admit the agencies, each with an officer who signs in with its code in small letters, and with its `STAFF`."""
    for shown in world.agencies:
        agency = admit_agency(code=shown.code, name=shown.name, country=shown.country, actor=SYSTEM)
        officer = shown.code.lower()
        _let_in(officer, f"Officer {shown.code}", agency, Role.OFFICER)
        for role in STAFF:
            _let_in(f"{officer}-{role}", f"{role.capitalize()} {shown.code}", agency, role)
        disclose(agency, answers=True, contact=f"desk@{officer}.example", actor=operator_of(agency))
    # In a country to which nothing points, so that it is alerted of none of the others' victims.
    centre = admit_agency(code="CENTRE", name="Central desk", country="LU", actor=SYSTEM)
    _let_in(CENTRAL_DESK, "Central desk", centre, Role.CENTRAL)


def _let_in(username: str, name: str, agency: Agency, role: Role) -> None:
    enrol_user(username=username, display_name=name, agency=agency, password=PASSWORD, actor=SYSTEM, role=role)


def submit_all(world: World) -> Iterator[int]:
    """Submit every delivery that is not there yet; yield how many files were received, batch by batch."""
    for shown in world.agencies:
        agency = Agency.objects.get(code=shown.code)
        done = set(own_submissions(agency).filter(state=Submission.State.RECEIVED).values_list("label", flat=True))
        for delivery in _deliveries(shown, agency):
            if delivery.label not in done:
                submission = open_submission(delivery, operator_of(agency))
                for step in deliver(submission, [_folder(shown, delivery)], operator_of(agency)):
                    yield step.received
                conclude_delivery(submission)


def keep_catalogue(world: World) -> None:
    """Keep what agencies know as catalogue references, each once; it is looked for when its picture is examined."""
    for reference in world.catalogue:
        exhibit = _exhibit(reference.path)
        if exhibit is None:
            continue
        agency = exhibit.submission.agency
        if not Clue.objects.filter(agency=agency, title=reference.title).exists():
            words = Words(reference.title, reference.description, reference.tags, reference.countries)
            bring_in(exhibit.content_id, Box(*reference.box), words, agency, operator_of(agency))


def _deliveries(shown: DemoAgency, agency: Agency) -> Iterator[Delivery]:
    for submission in shown.submissions:
        yield Delivery(
            agency=agency,
            label=submission.folder.name,
            origin=f"demonstration/{shown.code}/{submission.folder.name}",
            case_reference=submission.case,
            source=Source(submission.source),
            legal_basis=submission.legal_basis,
            visibility=Visibility(submission.visibility),
        )


def _folder(shown: DemoAgency, delivery: Delivery) -> Path:
    return next(part.folder for part in shown.submissions if part.folder.name == delivery.label)


def files_done() -> tuple[int, int]:
    """Return how many files are examined, and how many there are."""
    progress = [progress_of(submission) for submission in Submission.objects.all()]
    return sum(part.done for part in progress), sum(part.exhibits for part in progress)


@dataclass(frozen=True, slots=True)
class Shown:
    """A lead worth looking at: which officer sees it, where, and why."""

    officer: str
    lead: str
    why: str


def worth_seeing(world: World) -> Sequence[Shown]:
    """Return one lead of each kind that the world has planted and the techniques found."""
    found: dict[str, Shown] = {}
    for planted in world.planted:
        key = planted.how + planted.what if planted.how == "altered" else planted.how
        if key not in found and (shown := _found(planted)) is not None:
            found[key] = shown
    return list(found.values())[:6]


def pointed(world: World) -> Shown | None:
    """Return the surest place where another agency's picture shows what a country has in its catalogue."""
    for shown in world.agencies:
        agency = Agency.objects.get(code=shown.code)
        seen = visible_sightings(agency).filter(content__exhibits__submission__agency=agency)
        others = seen.exclude(clue__agency=agency).order_by("-confidence", "id").first()
        if others is not None:
            why = f"{others.clue.title} ({', '.join(others.clue.countries)}). {others.why}"
            return Shown(shown.code.lower(), str(others.pk), why)
    return None


def _found(planted: Planted) -> Shown | None:
    first, second = _exhibit(planted.first), _exhibit(planted.second)
    if first is None or second is None:
        return None
    agency = second.submission.agency
    contents = {first.content_id, second.content_id}
    for lead in leads_of_content(agency, first.content_id):
        if {lead.left_id, lead.right_id} == contents:
            return Shown(agency.code.lower(), str(lead.pk), lead.why)
    return None


def _exhibit(path: str) -> Exhibit | None:
    """Return the exhibit of a file of the world, given as agency/delivery/name."""
    _, delivery, name = path.split("/", 2)
    exhibits = Exhibit.objects.filter(submission__label=delivery, path=name).select_related("submission__agency")
    return exhibits.first()
