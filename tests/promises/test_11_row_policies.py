"""Promise 11, below all code: the database itself gives an agency only what it may see, and nobody nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from fanal.casework.evidence.models import Content, Exhibit, Submission, Visibility
from fanal.casework.evidence.queries import visible_contents, visible_exhibits, visible_submissions
from fanal.core.access.actions import admit_agency
from fanal.core.access.asking import asking, asking_for_everybody, asking_for_nobody
from fanal.core.access.models import Agency
from fanal.kit.actor import SYSTEM
from world import Cast, cast, submitted

pytestmark = pytest.mark.django_db(transaction=True)

WITHOUT_POLICIES = {
    "access_user": "Who signs in is looked for by name before it is known who asks; it holds nothing of a case.",
    "sharing_disclosure": "What an agency tells others of itself: whether it answers, and whom to ask.",
    "entries_deed": "Who sees it follows from what it was done to: the queries alone keep it.",
    "entries_entry": "Who sees it follows from the contents linked with it: the queries alone keep it.",
}
"""Tables with an agency that have no policies, each with the reason."""


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


def raw(sql: str) -> list[str]:
    """Ask without any of our queries."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return sorted(str(row[0]) for row in cursor.fetchall())


SUBMISSIONS = "SELECT label FROM evidence_submission"
EXHIBITS = "SELECT path FROM evidence_exhibit"
CONTENTS = "SELECT encode(sha256, 'hex') FROM evidence_content"


def test_whoever_does_not_say_who_asks_is_given_nothing(who: Cast) -> None:
    with asking_for_nobody():
        assert raw(SUBMISSIONS) == raw(EXHIBITS) == raw(CONTENTS) == []
        assert not Submission.objects.exists()
    with psycopg_of_the_application() as bare:  # a connection that none of our code has touched
        assert bare("SELECT count(*) FROM evidence_submission") == 0
        assert bare("SELECT count(*) FROM evidence_exhibit") == 0
        assert bare("SELECT count(*) FROM evidence_content") == 0


class psycopg_of_the_application:  # noqa: N801 - reads as what it is
    """A connection of the application's own role, with no setting."""

    def __enter__(self) -> Callable[[str], int]:
        import psycopg

        from fanal.kit import settings
        from fanal.project import database

        self._connection = psycopg.connect(database.connection_string(settings.read()))
        return lambda sql: self._connection.execute(sql).fetchone()[0]  # type: ignore[index]

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


def test_an_agency_writes_only_what_is_its_own(who: Cast) -> None:
    with asking(who.britain.pk):
        assert Submission.objects.filter(label="shown").update(case_reference="x") == 0
        assert Submission.objects.filter(label="british").update(case_reference="x") == 1
        assert Exhibit.objects.update(path="x") == 1
        assert Content.objects.update(media_type="x") == 0
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Submission.objects.filter(label="british").update(agency=who.france)


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


def test_every_table_of_an_agency_is_guarded() -> None:
    of_agencies = """
        SELECT class.relname FROM pg_constraint key
        JOIN pg_class class ON class.oid = key.conrelid
        WHERE key.contype = 'f' AND key.confrelid = 'access_agency'::regclass
    """
    guarded = """
        SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity
        AND (SELECT count(DISTINCT polcmd) FROM pg_policy WHERE polrelid = pg_class.oid) = 4
    """
    assert set(raw(of_agencies)) - set(raw(guarded)) == set(WITHOUT_POLICIES)


def test_the_role_that_asks_is_bound() -> None:
    assert raw("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user") == ["False"]
