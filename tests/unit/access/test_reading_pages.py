"""What a page reads shares a transaction and kept plans: each agency is given its own, and what is logged stays."""

from contextlib import suppress
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from django.db import connection, transaction
from django.db.models import TextChoices
from django.db.utils import DatabaseError, InternalError
from django.shortcuts import render
from django.test import Client

from fanal.casework.evidence.models import Submission, Visibility
from fanal.core.access.asking import asking, asking_for_nobody, begin_asking
from fanal.core.access.database.reading import as_prepared, reading
from fanal.core.access.models import Agency
from fanal.core.audit.actions import record
from fanal.kit import settings
from fanal.kit.actor import SYSTEM
from fanal.project import database
from world import Cast, cast, submitted

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def who(fresh_data: Path, tmp_path: Path) -> Cast:
    people = cast()
    for agency in (people.france, people.britain):
        (tmp_path / agency.code).mkdir()
        (tmp_path / agency.code / f"{agency.code}.bin").write_bytes(agency.code.encode())
        submitted(agency, tmp_path / agency.code, visibility=Visibility.OWN)
    return people


def given() -> list[UUID]:
    return list(Submission.objects.filter(label__gte="").order_by().values_list("agency", flat=True))


def transaction_now() -> str:
    """Return when the transaction began: statements that say the same share one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        return str(cursor.fetchone()[0])


def test_one_plan_gives_each_agency_its_own(who: Cast) -> None:
    with reading():
        for _ in range(3):
            for agency in (who.france, who.britain, who.australia):
                with asking(agency.pk):
                    assert given() == [agency.pk] * (agency != who.australia)
            with asking_for_nobody():
                assert given() == []
        assert any("evidence_submission" in text for text in prepared())


def prepared() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return [text for (text,) in cursor.fetchall()]


def test_a_change_of_rights_is_seen_by_a_kept_plan(who: Cast) -> None:
    shown = Submission.objects.filter(agency=who.france)
    with reading(), asking(who.australia.pk):
        assert given() == []
        with asking(who.france.pk):
            shown.update(visibility=Visibility.ALL_CONNECTED)
        assert given() == [who.france.pk]
        Agency.objects.filter(pk=who.australia.pk).update(connected=False)
        assert given() == []


def test_what_is_read_shares_a_transaction_that_ends_with_the_page(who: Cast) -> None:
    with reading(), asking(who.france.pk):
        assert transaction_now() == transaction_now()
    assert connection.connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
    assert transaction_now() != transaction_now()


def leaves_elsewhere() -> int:
    """Count the leaves of the log as another connection, which asks for the system, finds them."""
    with psycopg.connect(database.connection_string(settings.read())) as another:
        another.execute("SELECT set_config('fanal.agency', 'everybody', true)")
        row = another.execute("SELECT count(*) FROM audit_leaf").fetchone()
    return int(row[0]) if row else 0


def test_what_is_logged_while_a_page_is_read_is_durable_at_once(who: Cast) -> None:
    before = leaves_elsewhere()
    with reading(), asking(who.france.pk):
        assert given()
        with transaction.atomic(durable=True):
            record("evidence.seen", actor=SYSTEM, subject="content:1")
        assert leaves_elsewhere() == before + 1
        assert given()


def test_a_page_logs_after_what_it_read_in_a_transaction_of_its_own(
    who: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever looks while a page is drawn, with a connection of their own, finds its entry in the log."""
    client.force_login(who.camille)
    before, found = leaves_elsewhere(), list[int]()

    def drawn(*args: object, **how: object) -> object:
        found.append(leaves_elsewhere())
        return render(*args, **how)  # type: ignore[arg-type]

    monkeypatch.setattr("fanal.doors.web.home.render", drawn)
    assert client.get("/").status_code == 200
    assert found == [before + 1]


def test_nothing_is_written_in_the_transaction_of_a_page(who: Cast) -> None:
    with asking_for_nobody(), reading():
        begin_asking(who.france.pk)
        assert given() == [who.france.pk]
        with pytest.raises(InternalError), connection.cursor() as cursor:
            cursor.execute("WITH gone AS (DELETE FROM evidence_submission RETURNING 1) SELECT count(*) FROM gone")
        assert given() == [who.france.pk]


def test_a_statement_that_fails_leaves_the_others_alone(who: Cast) -> None:
    with reading(), asking(who.france.pk):
        assert given()
        with suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("SELECT 1 / %s", [0])
        assert given() == [who.france.pk]


def test_a_connection_whose_session_the_server_ended_is_not_kept(who: Cast) -> None:
    with reading(), asking(who.france.pk):
        assert given()
        process = connection.connection.info.backend_pid
        with psycopg.connect(database.connection_string(settings.read())) as another:
            another.execute("SELECT pg_terminate_backend(%s)", [process])
        connection.end_reading()  # type: ignore[attr-defined]
    connection.close()
    with asking(who.france.pk):
        assert given()


def test_statements_with_named_values_are_read_as_they_are(who: Cast) -> None:
    with reading(), asking(who.france.pk), connection.cursor() as cursor:
        cursor.execute("SELECT label FROM evidence_submission WHERE agency_id = %(agency)s", {"agency": who.france.pk})
        assert len(cursor.fetchall()) == 1


def test_lists_of_all_lengths_are_one_statement() -> None:
    written = "SELECT '100%%' WHERE a = %s AND b IN (%s, %s) AND c IN (%s) AND d IN (SELECT e WHERE f = %s) LIMIT 3"
    sql, values = as_prepared(written, [1, 2, 3, "x", 4])
    assert sql == "SELECT '100%%' WHERE a = %s AND b = ANY(%s) AND c = ANY(%s) AND d IN (SELECT e WHERE f = %s) LIMIT 3"
    assert values == [1, [2, 3], ["x"], 4]


def test_a_list_of_several_kinds_is_left_as_it_is() -> None:
    assert as_prepared("a IN (%s, %s)", [1, "x"]) == ("a IN (%s, %s)", [1, "x"])


def test_a_choice_stands_in_the_statement_and_a_word_does_not() -> None:
    written = "a = %s AND b IN (%s, %s) AND c = %s"
    shown = (Visibility.OWN, Visibility.NAMED, Visibility.ALL_CONNECTED)
    assert as_prepared(written, [*shown, "own"]) == (
        "a = 'own' AND b IN ('named', 'all_connected') AND c = %s",
        ["own"],
    )


class Odd(TextChoices):
    ONE = "100% o'clock", "One"


def test_a_choice_is_quoted() -> None:
    assert as_prepared("a = %s", [Odd.ONE]) == ("a = '100%% o''clock'", [])
