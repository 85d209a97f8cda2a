"""Promise 11, of the registry: an entry, and all that is said of it, is given to its agency and to whoever sees bytes
that belong to it, whatever happened in whatever order. The database keeps that, and gives by it below all queries.
"""

import os
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path
from random import Random
from threading import Event
from uuid import UUID

import pytest
from django.db import connection, transaction

from desk import content_of
from fanal.casework.entries import actions
from fanal.casework.entries.models import CountryVerdict, Deed, Entry, Fact, Link, LinkVerdict, Merge
from fanal.casework.entries.queries import visible_entries
from fanal.casework.evidence.erasure import take_away
from fanal.casework.evidence.models import Content, Submission, Visibility
from fanal.casework.evidence.queries import visible_bytes
from fanal.core.access.actions import admit_agency
from fanal.core.access.asking import asking, asking_for_everybody, asking_for_nobody
from fanal.core.access.models import Agency, User
from fanal.kit.actor import SYSTEM
from fanal.kit.errors import Conflict, Invalid, NotFound
from world import Cast, cast, submitted

SOAK = bool(os.environ.get("FANAL_SOAK"))
SEEDS, STEPS = (range(200), 60) if SOAK else (range(6), 30)
FILES = [f"{number}.bin" for number in range(6)]
AUDIENCES = [Visibility.OWN, Visibility.NAMED, Visibility.ALL_CONNECTED]


def shown_by_rule(agency: Agency) -> set[UUID]:
    """Return the entries that an agency may see, by the rule as it is said, from all rows there are."""
    bytes_seen = set(visible_bytes(agency).values_list("content", flat=True))
    same = list(Link.objects.filter(state="same").select_related("other"))
    shown = {link.entry_id for link in same if link.content_id in bytes_seen}
    in_series = {
        link.entry_id
        for link in same
        if link.other is not None and link.other.kind == "series" and link.other_id in shown
    }
    own = set(Entry.objects.filter(agency=agency).values_list("pk", flat=True))
    return own | ((shown | in_series) if agency.connected else set())


def given(table: type[Deed | Entry | Fact | Link | LinkVerdict | Merge], column: str = "pk") -> set[object]:
    """Return what the database gives of a table to a question without any condition."""
    return set(table._default_manager.values_list(column, flat=True))


def deeds_about() -> list[tuple[Deed, set[UUID], set[int]]]:
    """Return each deed with the entries and the contents that its rows are about."""
    entries: dict[int, set[UUID]] = defaultdict(set)
    columns = [(Entry, "pk"), (Fact, "entry"), (LinkVerdict, "link__entry"), (LinkVerdict, "link__other")]
    for table, column in [*columns, (Merge, "gone"), (Merge, "kept"), (CountryVerdict, "entry")]:
        for deed, entry in table._default_manager.exclude(**{column: None}).values_list("deed", column):
            entries[deed].add(entry)
    contents: dict[int, set[int]] = defaultdict(set)
    for deed, content in CountryVerdict.objects.exclude(content=None).values_list("deed", "content"):
        contents[deed].add(content)
    return [(deed, entries[deed.pk], contents[deed.pk]) for deed in Deed.objects.all()]


def all_hold_one_rule() -> None:
    """See that queries and database give each agency what the rule says, of entries and of what is said of them."""
    undone = set(Entry.objects.filter(deed__undone_at__isnull=False).values_list("pk", flat=True))
    links = list(Link.objects.all())
    verdicts = dict(LinkVerdict.objects.values_list("pk", "link"))
    deeds = deeds_about()
    facts, gone = dict(Fact.objects.values_list("pk", "entry")), dict(Merge.objects.values_list("pk", "gone"))
    for agency in Agency.objects.all():
        rule, seen = shown_by_rule(agency), set(visible_bytes(agency).values_list("content", flat=True))
        open_links = {
            link.pk for link in links
            if link.entry_id in rule and (link.content_id in seen or link.other_id in rule)
        }  # fmt: skip
        assert set(visible_entries(agency).values_list("pk", flat=True)) == rule - undone
        with asking(agency.pk):
            assert given(Entry) == rule
            assert given(Link) == open_links
            assert given(LinkVerdict) == {pk for pk, link in verdicts.items() if link in open_links}
            assert given(Fact) == {pk for pk, entry in facts.items() if entry in rule}
            assert given(Deed) == {
                deed.pk for deed, entries, contents in deeds
                if deed.agency_id == agency.pk or (agency.connected and (entries & rule or contents & seen))
            }  # fmt: skip
            assert given(Merge) == {pk for pk, entry in gone.items() if entry in rule}
    with asking_for_nobody():
        assert not Entry.objects.exists()


