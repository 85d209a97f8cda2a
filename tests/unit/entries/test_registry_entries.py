"""Registry entries: references and no names, seen by who may see what is theirs, merged and split without loss."""

from datetime import date
from pathlib import Path

import pytest

from desk import content_of
from fanal.casework.entries.actions import (
    decline_series,
    link_contents,
    link_entries,
    merge,
    open_entry,
    split,
    state,
    undo_deed,
)
from fanal.casework.entries.facts import Age, stated_age, stated_state
from fanal.casework.entries.history import history_of
from fanal.casework.entries.models import Deed, Entry, LinkVerdict
from fanal.casework.entries.queries import (
    contents_of,
    facts_of,
    linked_entries,
    listed_entries,
    visible_entry,
)
from fanal.casework.entries.timeline import timeline_of
from fanal.casework.evidence.models import Content, Visibility
from fanal.core.access.models import Agency
from fanal.core.audit.models import Leaf
from fanal.kit.errors import Conflict, Invalid, NotFound
from world import Cast, cast, submitted

pytestmark = pytest.mark.django_db

NAMES = [f"IMG_{seed:04}.jpg" for seed in range(5)]


@pytest.fixture
def who(fresh_data: Path) -> Cast:
    """The people."""
    return cast()


def files(folder: Path, names: list[str]) -> Path:
    """Fill a folder with files that need not be examined."""
    folder.mkdir()
    for name in names:
        (folder / name).write_bytes(name.encode())
    return folder


@pytest.fixture
def shared(who: Cast, tmp_path: Path) -> list[Content]:
    """Five pictures of New Zealand that all may see."""
    given = submitted(who.new_zealand, files(tmp_path / "nz", NAMES))
    return [content_of(given, name) for name in NAMES]


@pytest.fixture
def secret(who: Cast, tmp_path: Path) -> Content:
    """A picture of New Zealand that nobody else may see."""
    folder = files(tmp_path / "own", ["secret.jpg"])
    return content_of(submitted(who.new_zealand, folder, visibility=Visibility.OWN), "secret.jpg")


def ids(contents: list[Content]) -> list[int]:
    return sorted(content.pk for content in contents)


def seen(agency: Agency) -> set[str]:
    return {entry.reference for entry in listed_entries(agency)}


@pytest.mark.parametrize("name", ["Anna", "ANNA MÜLLER", "Anna Müller 2", "", "12", "-1A", "A" * 41 + "1", "Ада-1"])
def test_a_name_is_no_reference(who: Cast, name: str) -> None:
    with pytest.raises(Invalid) as refused:
        open_entry("victim", name, who.mere)
    assert "Names stay in that file" in refused.value.hint
    assert Deed.objects.count() == 0


def test_an_entry_is_seen_by_whoever_sees_what_belongs_to_it(who: Cast, shared: list[Content], secret: Content) -> None:
    hidden = open_entry("victim", "nz-2015-1", who.mere, [secret.pk])
    alone = open_entry("series", "NZ-S-1", who.mere)
    assert hidden.reference == "NZ-2015-1"
    assert (seen(who.new_zealand), seen(who.france)) == ({"NZ-2015-1", "NZ-S-1"}, set())
    for absent in (hidden.pk, alone.pk):
        with pytest.raises(NotFound) as refused:
            visible_entry(who.france, absent)
        assert refused.value.message == "There is no such entry."
    link_entries(hidden.pk, alone.pk, "same", who.mere)
    assert seen(who.france) == set()
    done = link_contents(alone.pk, [shared[0].pk], "same", who.mere)
    assert seen(who.france) == {"NZ-2015-1", "NZ-S-1"}
    assert list(contents_of(who.france, hidden)) == [shared[0].pk]
    assert list(contents_of(who.new_zealand, hidden)) == ids([shared[0], secret])
    told = history_of(who.france, hidden)
    assert [(one.deed.verb, one.files, [other.pk for other in one.others]) for one in told] == [
        ("linked", 0, [alone.pk]),
        ("opened", 0, []),
    ], "nothing is told of the link with a content that is not seen"
    undo_deed(done.pk, who.mere)
    assert seen(who.france) == set()
    with pytest.raises(NotFound):
        link_contents(alone.pk, [shared[0].pk], "same", who.camille)
    with pytest.raises(NotFound):
        open_entry("series", "FR-1", who.camille, [secret.pk])


