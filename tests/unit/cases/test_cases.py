"""Cases: rooms that widen nothing, that nobody outside knows of, and in which nothing is lost."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from desk import content_of, examined, lead_between, story
from fanal.casework.alerts.actions import acknowledge
from fanal.casework.alerts.models import Alert
from fanal.casework.alerts.queries import alerts_after
from fanal.casework.cases import actions, contributions, participation, queries
from fanal.casework.cases.models import Case, Event, Link, NoteText, Task
from fanal.casework.cases.timeline import timeline_of
from fanal.casework.entries.actions import open_entry, state
from fanal.casework.entries.facts import stated_state
from fanal.casework.evidence.models import Content, Visibility
from fanal.casework.leads.actions import judge
from fanal.core.access.actions import admit_agency
from fanal.core.access.asking import asking
from fanal.core.access.models import Agency, User
from fanal.core.audit.models import Leaf
from fanal.core.jobs.registry import Attempt, kind_named
from fanal.kit import clock
from fanal.kit.actor import SYSTEM
from fanal.kit.errors import Changed, Conflict, Invalid, NotFound, Refused
from labour import all_done
from world import Cast, cast, enrolled, folder_of_pictures, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def who(fresh_data: Path) -> Cast:
    return cast()


@contextmanager
def at(person: User) -> Iterator[None]:
    """Do as a person's own request would: the database gives what their agency may see."""
    with asking(person.agency_id):
        yield


@pytest.fixture
def case(who: Cast) -> Case:
    """France leads, New Zealand and Australia take part, Britain knows nothing."""
    with at(who.camille):
        made = actions.open_case("Rooms with a lantern", who.camille)
        for code in ("NZ", "AU"):
            participation.invite(made.pk, code, who.camille)
    for person in (who.mere, who.jack):
        with at(person):
            participation.answer_invitation(made.pk, person, joins=True)
    return Case.objects.get(pk=made.pk)


@pytest.fixture
def hidden(who: Cast, tmp_path: Path) -> list[Content]:
    """Two pictures that New Zealand keeps to itself."""
    kept = submitted(who.new_zealand, folder_of_pictures(tmp_path / "kept", range(2)), visibility=Visibility.OWN)
    examined([kept])
    return [content_of(kept, f"000{number}.jpg") for number in range(2)]


def room(agency: Agency, case: Case) -> dict[str, Any]:
    """Return all that an agency is given of a case."""
    with asking(agency.pk):
        held = queries.visible_case(agency, case.pk)
        return {
            "head": (held.reference, held.title, held.lead.code, held.state, held.version),
            "seats": [(one.participant.agency.code, one.participant.state) for one in queries.seats_of(agency, held)],
            "links": [one.pk for one in queries.links_of(agency, held)],
            "notes": [[text.text for text in one.texts.all()] for one in queries.notes_of(agency, held)],
            "tasks": [(one.title, one.state) for one in queries.tasks_of(agency, held)],
            "decisions": [one.what for one in queries.decisions_of(agency, held)],
            "documents": [one.name for one in queries.documents_of(agency, held)],
            "timeline": [(one.verb, one.key) for one in timeline_of(agency, held)],
        }


def verbs(agency: Agency, case: Case) -> list[str]:
    """Return what happened, the earliest first, as an agency is told it."""
    return [verb for verb, _ in room(agency, case)["timeline"]][::-1]


def told(agency: Agency, *kinds: str) -> list[tuple[str, str, int]]:
    all_done("alerts")
    return [(one.kind, one.other.code, one.count) for one in alerts_after(agency, 0) if not kinds or one.kind in kinds]


