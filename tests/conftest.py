"""What every test stands on: a PostgreSQL of our own in a temporary folder, no network but loopback, known randomness.

One server for the whole run, started when the first test asks for a database; each xdist worker has its own database
and its own data folder. `FANAL_DATA` and `DATABASE_URL` in the environment name them, so that a `fanal` started by a
test works on the same.
"""

import ipaddress
import os
import random
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import psycopg
import pytest
from django.conf import settings
from django.contrib.auth.hashers import ScryptPasswordHasher
from hypothesis import HealthCheck
from psycopg import sql
from psycopg.conninfo import make_conninfo

from fanal.core.access.asking import EVERYBODY, process_asks_for
from fanal.kit import settings as operator
from fanal.kit.machine import caches
from fanal.project import database
from fanal.project.postgres import hold, place
from fanal.project.postgres.server import ADMIN, admin_password

BASE = "FANAL_TEST_BASE"
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
IS_FIRST_PROCESS = BASE not in os.environ
if IS_FIRST_PROCESS:
    os.environ[BASE] = tempfile.mkdtemp(prefix="fanal-test-")
    Path(os.environ[BASE]).chmod(0o711)  # PostgreSQL's user passes through to its own folder

# Compiled code is the same for all: a test with a cache folder of its own does not compile everything anew.
os.environ.setdefault("NUMBA_CACHE_DIR", str(caches()))

pytest_plugins = ["emptying", "audited", "broken_audit", "browser", "ministry"]

HERE = Path(__file__).parent
FOLDER = Path(os.environ[BASE])
if not os.access(HERE.parent, os.W_OK):  # another's checkout: what hypothesis remembers is kept apart
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(FOLDER / "hypothesis"))
SERVER_FOLDER = FOLDER / "server"
LONG = ("stories", "promises", "hostile")
TEST_DATABASE = f"test_fanal_{WORKER}" if WORKER else "test_fanal"


def _point_everything_at_the_test_server() -> None:
    data = FOLDER / (WORKER or "main")
    data.mkdir(exist_ok=True)
    SERVER_FOLDER.mkdir(mode=0o711, exist_ok=True)
    os.environ["FANAL_DATA"] = str(data)
    # Reading text costs a second a picture: the tests of it switch it on.
    os.environ["FANAL_TEXT"] = "off"
    parameters = hold.connection(place.find(SERVER_FOLDER))
    os.environ["DATABASE_URL"] = make_conninfo("", **{**parameters, "dbname": TEST_DATABASE})
    # pytest-django has read the settings before this file, but nothing has connected yet: change them where they are.
    ours = database.django_database(operator.read())
    described = settings.DATABASES["default"]
    described["OPTIONS"].update(ours.pop("OPTIONS"))
    described.update(ours, NAME=parameters["dbname"])
    described["TEST"]["NAME"] = "test_fanal"


_point_everything_at_the_test_server()
# Tests look at everything, as the system does; who asks for an agency says so.
process_asks_for(EVERYBODY)
# No test cuts the power: what a process wrote is there, also where it was killed. Tests that look at it put it back.
os.fsync = os.fdatasync = lambda _: None  # type: ignore[assignment]
# A password of a test is worth no tenth of a second; how it was hashed stands beside the hash, for other processes.
ScryptPasswordHasher.work_factor = 2

# No test has a time limit: how long drawing takes says how busy the machine is.
hypothesis.settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis.settings.load_profile("unhurried")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that at the end no worker waits for another; the rest is as it was drawn."""
    items.sort(key=lambda item: item.path.relative_to(HERE).parts[0] not in LONG)


def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    if IS_FIRST_PROCESS:
        shutil.rmtree(FOLDER, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[hold.Hold]:
    """The server that all tests share."""
    held = hold.hold(SERVER_FOLDER)
    _forget_power_cuts(held)
    yield held
    held.close()


def _forget_power_cuts(held: hold.Hold) -> None:
    """Have the server wait for no disk: no test of it cuts the power, and what a killed process wrote is there."""
    where = held.server.place
    with psycopg.connect(
        host=str(where.sockets), dbname="postgres", user=ADMIN, password=admin_password(where), autocommit=True
    ) as admin:
        for setting in ("fsync", "full_page_writes"):
            admin.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
        admin.execute("SELECT pg_reload_conf()")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(postgres: hold.Hold, django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Have the server running before pytest-django makes its database."""


@pytest.fixture
def data_folder() -> Path:
    """The data folder of this process: what FANAL_DATA says."""
    return operator.read().data


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """The seed of this run, which pytest prints first; `-p randomly -p "randomly_seed=N"` repeats it."""
    return int(request.config.getoption("randomly_seed"))


@pytest.fixture
def dice(seed: int) -> random.Random:
    """Seeded randomness."""
    return random.Random(seed)


def _only_loopback(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect":
        family, address = arguments[0].family, arguments[1]
        host = address[0] if family in (socket.AF_INET, socket.AF_INET6) else "localhost"
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    if not _is_loopback(host):
        raise AssertionError(f"A test reached for the network: {host}")


def _is_loopback(host: str | bytes | None) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost", "0.0.0.0", "::"):
        return True
    try:
        return ipaddress.ip_address(str(name)).is_loopback
    except ValueError:
        return False


sys.addaudithook(_only_loopback)
