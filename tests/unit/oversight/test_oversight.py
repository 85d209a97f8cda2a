"""The central desk sees how all agencies stand, can have what is late answered, and sees nothing of what it is of."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from abroad import NOBODYS_KEY, morocco
from desk import at_the_desk, content_of, examined
from fanal.casework.alerts.models import Alert
from fanal.casework.alerts.overseeing import escalate_of, hand_over_of
from fanal.casework.alerts.queries import waiting_by_agency
from fanal.casework.entries.actions import merge, open_entry, state
from fanal.casework.entries.facts import stated_state
from fanal.casework.entries.queries import victims_by_state
from fanal.casework.evidence.models import Visibility
from fanal.casework.notices.actions import Written, begin, bring_in_recipient, compare_key, seal, sent, write
from fanal.casework.oversight.queries import Standing, overview
from fanal.core.access.asking import asking
from fanal.core.access.models import Agency, User
from fanal.core.audit.models import Leaf
from fanal.kit import clock
from fanal.kit.errors import Conflict, Invalid, Refused
from programs import program
from world import Cast, cast, enrolled, folder_of_pictures, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def who(fresh_data: Path) -> Cast:
    return cast()


@pytest.fixture
def vera(who: Cast) -> User:
    """Somebody of the central desk, whose agency is Britain's here."""
    return enrolled(who.britain, "vera", "central")


def alerted(agency: Agency, number: int, *, ago: timedelta, answered: timedelta | None = None) -> Alert:
    """Tell an agency something, a minute after it came in."""
    told = clock.now() - ago
    times = {"caused_at": told - timedelta(minutes=number), "told_at": told, "grown_at": told}
    taken = {"acknowledged_at": told + answered} if answered is not None else {}
    key = {"kind": "lead", "key": f"SECRET-{number}", "subjects": [f"SECRET-{number}"], "count": 1}
    return Alert.objects.create(number=number, agency=agency, other=agency, **key, **times, **taken)


def standing(vera: User, agency: Agency) -> Standing:
    return next(one for one in overview(vera).agencies if one.agency == agency)


def test_how_an_agency_stands_is_told_in_numbers_and_days(who: Cast, vera: User, tmp_path: Path) -> None:
    enrolled(who.new_zealand, "robot", "service")
    program(who.mere)
    hidden = submitted(who.new_zealand, folder_of_pictures(tmp_path, range(1)), visibility=Visibility.OWN)
    alerted(who.new_zealand, 1, ago=timedelta(hours=30))
    alerted(who.new_zealand, 2, ago=timedelta(hours=2))
    with asking(vera.agency_id):
        told = standing(vera, who.new_zealand)
    assert (told.staff.people, told.staff.machines, told.machine_seen) == (1, 1, None)
    assert told.delivered == hidden.created_at.date()
    assert told.waiting is not None
    assert (told.waiting.alerts, told.waiting.late) == (2, 0)
    assert standing(vera, who.france).waiting is None


def test_the_pace_of_a_country_is_its_median_and_its_worst(who: Cast, vera: User) -> None:
    for number, hours in ((1, 1), (2, 3), (6, 20)):
        alerted(who.france, number, ago=timedelta(days=2), answered=timedelta(hours=hours))
    alerted(who.france, 99, ago=timedelta(days=91), answered=timedelta(hours=90))
    (pace,) = overview(vera).paces
    assert (pace.country, pace.told, pace.told_worst) == ("FR", timedelta(minutes=2), timedelta(minutes=6))
    assert (pace.acknowledged, pace.acknowledged_worst) == (timedelta(hours=3), timedelta(hours=20))


def test_victims_are_counted_once_however_they_were_merged(who: Cast, tmp_path: Path) -> None:
    made = submitted(who.new_zealand, folder_of_pictures(tmp_path, range(1)))
    examined([made])
    content = content_of(made, ".jpg").pk
    first, second, third = (open_entry("victim", f"NZ-V-{n}", who.mere, [content]) for n in range(3))
    open_entry("series", "NZ-S-1", who.mere, [content])
    merge(first.pk, second.pk, who.mere)
    assert victims_by_state()["unidentified"] == 2
    state(second.pk, stated_state("identified", "2015-03-01", "FR"), who.camille)
    state(third.pk, stated_state("identified", "2015-03-01", "FR"), who.camille)
    state(third.pk, stated_state("unidentified"), who.camille)
    assert {key: n for key, n in victims_by_state().items() if n} == {"identified": 1, "unidentified": 1}