def test_who_is_not_connected_sees_their_own_alone(who: Cast, shared: list[Content]) -> None:
    open_entry("series", "NZ-S-1", who.mere, [shared[0].pk])
    Agency.objects.filter(pk=who.france.pk).update(connected=False)
    who.france.refresh_from_db()
    assert seen(who.france) == set()


def test_a_reference_is_an_agencys_own(who: Cast) -> None:
    open_entry("victim", "X-1", who.mere)
    open_entry("victim", "X-1", who.camille)
    with pytest.raises(Conflict):
        open_entry("victim", "x-1", who.mere)


def test_what_is_stated_is_kept_and_the_last_counts(who: Cast, shared: list[Content]) -> None:
    victim = open_entry("victim", "NZ-2015-1", who.mere, [shared[0].pk])
    state(victim.pk, stated_age("6", "8", "2015-03-01", known=False), who.mere)
    state(victim.pk, stated_state("unidentified"), who.mere)
    found = state(victim.pk, stated_state("identified", "2015-03-02", "fr", "FR-09-77"), who.camille)
    told = facts_of(who.new_zealand, victim)
    said = {"state": "identified", "on": "2015-03-02", "country": "FR", "reference": "FR-09-77"}
    assert told["state"].value == said
    assert told["state"].deed.agency == who.france
    undo_deed(found.pk, who.camille)
    assert facts_of(who.new_zealand, victim)["state"].value["state"] == "unidentified"
    with pytest.raises(Conflict):
        undo_deed(found.pk, who.camille)
    with pytest.raises(NotFound):
        undo_deed(victim.deed_id, who.camille)
    assert [told.deed.verb for told in history_of(who.new_zealand, victim)] == ["stated", "stated", "stated", "opened"]
    assert Leaf.objects.filter(action="entries.undone").count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: stated_state("found"),
        lambda: stated_state("identified", "", "FR"),
        lambda: stated_state("identified", "2015-03-02", ""),
        lambda: stated_state("safeguarded", "yesterday", "FR"),
        lambda: stated_state("identified", "2015-03-02", "XX"),
        lambda: stated_state("identified", "2015-03-02", "FR", "Anna Müller"),
        lambda: stated_age("9", "8", "2015-03-01", known=True),
        lambda: stated_age("six", "", "2015-03-01", known=True),
    ],
)
def test_what_makes_no_sense_is_refused(wrong: object) -> None:
    with pytest.raises(Invalid):
        wrong()  # type: ignore[operator]


def test_an_age_moves_with_the_years() -> None:
    age = Age(6, 8, date(2015, 3, 1), known=False)
    assert age.at(date(2015, 3, 1)) == (6, 8)
    assert age.at(date(2018, 3, 1)) == (9, 11)
    assert age.at(date(2018, 6, 1)) == (9, 12)
    assert age.at(date(2014, 6, 1)) == (5, 8)


def test_merged_entries_are_one_and_lose_nothing(who: Cast, shared: list[Content]) -> None:
    first = open_entry("series", "NZ-S-1", who.mere, ids(shared[:2]))
    second = open_entry("series", "FR-S-1", who.camille, ids(shared[1:4]))
    victim = open_entry("victim", "FR-V-1", who.camille)
    link_entries(victim.pk, second.pk, "same", who.camille)
    done = merge(second.pk, first.pk, who.camille)
    for one in (first, second):
        one.refresh_from_db()
        assert list(contents_of(who.britain, one)) == ids(shared[:4])
    assert [other.reference for other, _ in linked_entries(who.france, first)] == ["FR-V-1"]
    assert list(contents_of(who.france, victim)) == ids(shared[:4])
    with pytest.raises(Conflict):
        undo_deed(first.deed_id, who.mere)
    undo_deed(done.pk, who.camille)
    first.refresh_from_db()
    assert list(contents_of(who.france, first)) == ids(shared[:2])
    assert list(contents_of(who.france, victim)) == ids(shared[1:4])
    link_entries(first.pk, second.pk, "different", who.mere)
    with pytest.raises(Conflict):
        merge(second.pk, first.pk, who.camille)


