"""Promise 11, below all code: the database itself gives an agency only what it may see, and nobody nothing."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import combinations_with_replacement, product
from pathlib import Path
from random import Random

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from psycopg import sql

from fanal.casework.entries.actions import open_entry
from fanal.casework.entries.models import Deed, Entry
from fanal.casework.evidence.models import Content, Exhibit, Submission, Visibility
from fanal.casework.evidence.queries import visible_bytes, visible_contents, visible_exhibits, visible_submissions
from fanal.casework.leads.models import Judgement, Lead
from fanal.casework.leads.queries import visible_leads
from fanal.casework.prints.models import Preview, Print
from fanal.casework.readings.models import Reading, TextLine
from fanal.casework.readings.queries import visible_lines
from fanal.casework.registry.models import Clue, Sighting, SightingJudgement
from fanal.casework.registry.queries import visible_clues, visible_sightings
from fanal.core.access.actions import admit_agency
from fanal.core.access.asking import EVERYBODY, NOBODY, asking, asking_for_everybody, asking_for_nobody, who_asks
from fanal.core.access.models import Agency
from fanal.core.audit.actions import record
from fanal.engine.text.plain import grams_of, words_of
from fanal.kit import clock
from fanal.kit.actor import SYSTEM
from fanal.project.postgres import hold
from fanal.project.postgres.server import ADMIN, admin_password
from programs import program
from world import Cast, cast, submitted

pytestmark = pytest.mark.django_db(transaction=True)

OF_NOBODY = "Holds nothing of any agency's material."
BEFORE = "Looked at before it is known who asks."
WITHOUT_POLICIES = {
    "access_agency": "That an agency is there, and in which country, all may know.",
    "access_user": BEFORE,
    "access_token": BEFORE,
    "access_signinattempt": BEFORE,
    "access_session": BEFORE,
    "access_invitation": BEFORE,
    "access_factor": BEFORE,
    "access_recoverycode": BEFORE,
    "access_providerlink": BEFORE,
    "access_spenttoken": OF_NOBODY,
    "sharing_disclosure": "What an agency tells others of itself: whether it answers, and whom to ask.",
    "vault_blob": "Which bytes there are, not whose; keys are sealed. Whoever receives a file must find it there.",
    "audit_node": OF_NOBODY,
    "audit_checkpoint": OF_NOBODY,
    "audit_witness": OF_NOBODY,
    "audit_cosignature": OF_NOBODY,
    "prints_removal": OF_NOBODY,
    "prints_generation": OF_NOBODY,
    "prints_keptindex": OF_NOBODY,
    "jobs_shelvedjob": "Ids of what there is to do, for the operator; whoever asks for work adds to the queue.",
    "procrastinate_jobs": "The same.",
    "procrastinate_events": OF_NOBODY,
    "procrastinate_periodic_defers": OF_NOBODY,
    "procrastinate_workers": OF_NOBODY,
    "auth_group": OF_NOBODY,
    "auth_group_permissions": OF_NOBODY,
    "auth_permission": OF_NOBODY,
    "django_content_type": OF_NOBODY,
    "django_migrations": OF_NOBODY,
}
"""Tables that have no policies, each with the reason."""
OWNER_UNBOUND = {
    "readings_textline": "Functions of its owner use indexes that a policy bars, and give out what its policy would.",
}
"""Tables whose policies do not bind their owner, each with the reason."""


@pytest.fixture
def who(fresh_data: Path, tmp_path: Path) -> Cast:
    """France keeps, names and shows; Britain keeps one; one agency is not connected."""
    people = cast()
    deliveries: tuple[tuple[str, Agency, Visibility, tuple[Agency, ...]], ...] = (
        ("kept", people.france, Visibility.OWN, ()),
        ("named", people.france, Visibility.NAMED, (people.australia,)),
        ("shown", people.france, Visibility.ALL_CONNECTED, ()),
        ("british", people.britain, Visibility.OWN, ()),
    )
    for name, agency, visibility, named in deliveries:
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.bin").write_bytes(name.encode())
        submitted(agency, tmp_path / name, visibility=visibility, named=named)
    return people


def raw(statement: str) -> list[str]:
    """Ask without any of our queries."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return sorted(str(row[0]) for row in cursor.fetchall())