def test_a_case_has_a_reference_of_ours_that_counts_nothing(who: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    with at(who.camille):
        opened = [actions.open_case("A case", who.camille).reference for _ in range(6)]
    assert all(re.fullmatch(rf"FR-{clock.now().year}-[0-9]{{4}}", one) for one in opened)
    assert len(set(opened)) == 6
    drawn = iter([int(opened[0][-4:]), 4711])
    monkeypatch.setattr(actions, "random_bytes", lambda _: next(drawn).to_bytes(8, "big"))
    assert actions.open_case("Another", who.camille).reference.endswith("-4711"), "one that is taken is drawn again"
    for wrong in ("", " ", "x" * 201):
        with pytest.raises(Invalid):
            actions.open_case(wrong, who.camille)


def test_who_takes_no_part_is_told_that_there_is_no_such_case(who: Cast, case: Case) -> None:
    with at(who.camille):
        written = contributions.note(case.pk, "We know the bottle.", who.camille)
        task = contributions.set_task(case.pk, "Ask the shop", who.camille)
    deeds: list[Callable[[], object]] = [
        lambda: queries.visible_case(who.britain, case.pk),
        lambda: contributions.note(case.pk, "x", who.edith),
        lambda: contributions.edit_note(case.pk, written.pk, "x", who.edith, as_seen=1),
        lambda: contributions.set_task(case.pk, "x", who.edith),
        lambda: contributions.finish_task(case.pk, task.pk, who.edith, done=True),
        lambda: contributions.decide(case.pk, "x", "y", who.edith),
        lambda: contributions.attach(case.pk, "x", b"x", who.edith),
        lambda: contributions.withdraw(case.pk, "note", written.pk, who.edith),
        lambda: actions.close_case(case.pk, "x", who.edith),
        lambda: actions.rename(case.pk, "x", who.edith),
        lambda: participation.invite(case.pk, "GB", who.edith),
        lambda: participation.answer_invitation(case.pk, who.edith, joins=True),
        lambda: participation.leave(case.pk, who.edith),
        lambda: participation.answer_offer(case.pk, who.edith, accepts=True),
    ]
    leaves = Leaf.objects.count()
    for deed in deeds:
        with at(who.edith), pytest.raises(NotFound, match="There is no such case"):
            deed()
    assert Leaf.objects.count() == leaves
    assert not queries.visible_cases(who.britain).exists()


def test_the_database_itself_gives_a_case_to_who_takes_part(who: Cast, case: Case, hidden: list[Content]) -> None:
    with at(who.mere):
        contributions.note(case.pk, "A note", who.mere)
        contributions.set_task(case.pk, "A task", who.mere)
        contributions.decide(case.pk, "This", "For that", who.mere)
        contributions.attach(case.pk, "a.txt", b"a", who.mere)
        actions.link(case.pk, "content", hidden[0].pk, who.mere)
    with at(who.camille):
        participation.offer_lead(case.pk, "NZ", who.camille)
        participation.invite(case.pk, "GB", who.camille)
    tables = [one for one in connection.introspection.table_names() if one.startswith("cases_")]
    assert len(tables) == 10
    given = {}
    for person in (who.mere, who.camille, who.edith):
        with at(person), connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f'SELECT count(*) FROM "{table}"')
                given[person.username, table] = cursor.fetchone()[0]
    assert all(given["mere", table] for table in tables)
    less = {table for table in tables if given["camille", table] < given["mere", table]}
    assert less == {"cases_link", "cases_event"}, "of what is linked, only what one may see anyway"
    invited = {table: given["edith", table] for table in tables if given["edith", table]}
    assert invited == {"cases_case": 1, "cases_participant": 4}, "who is invited sees the door, not the room"
    with at(who.edith):
        assert Case.objects.update(title="Ours") == 0


