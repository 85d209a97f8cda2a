"""Promise 19: whatever people did with registry entries, in whatever order, each deed can be undone, and what was
before is there again; nothing that was ever said is lost.

`make soak` runs the same machine for 10,000 steps. Leads, sightings and clues: `test_19_opinions_can_be_undone.py`.
"""

import os
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from desk import content_of
from fanal.casework.entries import actions
from fanal.casework.entries.facts import stated_state
from fanal.casework.entries.history import history_of
from fanal.casework.entries.models import CountryVerdict, Declined, Deed, Entry, Fact, Link, LinkVerdict, Merge, Routing
from fanal.casework.entries.queries import contents_of, visible_entry
from fanal.kit.errors import Conflict, Invalid, NotFound
from world import Cast, cast, submitted

pytestmark = pytest.mark.django_db

SOAK = bool(os.environ.get("FANAL_SOAK"))
RUNS, STEPS = (500, 20) if SOAK else (8, 12)
ROWS = (Deed, Entry, Fact, Link, LinkVerdict, Merge, CountryVerdict, Declined)
"""What only grows."""
REFUSALS = (Conflict, Invalid, NotFound)
SOME = st.integers(0, 99)
KINDS = st.sampled_from(["series", "victim"])
VERDICTS = st.sampled_from(["same", "different", "unsure"])


def last_counting(rows: object, *names: str) -> set[tuple[object, ...]]:
    """Return what holds: of each thing the last row whose deed counts; the first names say what the thing is."""
    held: dict[object, tuple[object, ...]] = {}
    for said in rows.filter(deed__undone_at__isnull=True).order_by("deed_id", "pk").values_list(*names):  # type: ignore[attr-defined]
        held[said[:-1]] = (*said[:-1], str(said[-1]))
    return set(held.values())


def digest() -> frozenset[tuple[object, ...]]:
    """Return all that holds of all entries."""
    entries = Entry.objects.filter(deed__undone_at__isnull=True)
    return frozenset(
        {
            *entries.values_list("pk", "root"),
            *Link.objects.exclude(state="open").values_list("pk", "state"),
            *last_counting(Fact.objects, "entry", "about", "value"),
            *last_counting(CountryVerdict.objects, "content", "entry", "country", "verdict"),
            *(tuple(one) for one in Declined.objects.filter(deed__undone_at=None).values_list("contents", flat=True)),
        }
    )


def folded() -> bool:
    """Return whether what is kept of links and roots is what the rows that count amount to."""
    states = {said[0]: said[1] for said in last_counting(LinkVerdict.objects, "link", "verdict")}
    into = dict(Merge.objects.filter(deed__undone_at__isnull=True).values_list("gone", "kept"))

    def root(entry: UUID) -> UUID:
        return root(into[entry]) if entry in into else entry

    links = all(link.state == states.get(link.pk, "open") for link in Link.objects.all())
    return links and all(entry.root_id == root(entry.pk) for entry in Entry.objects.all())


