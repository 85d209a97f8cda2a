"""The settings, their page in the handbook, and what they make of Django."""

import os
import re
from dataclasses import fields
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client

from fanal.kit import machine
from fanal.kit import settings as operator
from fanal.kit.errors import Invalid
from fanal.project import database

ROOT = Path(__file__).parents[3]
HANDBOOK = (ROOT / "docs" / "handbook" / "settings.md").read_text(encoding="utf-8")
VARIABLE = re.compile(r"\b(FANAL_[A-Z_]+|DATABASE_URL)\b")


def test_the_handbook_lists_each_variable_that_the_program_reads_and_no_other() -> None:
    read = set(VARIABLE.findall((ROOT / "src/fanal/kit/settings.py").read_text(encoding="utf-8")))
    listed = set(re.findall(r"^\| `([A-Z_]+)` \|", HANDBOOK, re.MULTILINE))
    assert listed == read
    # A mail server is one setting of two variables, a provider one of seven: it has neither a word nor a key there.
    provider = len(fields(operator.Provider)) - 2
    assert len(read) == len(fields(operator.Settings)) - 2 + len(fields(operator.Mail)) + provider


def test_no_other_file_reads_a_variable_of_ours() -> None:
    reads = re.compile(r"environ\.get\(\s*[\"'](FANAL_|DATABASE_URL)")
    readers = [
        path.name
        for path in (ROOT / "src").rglob("*.py")
        if reads.search(path.read_text(encoding="utf-8")) and path.name != "settings.py"
    ]
    assert readers == []


def test_what_is_not_set_has_a_sensible_value() -> None:
    chosen = operator.read({"HOME": "/home/officer", "FANAL_DATA": "/srv/evidence", "DATABASE_URL": ""})
    assert chosen.data == Path("/srv/evidence")
    assert chosen.database_url is None
    assert chosen.media_store == "file:///srv/evidence/media"
    assert (chosen.sandbox, chosen.origin, chosen.log_level) == ("confined", None, "INFO")


def test_the_index_takes_what_was_chosen_or_a_share_of_what_there_is() -> None:
    assert operator.read({"HOME": "/x", "FANAL_INDEX_MEMORY": "512"}).index_memory == 512 * 2**20
    assert operator.read({"HOME": "/x"}).index_memory == machine.memory() // 4 > 0
    for wrong in ("half", "-1", "1.5", "²"):
        with pytest.raises(Invalid, match="whole number of megabytes"):
            operator.read({"HOME": "/x", "FANAL_INDEX_MEMORY": wrong})


def test_a_container_has_less_memory_than_its_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = machine.memory()
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(machine, "_LIMIT", limit)
    for written, expected in (("1048576\n", 2**20), (str(2**80), None), ("max\n", None)):
        limit.write_text(written, encoding="ascii")
        assert machine.memory() == (expected or os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    limit.unlink()
    assert machine.memory() >= whole


def test_a_database_url_becomes_djangos_description_with_all_its_options() -> None:
    chosen = operator.read({"DATABASE_URL": "postgresql://u:p%40ss@db.example:6543/evidence?sslmode=verify-full"})
    described = database.django_database(chosen)
    assert [described[key] for key in ("USER", "PASSWORD", "HOST", "PORT", "NAME")] == [
        "u",
        "p@ss",
        "db.example",
        "6543",
        "evidence",
    ]
    assert described["OPTIONS"]["sslmode"] == "verify-full"


def test_a_database_url_that_is_none_is_a_clear_refusal() -> None:
    with pytest.raises(database.BadDatabaseUrl, match="cannot be read") as refusal:
        database.django_database(operator.read({"DATABASE_URL": "mysql://x"}))
    assert refusal.value.hint.startswith("Write it as postgresql://")


def test_every_answer_carries_the_strict_headers() -> None:
    headers = Client().get("/static/nothing-here").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_the_signing_key_is_made_once_and_private(data_folder: Path) -> None:
    first = str(django_settings.SECRET_KEY)
    assert len(first) == 96
    assert str(django_settings.SECRET_KEY) == first
    assert (data_folder / "keys" / "signing").stat().st_mode & 0o777 == 0o600


def test_a_database_url_that_cannot_be_read_is_not_quoted() -> None:
    with pytest.raises(database.BadDatabaseUrl) as refused:
        database.connection_parameters(operator.read({"DATABASE_URL": "postgres:/fanal:hunter2@db.example/evidence"}))
    assert "hunter2" not in f"{refused.value} {refused.value.__cause__} {refused.value.hint}"