def test_linking_what_another_may_not_see_changes_nothing_for_them(
    who: Cast, case: Case, hidden: list[Content]
) -> None:
    with at(who.mere):
        entry = open_entry("series", "NZ-S-1", who.mere, [hidden[1].pk])
    lead = lead_between(hidden[0], hidden[1], 4)
    before = {agency.code: room(agency, case) for agency in (who.france, who.australia)}
    exhibit = hidden[0].exhibits.get()
    with at(who.mere):
        for kind, thing in (("content", hidden[0].pk), ("lead", lead.pk), ("entry", entry.pk), ("exhibit", exhibit.pk)):
            actions.link(case.pk, kind, thing, who.mere)
        judge(lead.pk, "same", who.mere)
        contributions.withdraw(case.pk, "link", queries.links_of(who.new_zealand, case)[0].pk, who.mere)
    assert {agency.code: room(agency, case) for agency in (who.france, who.australia)} == before
    ours = room(who.new_zealand, case)
    assert len(ours["links"]) == 3
    assert {"linked", "judged", "withdrawn"} <= {verb for verb, _ in ours["timeline"]}
    with at(who.camille):
        for kind, thing in (("content", hidden[0].pk), ("lead", lead.pk), ("entry", entry.pk), ("exhibit", exhibit.pk)):
            with pytest.raises(NotFound):
                actions.link(case.pk, kind, thing, who.camille)
        for link in Link.objects.all():
            with pytest.raises(NotFound):
                contributions.withdraw(case.pk, "link", link.pk, who.camille)


def test_a_case_is_found_from_what_is_linked_with_it(who: Cast, case: Case, tmp_path: Path) -> None:
    theirs, _, _ = story(who, tmp_path)
    content = content_of(theirs, "0040.jpg")
    with at(who.jack):
        actions.link(case.pk, "content", content.pk, who.jack)
        with pytest.raises(Conflict):
            actions.link(case.pk, "content", content.pk, who.jack)
        for kind, thing in (("content", 9_999_999), ("picture", content.pk)):
            with pytest.raises((NotFound, Invalid)):
                actions.link(case.pk, kind, thing, who.jack)
    assert queries.cases_about(who.france, content=[content.pk]) == [case]
    assert queries.cases_about(who.britain, content=[content.pk]) == []
    assert queries.in_common([case], [who.australia.pk, who.britain.pk]) == {
        who.australia.pk: [case],
        who.britain.pk: [],
    }


def test_invitations_are_answered_withdrawn_and_given_again(who: Cast, case: Case) -> None:
    with at(who.mere), pytest.raises(Conflict, match="Only the agency that leads"):
        participation.invite(case.pk, "GB", who.mere)
    with at(who.camille):
        contributions.note(case.pk, "Between us", who.camille)
        participation.invite(case.pk, "GB", who.camille)
        with pytest.raises(Conflict):
            participation.invite(case.pk, "GB", who.camille)
        admit_agency(code="XK", name="A unit apart", country="XK", actor=SYSTEM, connected=False)
        with pytest.raises(Invalid):
            participation.invite(case.pk, "XK", who.camille)
    seen = room(who.britain, case)
    assert seen["head"][0] == case.reference
    assert (seen["notes"], seen["timeline"]) == ([], [])
    assert seen["seats"] == [("FR", "joined"), ("NZ", "joined"), ("AU", "joined"), ("GB", "invited")]
    with at(who.edith), pytest.raises(NotFound):
        contributions.note(case.pk, "Too early", who.edith)
    with at(who.camille):
        participation.uninvite(case.pk, "GB", who.camille)
        with pytest.raises(Conflict):
            participation.uninvite(case.pk, "GB", who.camille)
    with pytest.raises(NotFound):
        room(who.britain, case)
    for joins in (False, True):
        with at(who.camille):
            participation.invite(case.pk, "GB", who.camille)
        with at(who.edith):
            participation.answer_invitation(case.pk, who.edith, joins=joins)
    assert room(who.britain, case)["notes"] == [["Between us"]]
    with at(who.edith):
        participation.leave(case.pk, who.edith)
    with pytest.raises(NotFound):
        room(who.britain, case)
    story = ["invited", "uninvited", "invited", "declined", "invited", "joined", "left"]
    assert verbs(who.france, case)[-7:] == story
    with at(who.camille), pytest.raises(Conflict, match="leads this case"):
        participation.leave(case.pk, who.camille)