class Officers(RuleBasedStateMachine):
    """Two officers who open, link, state, merge, split and judge, and undo it again."""

    who: Cast
    contents: list[int]

    def __init__(self) -> None:
        super().__init__()
        self.done: list[tuple[int, frozenset[tuple[object, ...]]]] = []
        self.rows = [0 for _ in ROWS]
        with connection.cursor() as cursor:
            for model in (Routing, CountryVerdict, Declined, Merge, LinkVerdict, Link, Fact, Entry, Deed):
                cursor.execute(f"DELETE FROM {model._meta.db_table}")

    def does(self, deed: Callable[[], object]) -> None:
        """Do one thing, and remember how it was before."""
        before, last = digest(), Deed.objects.first()
        try:
            deed()
        except REFUSALS:
            assert digest() == before
            return
        made = Deed.objects.get(pk__gt=last.pk if last else 0)
        self.done.append((made.pk, before))
        self.nothing_is_lost()

    def nothing_is_lost(self) -> None:
        """No row is ever taken away."""
        rows = [model.objects.count() for model in ROWS]
        assert all(now >= before for now, before in zip(rows, self.rows, strict=True))
        self.rows = rows

    def entry(self, number: int) -> Entry:
        entries = list(Entry.objects.order_by("deed_id"))
        return entries[number % len(entries)]

    @rule(
        kind=st.sampled_from(["series", "series", "victim"]), number=st.integers(1, 4), some=st.sets(SOME, max_size=3)
    )
    def opens(self, kind: str, number: int, some: set[int]) -> None:
        """Open an entry, or again one whose opening was undone."""
        self.does(lambda: actions.open_entry(kind, f"NZ-{number}", self.who.mere, self.some(some)))

    def some(self, numbers: set[int]) -> set[int]:
        return {self.contents[number % len(self.contents)] for number in numbers}

    @precondition(lambda self: Entry.objects.exists())
    @rule(one=SOME, some=st.sets(SOME, min_size=1, max_size=2), verdict=VERDICTS)
    def links(self, one: int, some: set[int], verdict: str) -> None:
        """Judge whether contents belong to an entry."""
        self.does(lambda: actions.link_contents(self.entry(one).pk, self.some(some), verdict, self.who.mere))

    @precondition(lambda self: Entry.objects.exists())
    @rule(one=SOME, other=SOME, verdict=VERDICTS)
    def relates(self, one: int, other: int, verdict: str) -> None:
        """Judge whether two entries belong together."""
        self.does(lambda: actions.link_entries(self.entry(one).pk, self.entry(other).pk, verdict, self.who.mere))

    @precondition(lambda self: Entry.objects.exists())
    @rule(one=SOME, country=st.sampled_from(["FR", "NZ"]))
    def states(self, one: int, country: str) -> None:
        """State that a victim is identified."""
        said = stated_state("identified", "2015-03-02", country)
        self.does(lambda: actions.state(self.entry(one).pk, said, self.who.mere))

    @precondition(lambda self: Entry.objects.exists())
    @rule(one=SOME, other=SOME)
    def merges(self, one: int, other: int) -> None:
        """Say that two entries are one."""
        self.does(lambda: actions.merge(self.entry(one).pk, self.entry(other).pk, self.who.mere))

    @precondition(lambda self: Entry.objects.exists())
    @rule(one=SOME, some=st.sets(SOME, min_size=1, max_size=2), number=st.integers(5, 7))
    def splits(self, one: int, some: set[int], number: int) -> None:
        """Take contents out of an entry into a new one."""
        self.does(lambda: actions.split(self.entry(one).pk, self.some(some), f"NZ-{number}", self.who.mere))

    @precondition(lambda self: Entry.objects.exists())
    @rule(one=SOME, verdict=st.sampled_from(["confirmed", "rejected"]))
    def judges(self, one: int, verdict: str) -> None:
        """Confirm or reject a country."""
        subject = actions.Subject(entry=self.entry(one).pk)
        self.does(lambda: actions.judge_country(subject, "FR", verdict, self.who.mere))

    @rule(one=SOME, verdict=st.sampled_from(["confirmed", "rejected"]))
    def judges_of_a_content(self, one: int, verdict: str) -> None:
        """Confirm or reject a country of a content."""
        subject = actions.Subject(content=min(self.some({one})))
        self.does(lambda: actions.judge_country(subject, "FR", verdict, self.who.mere))

    @rule(some=st.sets(SOME, min_size=1, max_size=3))
    def declines(self, some: set[int]) -> None:
        """Say that contents are no series."""
        self.does(lambda: actions.decline_series(self.some(some), self.who.mere))

    @precondition(lambda self: self.done)
    @rule()
    def undoes_the_last(self) -> None:
        """What was before is there again."""
        deed, before = self.done.pop()
        actions.undo_deed(deed, self.who.mere)
        assert digest() == before

    @precondition(lambda self: len(self.done) > 1)
    @rule(which=SOME)
    def undoes_any(self, which: int) -> None:
        """A deed in the middle is undone, or refused whole; what is kept is what the rows that count amount to."""
        deed, before = self.done[which % len(self.done)][0], digest()
        try:
            actions.undo_deed(deed, self.who.mere)
        except Conflict:
            assert digest() == before
            return
        # What came after rested on it: from here on other states are to return.
        self.done = []

    def teardown(self) -> None:
        """Undo all that is left, the last first; then see that nothing was lost."""
        assert folded()
        while self.done:
            self.undoes_the_last()
        assert folded()
        self.nothing_is_lost()


@pytest.fixture
def given(fresh_data: Path, tmp_path: Path) -> None:
    """Two agencies and six contents that both see."""
    folder = tmp_path / "nz"
    folder.mkdir()
    for number in range(6):
        (folder / f"{number}.jpg").write_bytes(str(number).encode())
    Officers.who = cast()
    submission = submitted(Officers.who.new_zealand, folder)
    Officers.contents = [content_of(submission, f"{number}.jpg").pk for number in range(6)]


@pytest.mark.usefixtures("given")
def test_every_deed_can_be_undone_and_what_was_before_returns() -> None:
    patient = settings(
        max_examples=RUNS,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Officers, settings=patient)


@pytest.mark.usefixtures("given")
def test_the_history_tells_all_and_what_was_undone_too() -> None:
    who, contents = Officers.who, Officers.contents
    first = actions.open_entry("series", "NZ-1", who.mere, contents[:3])
    second = actions.open_entry("series", "FR-1", who.camille, contents[3:])
    merged = actions.merge(second.pk, first.pk, who.camille)
    routed = actions.judge_country(actions.Subject(entry=first.pk), "FR", "confirmed", who.mere)
    part = actions.split(first.pk, contents[:1], "NZ-2", who.mere)
    for deed, by in ((part.deed_id, who.mere), (routed.pk, who.mere), (merged.pk, who.camille)):
        actions.undo_deed(deed, by)
    shown = visible_entry(who.new_zealand, first.pk)
    assert list(contents_of(who.france, shown)) == sorted(contents[:3])
    history = history_of(who.new_zealand, shown)
    assert [(told.deed.verb, told.deed.undone_by) for told in history] == [
        ("split", who.mere),
        ("country", who.mere),
        ("merged", who.camille),
        ("opened", None),
    ]