class Registry:
    """Agencies that submit the same few files, show them to others and take them back, and judge what they are of."""

    def __init__(self, seed: int, where: Path) -> None:
        self.dice, self.where, self.who = Random(seed), where, cast()
        self.apart = admit_agency(code="XK", name="A unit apart", country="XK", actor=SYSTEM, connected=False)
        self.people = [self.who.mere, self.who.camille, self.who.jack, self.who.edith]
        self.number = 0

    def steps(self) -> list[Callable[[], object]]:
        often = [self.submits, self.opens, self.links, self.links, self.joins, self.joins, self.shows]
        return [*often, *often, self.erases, self.undoes, self.merges, self.states, self.rejects]

    def takes_a_step(self) -> None:
        """Do one thing that somebody may do; a refusal is an answer."""
        with asking_for_everybody():
            try:
                self.dice.choice(self.steps())()
            except (Conflict, Invalid, NotFound):
                return

    def submits(self) -> None:
        self.number += 1
        folder = self.where / str(self.number)
        folder.mkdir()
        for name in self.dice.sample(FILES, self.dice.randint(1, 3)):
            (folder / name).write_bytes(name.encode())
        agency = self.dice.choice([*(one.agency for one in self.people), self.apart])
        visibility, named = self.audience(agency)
        submitted(agency, folder, visibility=visibility, named=named, hash_only=self.dice.random() < 0.15)

    def audience(self, own: Agency) -> tuple[Visibility, tuple[Agency, ...]]:
        visibility = self.dice.choice(AUDIENCES)
        others = [one.agency for one in self.people if one.agency != own]
        return visibility, (self.dice.choice(others),) if visibility == Visibility.NAMED else ()

    def shows(self) -> None:
        submission = self.dice.choice([*Submission.objects.order_by("created_at", "pk")])
        visibility, named = self.audience(submission.agency)
        with transaction.atomic():
            shown = Submission.objects.filter(pk=submission.pk)
            shown.update(visibility=visibility, named=[agency.pk for agency in named])

    def erases(self) -> None:
        submission = self.dice.choice([*Submission.objects.order_by("created_at", "pk")])
        with transaction.atomic():
            take_away(submission.agency, f"submission:{submission.pk}")

    def contents(self, person: User) -> list[int]:
        """Choose of what a person sees, or now and then of all there is."""
        seen = visible_bytes(person.agency).values("content")
        there = Content.objects.order_by("pk") if self.dice.random() < 0.1 else Content.objects.filter(pk__in=seen)
        chosen = list(there.order_by("pk").values_list("pk", flat=True))
        return self.dice.sample(chosen, min(len(chosen), self.dice.randint(1, 3)))

    def person(self) -> User:
        return self.dice.choice(self.people)

    def entry(self, person: User) -> UUID:
        seen = visible_entries(None if self.dice.random() < 0.1 else person.agency).order_by("deed_id", "pk")
        return self.dice.choice([*seen] or [*Entry.objects.order_by("deed_id", "pk")]).pk

    def opens(self) -> None:
        self.number += 1
        kind, person = self.dice.choice(["series", "victim", "series", "place"]), self.person()
        actions.open_entry(kind, f"REF-{self.number}", person, self.contents(person))

    def links(self) -> None:
        verdict, person = self.dice.choice(["same", "same", "different", "unsure"]), self.person()
        chosen = self.contents(person)
        if chosen:
            actions.link_contents(self.entry(person), chosen, verdict, person)

    def joins(self) -> None:
        verdict, person = self.dice.choice(["same", "same", "same", "different"]), self.person()
        actions.link_entries(self.entry(person), self.entry(person), verdict, person)

    def merges(self) -> None:
        person = self.person()
        actions.merge(self.entry(person), self.entry(person), person)

    def states(self) -> None:
        person = self.person()
        actions.state(self.entry(person), "FR", person)

    def rejects(self) -> None:
        person = self.person()
        of_entry = actions.Subject(entry=self.entry(person))
        of_content = [actions.Subject(content=content) for content in self.contents(person)]
        subject = self.dice.choice([of_entry, *of_content[:1]])
        actions.judge_country(subject, "FR", "rejected", person)

    def undoes(self) -> None:
        deed = self.dice.choice([*Deed.objects.order_by("pk")])
        actions.undo_deed(deed.pk, deed.by)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_happened_each_agency_is_given_what_the_rule_says(seed: int, fresh_data: Path, tmp_path: Path) -> None:
    registry = Registry(seed, tmp_path)
    for _ in range(3):
        registry.submits()
    registry.opens()
    kinds = set()
    for _ in range(STEPS):
        registry.takes_a_step()
        all_hold_one_rule()
        kinds |= {(one.shown_to_all, bool(one.shown_to)) for one in Entry.objects.all()}
    assert len(kinds) > 1, "shown to all, to some, to none"