def test_the_lead_is_offered_refused_withdrawn_and_accepted_and_both_sides_are_logged(who: Cast, case: Case) -> None:
    with at(who.camille):
        for wrong in ("GB", "FR"):
            with pytest.raises(Invalid):
                participation.offer_lead(case.pk, wrong, who.camille)
        participation.offer_lead(case.pk, "NZ", who.camille)
        with pytest.raises(Conflict):
            participation.offer_lead(case.pk, "AU", who.camille)
    with at(who.jack), pytest.raises(NotFound):
        participation.answer_offer(case.pk, who.jack, accepts=True)
    with at(who.mere):
        participation.answer_offer(case.pk, who.mere, accepts=False)
    with at(who.camille):
        participation.offer_lead(case.pk, "NZ", who.camille)
        participation.withdraw_offer(case.pk, who.camille)
        participation.offer_lead(case.pk, "NZ", who.camille)
    with at(who.mere):
        participation.answer_offer(case.pk, who.mere, accepts=True)
        with pytest.raises(NotFound):
            participation.answer_offer(case.pk, who.mere, accepts=True)
    assert room(who.australia, case)["head"][2] == "NZ"
    assert verbs(who.australia, case)[-6:] == ["offered", "refused", "offered", "retracted", "offered", "accepted"]
    with at(who.camille), pytest.raises(Conflict):
        actions.close_case(case.pk, "Solved", who.camille)
    with at(who.camille):
        participation.leave(case.pk, who.camille)
    logged = Leaf.objects.filter(subject=f"case:{case.pk}", action__in=["cases.offered", "cases.accepted"])
    assert [leaf.agency for leaf in logged.order_by("index")][-2:] == [str(who.france.pk), str(who.new_zealand.pk)]


def test_an_agency_says_which_officers_work_on_it(who: Cast, case: Case) -> None:
    colleague = enrolled(who.france, "louis", "officer")
    with at(who.camille):
        participation.say_officers(case.pk, ["camille", "louis"], who.camille)
        with pytest.raises(Invalid):
            participation.say_officers(case.pk, ["mere"], who.camille)
    with at(who.mere):
        seats = {one.participant.agency.code: one.officers for one in queries.seats_of(who.new_zealand, case)}
        assert seats["FR"] == [who.camille, colleague]
        task = contributions.set_task(case.pk, "Ask", who.mere, to="FR", officer="louis")
        assert task.officer == colleague
        with pytest.raises(Invalid):
            contributions.set_task(case.pk, "Ask", who.mere, to="AU", officer="louis")
        with pytest.raises(Invalid):
            contributions.set_task(case.pk, "Ask", who.mere, to="GB")


def test_of_two_who_edit_a_note_the_second_is_told_and_nothing_is_lost(who: Cast, case: Case) -> None:
    with at(who.camille):
        written = contributions.note(case.pk, "First", who.camille)
        contributions.edit_note(case.pk, written.pk, "Second", who.camille, as_seen=1)
        with pytest.raises(Changed):
            contributions.edit_note(case.pk, written.pk, "Also second", who.camille, as_seen=1)
        contributions.edit_note(case.pk, written.pk, "Third", who.camille, as_seen=2)
    assert room(who.new_zealand, case)["notes"] == [["Third", "Second", "First"]]
    with at(who.mere), pytest.raises(NotFound):
        contributions.edit_note(case.pk, written.pk, "Theirs", who.mere, as_seen=3)
    with at(who.camille):
        contributions.withdraw(case.pk, "note", written.pk, who.camille)
    assert room(who.new_zealand, case)["notes"] == []
    with at(who.mere):
        assert not NoteText.objects.exists(), "what was taken back is its agency's own again, in the database too"
    assert room(who.france, case)["notes"] == [["Third", "Second", "First"]]
    with at(who.camille):
        contributions.restore(case.pk, "note", written.pk, who.camille)
    assert room(who.new_zealand, case)["notes"] == [["Third", "Second", "First"]]
    assert verbs(who.new_zealand, case)[-5:] == ["noted", "edited", "edited", "withdrawn", "restored"]