LOG = "SELECT index FROM audit_leaf"
SUBMISSIONS = "SELECT label FROM evidence_submission"
EXHIBITS = "SELECT path FROM evidence_exhibit"
CONTENTS = "SELECT encode(sha256, 'hex') FROM evidence_content"


def test_whoever_does_not_say_who_asks_is_given_nothing(who: Cast) -> None:
    with asking_for_nobody():
        assert raw(SUBMISSIONS) == raw(EXHIBITS) == raw(CONTENTS) == raw(LOG) == []
        assert not Submission.objects.exists()
    with psycopg_of_the_application() as bare:  # a connection that none of our code has touched
        assert bare("SELECT count(*) FROM evidence_submission") == 0
        assert bare("SELECT count(*) FROM evidence_exhibit") == 0
        assert bare("SELECT count(*) FROM evidence_content") == 0
        assert bare("SELECT count(*) FROM audit_leaf") == 0


class psycopg_of_the_application:  # noqa: N801 - reads as what it is
    """A connection of the application's own role, with no setting."""

    def __enter__(self) -> Callable[[str], int]:
        from fanal.kit import settings
        from fanal.project import database

        self._connection = psycopg.connect(database.connection_string(settings.read()))
        return lambda statement: self._connection.execute(statement).fetchone()[0]  # type: ignore[index]

    def __exit__(self, *_: object) -> None:
        self._connection.close()


def test_an_agency_is_given_its_own_and_what_it_is_shown(who: Cast) -> None:
    apart = admit_agency(code="XK", name="A unit apart", country="XK", actor=SYSTEM, connected=False)
    expected = {
        who.france: ["kept", "named", "shown"],
        who.australia: ["named", "shown"],
        who.britain: ["british", "shown"],
        who.new_zealand: ["shown"],
        apart: [],
    }
    for agency, labels in expected.items():
        with asking(agency.pk):
            assert raw(SUBMISSIONS) == labels
            assert raw(EXHIBITS) == [f"{label}.bin" for label in labels]
            assert len(raw(CONTENTS)) == len(labels)


def test_the_database_and_the_queries_hold_one_rule(who: Cast) -> None:
    for agency in Agency.objects.all():
        with asking(agency.pk):
            given = [set(table.objects.values_list("pk", flat=True)) for table in (Submission, Exhibit, Content)]
        asked = (visible_submissions(agency), visible_exhibits(agency), visible_contents(agency))
        assert given == [set(found.values_list("pk", flat=True)) for found in asked]


SIGN = "Port Lanterne"


def indexed(text: str) -> dict[str, list[str]]:
    """Return by what a line is found."""
    return {"words": sorted(words_of(text)), "grams": grams_of(words_of(text))}


