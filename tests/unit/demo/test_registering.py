"""What the demonstration opens: a series and a victim in the registry, and a case, once however often it is loaded."""

from pathlib import Path

import pytest

from fanal.casework.cases.models import Case
from fanal.casework.entries.queries import contents_of, listed_entries
from fanal.casework.evidence.models import Content
from fanal.core.access.actions import admit_agency, enrol_user
from fanal.core.access.models import User
from fanal.doors.demo.abroad import ROOM, abroad, tell_abroad
from fanal.doors.demo.load import PASSWORD as DEMO_PASSWORD
from fanal.doors.demo.load import open_doors
from fanal.doors.demo.registering import SERIES, VICTIM, keep_registry, likely_home
from fanal.doors.demo.working import open_room
from fanal.doors.demo.world import DemoAgency, Region, World
from fanal.kit.actor import SYSTEM
from world import PASSWORD, submitted

pytestmark = pytest.mark.django_db


def test_a_series_and_a_victim_are_opened_once(fresh_data: Path, tmp_path: Path) -> None:
    agency = admit_agency(code="NZ", name="New Zealand", country="NZ", actor=SYSTEM)
    enrol_user(username="nz", display_name="Officer NZ", agency=agency, password=PASSWORD, actor=SYSTEM)
    delivery = tmp_path / "NZ" / "forum"
    (delivery / "downloads").mkdir(parents=True)
    for name in ("downloads/a.jpg", "downloads/b.jpg", "other.jpg"):
        (delivery / name).write_bytes(name.encode())
    submitted(agency, delivery)
    Content.objects.update(family="image", state="examined", media_type="image/jpeg")
    world = World(tmp_path, (), (), (), Region(delivery / "downloads" / "a.jpg", (0, 0, 1, 1)))
    for _ in range(2):
        keep_registry(world)
        tell_abroad(world)
        open_room(world)
    assert not Case.objects.exists(), "those for whom it is are not there"
    for code in ("FR", "AU"):
        other = admit_agency(code=code, name=code, country=code, actor=SYSTEM)
        enrol_user(username=code.lower(), display_name=code, agency=other, password=PASSWORD, actor=SYSTEM)
    for _ in range(2):
        open_room(world)
    case = Case.objects.get()
    assert (len(case.members), len(case.invited), case.lead) == (2, 1, agency)
    entries = {entry.reference: entry for entry in listed_entries(agency)}
    assert set(entries) == {SERIES, VICTIM, ROOM}
    assert len(contents_of(agency, entries[ROOM])) == 1, "what the series has not"
    told = abroad(world)
    assert told is not None
    assert "NZ-N-" in told.why
    assert len(contents_of(agency, entries[VICTIM])) == 2
    shown = likely_home(world)
    assert shown is not None
    assert "is likely in NZ" in shown.why


def test_each_agency_has_a_person_of_every_role_and_there_is_a_central_desk(tmp_path: Path) -> None:
    world = World(tmp_path, (DemoAgency("NZ", "NZ", "New Zealand", ()),), (), (), Region(tmp_path, (0, 0, 1, 1)))
    for _ in range(2):
        open_doors(world)
    roles = dict(User.objects.values_list("username", "role"))
    assert roles == {
        "nz": "officer",
        "nz-supervisor": "supervisor",
        "nz-administrator": "administrator",
        "nz-auditor": "auditor",
        "central": "central",
    }
    assert all(user.check_password(DEMO_PASSWORD) for user in User.objects.all())