def test_tasks_are_done_and_opened_again_by_whom_they_concern(who: Cast, case: Case) -> None:
    with at(who.camille):
        task = contributions.set_task(case.pk, "Ask the shop", who.camille, to="NZ", due=clock.now().date())
    with at(who.jack), pytest.raises(Conflict):
        contributions.finish_task(case.pk, task.pk, who.jack, done=True)
    with at(who.mere):
        assert [one.pk for one in queries.tasks_waiting(who.new_zealand)] == [task.pk]
        contributions.finish_task(case.pk, task.pk, who.mere, done=True, as_seen=1)
        with pytest.raises(Changed):
            contributions.finish_task(case.pk, task.pk, who.mere, done=False, as_seen=1)
        assert not queries.tasks_waiting(who.new_zealand)
    with at(who.camille):
        contributions.finish_task(case.pk, task.pk, who.camille, done=False)
    assert room(who.australia, case)["tasks"] == [("Ask the shop", "open")]


def test_files_come_back_bit_by_bit_and_are_never_the_bytes_of_an_exhibit(who: Cast, case: Case) -> None:
    data = b"%PDF-1.7 a plan of the house"
    with at(who.camille):
        made = contributions.attach(case.pk, "C:\\plans\\house.pdf", data, who.camille)
        for wrong in (b"", b"x" * (contributions.MOST_BYTES + 1)):
            with pytest.raises(Invalid):
                contributions.attach(case.pk, "x", wrong, who.camille)
    with at(who.jack):
        found = queries.contribution(who.australia, case, "document", made.pk)
        assert (found.name, found.size, contributions.bytes_of(found)) == ("house.pdf", len(data), data)
        assert bytes(found.blob_id) != bytes(found.sha256)
    with at(who.camille):
        contributions.withdraw(case.pk, "document", made.pk, who.camille)
    with at(who.jack), pytest.raises(NotFound):
        queries.contribution(who.australia, case, "document", made.pk)


def test_a_case_is_closed_with_an_outcome_and_opened_again(who: Cast, case: Case) -> None:
    version = case.version
    with at(who.camille):
        decided = contributions.decide(case.pk, "France goes on alone", "The child lives there", who.camille)
        with pytest.raises(Changed):
            actions.close_case(case.pk, "Safe", who.camille, as_seen=version - 1)
        with pytest.raises(Invalid):
            actions.close_case(case.pk, " ", who.camille)
        actions.close_case(case.pk, "The child is safe.", who.camille, as_seen=version)
    with at(who.mere):
        with pytest.raises(Conflict):
            contributions.note(case.pk, "Too late", who.mere)
        participation.leave(case.pk, who.mere)
    with at(who.camille):
        with pytest.raises(Conflict):
            contributions.withdraw(case.pk, "decision", decided.pk, who.camille)
        actions.reopen_case(case.pk, who.camille)
        with pytest.raises(Conflict):
            actions.reopen_case(case.pk, who.camille)
        contributions.withdraw(case.pk, "decision", decided.pk, who.camille)
    assert room(who.australia, case)["decisions"] == []


def test_only_connected_agencies_have_rooms(who: Cast, case: Case) -> None:
    Agency.objects.filter(pk=who.australia.pk).update(connected=False)
    who.australia.refresh_from_db()
    with pytest.raises(NotFound):
        room(who.australia, case)
    with at(who.jack):
        assert not Event.objects.exists()
        who.jack.refresh_from_db()
        with pytest.raises(Refused):
            actions.open_case("Ours", who.jack)