@pytest.fixture
def everything(who: Cast, tmp_path: Path) -> Cast:
    """Of every pair a lead, in every content a clue of each kind and each agency, and everything seen in everything."""
    admit_agency(code="XK", name="A unit apart", country="XK", actor=SYSTEM, connected=False)
    for agency, name in ((who.new_zealand, "kept"), (who.britain, "shown"), (who.australia, "british")):
        (tmp_path / f"digests-{name}").mkdir()
        (tmp_path / f"digests-{name}" / f"{name}.bin").write_bytes(name.encode())
        submitted(agency, tmp_path / f"digests-{name}", visibility=Visibility.OWN, hash_only=name != "shown")
    contents, now = list(Content.objects.order_by("pk")), clock.now()
    people = {who.france: who.camille, who.britain: who.edith, who.new_zealand: who.mere}
    for left, right in combinations_with_replacement(contents, 2):
        lead = Lead.objects.create(left=left, right=right, technique="pdq/1", confidence=0.9, why="", created_at=now)
        Judgement.objects.create(lead=lead, verdict="same", by=who.camille, at=now)
    for content in contents:
        Print.objects.create(content=content, technique="pdq/1", data=bytes(32))
        Preview.objects.create(content=content, position=0, width=8, height=8, sealed=b"")
        Reading.objects.create(content=content, state="read", read_at=now)
        TextLine.objects.create(content=content, position=0, text=SIGN, confidence=0.9, corners=[], **indexed(SIGN))
        for (agency, person), kind in product(people.items(), Clue.Kind.values):
            box = {"x": 0, "y": 0, "width": 0.5, "height": 0.5}
            for withdrawn in (None, now):
                clue = Clue.objects.create(
                    kind=kind, content=content, title="t", shared=kind != "clue", agency=agency, by=person, at=now,
                    withdrawn_at=withdrawn, **box,
                )  # fmt: skip
                for there in contents:
                    seen = Sighting.objects.create(
                        clue=clue, content=there, technique="local/1", confidence=0.9, why="", created_at=now
                    )
                    SightingJudgement.objects.create(sighting=seen, verdict="same", by=person, at=now)
    return who


def test_what_follows_from_contents_follows_one_rule(everything: Cast) -> None:
    """The database alone gives what the queries alone find, of every table; and everybody is given something else."""
    answers = set()
    for agency in Agency.objects.all():
        # Outside of `asking` a test asks for everybody, so the queries alone decide.
        leads, seen = visible_leads(agency), visible_sightings(agency)
        with_bytes = visible_bytes(agency).values("content")
        found = [
            leads,
            Judgement.objects.filter(lead__in=leads),
            Print.objects.filter(content__in=with_bytes),
            Preview.objects.filter(content__in=with_bytes),
            Reading.objects.filter(content__in=with_bytes),
            visible_clues(agency),
            seen,
            SightingJudgement.objects.filter(sighting__in=seen),
        ]
        by_queries = [sorted(map(str, rows.values_list("pk", flat=True))) for rows in found]
        with asking(agency.pk):
            given = [sorted(map(str, rows.model._default_manager.values_list("pk", flat=True))) for rows in found]
        assert given == by_queries
        answers.add(str(given))
    assert len(answers) == Agency.objects.count()
    with asking_for_nobody():
        assert not any(rows.model._default_manager.exists() for rows in found)


Ask = Callable[[object, str], list[int]]


@pytest.fixture
def bound(postgres: hold.Hold) -> Iterator[Ask]:
    """Ask as a role that owns nothing, as the application is where the tables have an owner of their own."""
    where, name = postgres.server.place, connection.settings_dict["NAME"]
    access = {"host": str(where.sockets), "dbname": name, "user": ADMIN, "password": admin_password(where)}
    with psycopg.connect(**access) as admin:
        admin.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(f"bound_{name}")))
        for right in hold.rights_of(f"bound_{name}"):
            admin.execute(right)
        admin.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(f"bound_{name}")))

        def ask(whom: object, statement: str) -> list[int]:
            admin.execute("SELECT set_config('fanal.agency', %s, true)", [str(whom)])
            answer = admin.execute(statement)
            return sorted(row[0] for row in answer.fetchall()) if answer.description else []

        yield ask
        admin.rollback()


LINES = "SELECT id FROM readings_textline"
HAVING = "SELECT readings_having('{lanterne}', '{lanterne}', null, 100)"
ALIKE = "SELECT readings_alike('{^la,lan,ant,nte,ten,en$}', 4, 100)"
"""Lines without any filter, and as the desk looks for words and for what is like them."""