@pytest.fixture
def met(fresh_data: Path, tmp_path: Path) -> tuple[Cast, UUID, UUID, int]:
    """A content that New Zealand alone sees; a victim and a series, which is of that content, that have no link yet."""
    who = cast()
    (tmp_path / "nz").mkdir()
    (tmp_path / "nz" / "1.bin").write_bytes(b"1.bin")
    content = content_of(submitted(who.new_zealand, tmp_path / "nz", visibility=Visibility.OWN), "1.bin").pk
    return (
        who,
        actions.open_entry("victim", "NZ-1", who.mere).pk,
        actions.open_entry("series", "NZ-2", who.mere, [content]).pk,
        content,
    )


def at_once(first: Callable[[], object], second: Callable[[], object]) -> None:
    """Do two things in two transactions: the second begins when the first is done, which ends when the second waits."""
    done, end, ended = Event(), Event(), Event()

    def one() -> None:
        try:
            with asking_for_everybody(), transaction.atomic():
                first()
                done.set()
                end.wait()
        finally:
            done.set()
            connection.close()

    def other() -> None:
        try:
            with asking_for_everybody(), transaction.atomic():
                second()
        finally:
            ended.set()
            connection.close()

    with ThreadPoolExecutor(2) as both:
        holding = both.submit(one)
        done.wait()
        coming = both.submit(other)
        with connection.cursor() as cursor:
            waits = False
            while not waits and not ended.is_set():
                cursor.execute("SELECT count(*) > 0, pg_sleep(0.02) FROM pg_locks WHERE NOT granted")
                waits = cursor.fetchone()[0]
        end.set()
        holding.result()
        coming.result()


DEEDS = ("a content is linked", "a series is joined", "a series is left")
CHANGES = ("delivered", "shown", "kept again", "erased")
PAIRS = [*product(DEEDS, CHANGES), *product(("delivered", "erased"), ("shown", "kept again"))]
STAYS = {("delivered", "kept again"), ("erased", "shown")}
"""Where another reason to see it takes the place of the one that goes."""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("pair", PAIRS, ids=" and ".join)
def test_of_two_things_done_at_once_none_is_missed(
    met: tuple[Cast, UUID, UUID, int], tmp_path: Path, pair: tuple[str, str], turned: bool
) -> None:
    who, victim, series, content = met
    (tmp_path / "fr").mkdir()
    (tmp_path / "fr" / "1.bin").write_bytes(b"1.bin")
    ours = Submission.objects.filter(agency=who.new_zealand)
    if "erased" in pair:
        submitted(who.france, tmp_path / "fr", visibility=Visibility.OWN)
    if "kept again" in pair:
        ours.update(visibility=Visibility.ALL_CONNECTED)
    if pair[0] not in DEEDS[:2]:
        actions.link_entries(victim, series, "same", who.mere)
    does: dict[str, Callable[[], object]] = {
        "a content is linked": lambda: actions.link_contents(victim, [content], "same", who.mere),
        "a series is joined": lambda: actions.link_entries(victim, series, "same", who.mere),
        "a series is left": lambda: actions.link_entries(victim, series, "different", who.mere),
        "delivered": lambda: submitted(who.france, tmp_path / "fr", visibility=Visibility.OWN),
        "shown": lambda: ours.update(visibility=Visibility.ALL_CONNECTED),
        "kept again": lambda: ours.update(visibility=Visibility.OWN),
        "erased": lambda: take_away(who.france, f"submission:{Submission.objects.get(agency=who.france).pk}"),
    }
    all_hold_one_rule()
    before = shown_by_rule(who.france)
    first, second = (does[name] for name in (reversed(pair) if turned else pair))
    at_once(first, second)
    all_hold_one_rule()
    assert (before == shown_by_rule(who.france)) == (pair in STAYS)