def test_different_wins_over_what_follows_from_a_merge_or_a_series(who: Cast, shared: list[Content]) -> None:
    first = open_entry("series", "NZ-S-1", who.mere, ids(shared[:3]))
    second = open_entry("series", "FR-S-1", who.camille, ids(shared[3:]))
    victim = open_entry("victim", "NZ-V-1", who.mere)
    link_entries(victim.pk, first.pk, "same", who.mere)
    link_contents(victim.pk, [shared[0].pk], "different", who.mere)
    link_contents(second.pk, [shared[1].pk], "different", who.camille)
    assert list(contents_of(who.new_zealand, victim)) == ids(shared[1:3])
    merge(second.pk, first.pk, who.camille)
    first.refresh_from_db()
    assert list(contents_of(who.new_zealand, first)) == ids([shared[0], *shared[2:]])
    assert list(contents_of(who.new_zealand, victim)) == ids(shared[2:])
    with pytest.raises(Conflict):
        link_contents(first.pk, [shared[1].pk], "same", who.mere)


def test_what_is_split_off_is_an_entry_of_its_own_until_that_is_undone(who: Cast, shared: list[Content]) -> None:
    whole = open_entry("series", "NZ-S-1", who.mere, ids(shared))
    part = split(whole.pk, ids(shared[3:]), "NZ-S-2", who.mere, "Another room.")
    assert list(contents_of(who.france, whole)) == ids(shared[:3])
    assert list(contents_of(who.france, part)) == ids(shared[3:])
    with pytest.raises(Invalid):
        split(whole.pk, ids(shared[3:]), "NZ-S-3", who.mere)
    undo_deed(part.deed_id, who.mere)
    assert list(contents_of(who.france, whole)) == ids(shared)
    assert seen(who.france) == {"NZ-S-1"}
    again = split(whole.pk, ids(shared[4:]), "NZ-S-2", who.mere)
    assert again == part
    assert list(contents_of(who.france, part)) == ids(shared[4:])
    assert Entry.objects.count() == 2
    assert LinkVerdict.objects.count() == 5 + 4 + 2


def test_only_what_one_sees_is_declined(who: Cast, shared: list[Content], secret: Content) -> None:
    with pytest.raises(NotFound):
        decline_series([shared[0].pk, secret.pk], who.camille)
    with pytest.raises(Invalid):
        decline_series([shared[0].pk], who.camille)


def test_the_line_of_a_victim_runs_across_series_and_tells_the_age(who: Cast, shared: list[Content]) -> None:
    Content.objects.update(state=Content.State.EXAMINED)
    for content, day in zip(shared, ("2016:05:01", "2014:05:01", "2018:05:01"), strict=False):
        facts = {"time_original": f"{day} 10:00:00", "time_taken": f"{day} 10:00:00"}
        Content.objects.filter(pk=content.pk).update(facts=facts)
    early = open_entry("series", "NZ-S-1", who.mere, ids(shared[:2]))
    late = open_entry("series", "NZ-S-2", who.mere, ids(shared[2:3]))
    victim = open_entry("victim", "NZ-V-1", who.mere)
    for series in (early, late):
        link_entries(victim.pk, series.pk, "same", who.mere)
    state(victim.pk, Age(6, 7, date(2016, 5, 1), known=False), who.mere)
    line = timeline_of(who.france, victim)
    assert [point.content for point in line] == [shared[1].pk, shared[0].pk, shared[2].pk]
    assert [point.age for point in line] == [(4, 5), (6, 7), (8, 9)]
    assert [[entry.reference for entry in point.entries] for point in line] == [["NZ-S-1"], ["NZ-S-1"], ["NZ-S-2"]]