def test_lines_of_text_are_given_and_found_by_whoever_sees_their_bytes(everything: Cast, bound: Ask) -> None:
    answers = set()
    for agency in Agency.objects.all():
        by_queries = sorted(visible_lines(agency).values_list("pk", flat=True))
        for statement in (LINES, HAVING, ALIKE):
            assert bound(agency.pk, statement) == by_queries
        assert bound(agency.pk, "DELETE FROM readings_textline RETURNING id") == []
        answers.add(str(by_queries))
    assert len(answers) == Agency.objects.count()
    assert not any(bound(NOBODY, statement) for statement in (LINES, HAVING, ALIKE))
    assert len(bound(EVERYBODY, LINES)) == TextLine.objects.count()
    assert bound(EVERYBODY, HAVING) == bound(EVERYBODY, ALIKE) == [], "a search is some agency's"


def test_a_search_for_lines_cannot_be_led_to_other_tables(everything: Cast, bound: Ask) -> None:
    before = bound(everything.britain.pk, HAVING)
    for table in ("readings_textline", "evidence_exhibit", "evidence_submission", "access_agency"):
        bound(EVERYBODY, f"CREATE TEMPORARY TABLE {table} ON COMMIT DROP AS TABLE public.{table}")
    bound(EVERYBODY, "UPDATE evidence_submission SET visibility = 'all_connected'")
    assert len(bound(everything.britain.pk, LINES)) > len(before), "what it names itself is another table"
    assert bound(everything.britain.pk, HAVING) == before != []


def test_of_leads_an_agency_changes_what_it_sees_and_says_nothing_for_others(everything: Cast) -> None:
    seen = visible_leads(everything.britain).count()
    with asking(everything.britain.pk):
        assert 0 < Lead.objects.update(state="same") == seen < Lead.objects.count() + 1
        assert Lead.objects.filter(state="same").count() == seen
        assert Judgement.objects.update(note="x") == 0  # they are France's
        lead = Lead.objects.all()[0]
        Judgement.objects.create(lead=lead, verdict="same", by=everything.edith, at=clock.now())
        assert Judgement.objects.update(note="x") == 1
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Judgement.objects.create(lead=lead, verdict="same", by=everything.camille, at=clock.now())


def test_an_agency_that_is_not_connected_is_given_no_entry_of_others(who: Cast) -> None:
    """Nor does anybody write for others. Which entries connected agencies are given: `test_11_entries_shown.py`."""
    entry = open_entry("victim", "REF-1", who.camille)
    apart = admit_agency(code="XK", name="A unit apart", country="XK", actor=SYSTEM, connected=False)
    tables = (Entry, Deed)
    with asking(who.france.pk):
        assert all(table.objects.count() == 1 for table in tables)
    with asking(apart.pk):
        assert not any(table.objects.exists() for table in tables)
    with asking_for_nobody():
        assert not any(table.objects.exists() for table in tables)
    with asking(who.britain.pk):
        assert Entry.objects.filter(pk=entry.pk).update(reference="REF-2") == 0
        assert Deed.objects.update(verb="merged") == 0


def test_an_agency_writes_only_what_is_its_own(who: Cast) -> None:
    with asking(who.britain.pk):
        assert Submission.objects.filter(label="shown").update(case_reference="x") == 0
        assert Submission.objects.filter(label="british").update(case_reference="x") == 1
        assert Exhibit.objects.update(path="x") == 1
        assert Content.objects.update(media_type="x") == 0
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Submission.objects.filter(label="british").update(agency=who.france)


def test_the_log_is_added_to_by_whoever_and_read_for_the_system_alone(who: Cast) -> None:
    before = raw(LOG)
    for asks in (asking_for_nobody(), asking(who.britain.pk)):
        with asks, transaction.atomic():
            record("access.signed_out", actor=SYSTEM)
            assert raw(LOG) == []
            assert raw("SELECT size FROM audit_take_turn(1000)") == [str(len(before) + 1)]
            assert raw(LOG) == [], "the setting is as it was"
        before = raw(LOG)