def test_the_timeline_tells_what_became_of_what_is_linked_as_far_as_one_may_see(
    who: Cast, case: Case, hidden: list[Content], tmp_path: Path
) -> None:
    theirs, ours, _ = story(who, tmp_path)
    content = content_of(theirs, "0040.jpg")
    victim = open_entry("victim", "NZ-2015-0441", who.mere, [content.pk])
    with at(who.mere):
        actions.link(case.pk, "entry", victim.pk, who.mere)
    fresh = lead_between(content, content_of(ours, "0042.jpg"), 6)
    secret = lead_between(content, hidden[0], 6)
    with at(who.jack):
        judge(fresh.pk, "same", who.jack)
    with at(who.mere):
        judge(secret.pk, "different", who.mere)
    with at(who.camille):
        state(victim.pk, stated_state("identified", "2015-03-01", "FR", "FR-88-12"), who.camille)
    assert verbs(who.france, case)[-4:] == ["linked", "proposed", "judged", "stated"]
    assert verbs(who.new_zealand, case)[-6:] == ["linked", "proposed", "proposed", "judged", "judged", "stated"]
    told(who.new_zealand)
    alert = Alert.objects.get(agency=who.new_zealand, kind="identified")
    with at(who.mere):
        acknowledge(alert.pk, who.mere, "Thank you.")
    assert verbs(who.new_zealand, case)[-1] == "answered"
    assert "answered" not in verbs(who.france, case), "what an agency answers to its alerts is its own"
    keys = [key for _, key in room(who.new_zealand, case)["timeline"]]
    assert len(set(keys)) == len(keys)


def test_whom_it_concerns_is_told_once(who: Cast, case: Case) -> None:
    assert told(who.new_zealand) == [("invited", "FR", 1)]
    with at(who.camille):
        for text in ("One", "Two"):
            contributions.note(case.pk, text, who.camille)
        contributions.set_task(case.pk, "Ask the shop", who.camille, to="NZ", due=clock.now().date())
        contributions.decide(case.pk, "This", "For that", who.camille)
        participation.offer_lead(case.pk, "NZ", who.camille)
    assert told(who.new_zealand, "note", "task", "decision", "offered") == [
        ("note", "FR", 2),
        ("task", "FR", 1),
        ("decision", "FR", 1),
        ("offered", "FR", 1),
    ]
    assert told(who.australia) == [("invited", "FR", 1), ("note", "FR", 2), ("decision", "FR", 1)]
    assert told(who.france) == told(who.britain) == []
    for _ in range(2):
        due()
    assert told(who.new_zealand, "due") == [("due", "FR", 1)]
    Task.objects.update(due=clock.now().date() + timedelta(days=2))
    due()
    assert told(who.new_zealand, "due") == [("due", "FR", 1)], "not before its day"


def due() -> None:
    """Look for what is due, as the worker does each hour."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
        worker = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id) "
            "VALUES ('regular', 'cases.due', 'doing', %s) RETURNING id",
            [worker],
        )
        number = cursor.fetchone()[0]
    kind_named("cases.due").run(Attempt(number, 0, worker, 60.0))


def test_who_has_left_is_told_nothing_more(who: Cast, case: Case) -> None:
    told(who.australia)
    with at(who.camille):
        contributions.note(case.pk, "One", who.camille)
    with at(who.jack):
        participation.leave(case.pk, who.jack)
    assert told(who.australia) == [("invited", "FR", 1)]


def test_a_link_does_not_keep_an_exhibit_from_being_deleted(who: Cast, case: Case, hidden: list[Content]) -> None:
    exhibit = hidden[0].exhibits.get()
    with at(who.mere):
        actions.link(case.pk, "exhibit", exhibit.pk, who.mere)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM evidence_exhibit WHERE id = %s", [exhibit.pk])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    ours = room(who.new_zealand, case)
    assert ours["links"] == []
    assert "linked" not in {verb for verb, _ in ours["timeline"]}