def test_what_waits_is_escalated_and_handed_over_unseen(who: Cast, vera: User) -> None:
    luc = enrolled(who.france, "luc", "supervisor")
    for number in (1, 2):
        alerted(who.france, number, ago=timedelta(hours=2))
    alerted(who.new_zealand, 3, ago=timedelta(hours=2))
    with pytest.raises(Conflict):
        hand_over_of(who.france, "luc", vera)
    assert escalate_of(who.france, vera) == 2
    with pytest.raises(Conflict):
        escalate_of(who.france, vera)
    assert [person.username for person in standing(vera, who.france).supervisors] == ["luc"]
    with pytest.raises(Invalid):
        hand_over_of(who.france, "camille", vera)
    assert hand_over_of(who.france, "luc", vera) == 2
    assert set(Alert.objects.filter(agency=who.france).values_list("handed_to", flat=True)) == {luc.pk}
    waiting = waiting_by_agency()
    assert (waiting[who.france.pk].late, waiting[who.new_zealand.pk].late) == (2, 0)
    said = [leaf.entry for leaf in Leaf.objects.filter(action__endswith="_centrally")]
    assert len(said) == 2
    assert not any(str(alert.pk) in line for alert in Alert.objects.all() for line in said), "which ones is not theirs"
    page = at_the_desk(who.camille).get("/alerts/").content.decode()
    assert "The central desk asks for an answer" in page
    assert "Nobody answered for a day" not in page


def test_a_notice_is_told_by_its_reference_and_never_by_what_it_says(who: Cast, vera: User, tmp_path: Path) -> None:
    made = submitted(who.new_zealand, folder_of_pictures(tmp_path, range(1)), visibility=Visibility.OWN, case="SECRET")
    examined([made])
    compare_key(bring_in_recipient(morocco(), "Rabat desk", NOBODYS_KEY, "fr").pk, who.mere)
    notice = begin("MA", who.mere, contents=[content_of(made, ".jpg").pk])
    write(notice.pk, Written("A SECRET room.", "Whose?", "desk", "en"), who.mere)
    seal(notice.pk, who.mere)
    assert list(overview(vera).abroad) == []
    sent(notice.pk, "by SECRET hand", who.mere)
    alerted(who.new_zealand, 1, ago=timedelta(hours=30))
    with asking(vera.agency_id):
        assert [one.reference for one in overview(vera).abroad] == [notice.reference]
    assert standing(vera, morocco()).contact == "Rabat desk"
    client = at_the_desk(vera)
    for body in (client.get("/central/").content, program(vera).get("/central").content):
        assert notice.reference.encode() in body
        assert b"SECRET" not in body
    assert Leaf.objects.filter(action="oversight.seen").count() == 2


@pytest.mark.parametrize("role", ["officer", "supervisor", "administrator", "auditor"])
def test_it_is_for_no_other_role(who: Cast, role: str) -> None:
    person = enrolled(who.france, "other", role)
    with pytest.raises(Refused):
        overview(person)
    client = at_the_desk(person)
    assert client.get("/central/").status_code == 403
    assert client.post("/central/NZ/escalate/").status_code == 403
    assert not Leaf.objects.filter(action="oversight.seen").exists()
    assert b"/central/" not in client.get("/account/").content


def test_programs_read_and_do_the_same(who: Cast, vera: User) -> None:
    enrolled(who.france, "luc", "supervisor")
    alerted(who.france, 1, ago=timedelta(hours=30))
    asks = program(vera)
    told = json.loads(asks.get("/central").content)
    france = next(one for one in told["agencies"] if one["code"] == "FR")
    assert (france["waiting"]["alerts"], told["unknown"], told["abroad"]) == (1, 0, [])
    assert json.loads(asks.post("/central/agencies/FR/escalate").content) == {"alerts": 1}
    assert asks.post("/central/agencies/FR/escalate").status_code == 409
    assert json.loads(asks.post("/central/agencies/FR/hand-over", {"to": "luc"}).content) == {"alerts": 1}
    assert asks.post("/central/agencies/XX/escalate").status_code == 404
