"""Between two tests every table is emptied, and the guards of the log stand again."""

from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection

from emptying import KEPT
from fanal.core.audit.models import Leaf
from fanal.core.audit.witnessing import admit_witness
from fanal.core.jobs import actions, queries
from fanal.engine.merkle.keys import COSIGNATURE, SigningKey
from fanal.kit.actor import SYSTEM
from fanal.project.postgres import hold
from fanal.project.postgres.server import ADMIN, admin_password
from world import cast, folder_of_pictures, submitted

pytestmark = pytest.mark.django_db(transaction=True)


def test_nothing_is_left_and_the_log_is_guarded_again(postgres: hold.Hold, fresh_data: Path, tmp_path: Path) -> None:
    who = cast()
    submitted(who.france, folder_of_pictures(tmp_path / "phone", range(2)))
    witness = SigningKey("unit.example/fr", bytes(32), COSIGNATURE).verifier
    admit_witness(str(witness), who.france.pk, SYSTEM)
    assert Leaf.objects.exists()
    assert queries.unfinished() > 0
    call_command("flush", verbosity=0, interactive=False, reset_sequences=False)
    tables = {*connection.introspection.table_names()} - {*KEPT, "django_migrations"}
    assert held_by(postgres, tables) == []
    cast()
    with pytest.raises(DatabaseError):
        Leaf.objects.all().delete()
    assert actions.defer("leads.match", contents=[1]) is not None


def held_by(postgres: hold.Hold, tables: set[str]) -> list[str]:
    """Return which tables hold something, as one sees whom no policy binds."""
    where, name = postgres.server.place, connection.settings_dict["NAME"]
    secret = admin_password(where)
    with psycopg.connect(host=str(where.sockets), dbname=name, user=ADMIN, password=secret) as admin:
        return [table for table in sorted(tables) if admin.execute(f'SELECT 1 FROM "{table}" LIMIT 1').fetchone()]