def test_who_asks_holds_for_a_transaction_and_ends_with_a_savepoint(who: Cast) -> None:
    with asking(who.britain.pk), transaction.atomic():
        assert raw(SUBMISSIONS) == ["british", "shown"]
        with asking_for_everybody():
            assert len(raw(SUBMISSIONS)) == 4
        assert raw(SUBMISSIONS) == ["british", "shown"]
        with transaction.atomic(), asking_for_everybody():
            assert len(raw(SUBMISSIONS)) == 4
            transaction.set_rollback(True)
        assert raw(SUBMISSIONS) == ["british", "shown"]
        with pytest.raises(ProgrammingError), transaction.atomic(), asking_for_everybody():
            raw("SELECT nothing")
        assert raw(SUBMISSIONS) == ["british", "shown"]
    with asking_for_nobody():
        assert raw(SUBMISSIONS) == []
    with asking(who.britain.pk):
        assert {each.label for each in Submission.objects.iterator(chunk_size=1)} == {"british", "shown"}


def test_a_process_that_stops_between_a_statement_and_its_commit_is_let_go_of(who: Cast) -> None:
    """Such a transaction is ours, so the server may end it soon; one that code opens itself is left alone."""
    patience = "SELECT current_setting('idle_in_transaction_session_timeout')"
    with asking(who.britain.pk):
        assert raw(patience) == ["10s"]
        with transaction.atomic():
            assert raw(patience) == ["5min"]
    with asking_for_nobody():
        assert raw(patience) == ["5min"]  # and nothing of it stays with the connection


def test_every_table_is_guarded_or_has_a_reason_not_to_be() -> None:
    guarded = """
        SELECT relname FROM pg_class WHERE relrowsecurity
        AND (SELECT count(DISTINCT polcmd) FROM pg_policy WHERE polrelid = pg_class.oid) = 4
    """
    tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    assert set(raw(tables)) - set(raw(guarded)) == set(WITHOUT_POLICIES)
    assert set(raw(f"{guarded} AND NOT relforcerowsecurity")) == set(OWNER_UNBOUND)


REQUESTS = 10_000 if os.environ.get("FANAL_SOAK") else 600
CONNECTIONS = 2


@contextmanager
def few_connections() -> Iterator[None]:
    """Let all threads share two connections of one pool."""
    options = connection.settings_dict["OPTIONS"]
    before = options["pool"]
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's own
    options["pool"] = {**before, "min_size": CONNECTIONS, "max_size": CONNECTIONS}
    try:
        yield
    finally:
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]
        options["pool"] = before


def test_requests_of_three_agencies_over_two_connections_leak_nothing(who: Cast, seed: int) -> None:
    """Each asks without any filter of ours, now and then for nobody or at the API, and gives its connection back."""
    own = {
        who.france: (who.camille, {"kept", "named", "shown"}),
        who.australia: (who.jack, {"named", "shown"}),
        who.britain: (who.edith, {"british", "shown"}),
    }
    programs = {agency: program(person) for agency, (person, _) in own.items()}

    def ask(agency: Agency, number: int) -> bool:
        dice = Random(f"{seed} {agency.code} {number}")
        try:
            if number % 20 == 0:
                told = json.loads(programs[agency].get("/submissions").content)
                return {one["label"] for one in told["items"]} == own[agency][1]
            with asking_for_nobody() if dice.random() < 0.2 else asking(agency.pk):
                expected = own[agency][1] if who_asks() else set()
                if dice.random() < 0.3:
                    with transaction.atomic():
                        return set(raw(SUBMISSIONS)) == expected and len(raw(CONTENTS)) == len(expected)
                return set(raw(SUBMISSIONS)) == expected
        finally:
            connection.close()

    turns = [(agency, number) for number in range(REQUESTS // len(own)) for agency in own]
    with few_connections(), ThreadPoolExecutor(2 * len(own)) as threads:
        whole = list(threads.map(lambda turn: ask(*turn), turns))
    sys.stdout.write(f"{len(whole)} requests of {len(own)} agencies over {CONNECTIONS} connections\n")
    assert whole.count(False) == 0


def test_the_role_that_asks_is_bound() -> None:
    assert raw("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user") == ["False"]
