"""On whose behalf the database is asked: nobody, one agency, or the system for everybody.

Every statement carries it (`database/base.py`), and the row policies in the migrations decide by it. Nobody is the
default and is given no row, so that code which forgets to say who asks finds nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

NOBODY = ""
EVERYBODY = "everybody"

_asking: ContextVar[str | None] = ContextVar("asking", default=None)


class _Process:
    """On whose behalf this process asks where nothing else is said."""

    asks = NOBODY


def who_asks() -> str:
    """Return for whom statements are asked here and now: an agency's id, `EVERYBODY` or `NOBODY`."""
    said = _asking.get()
    return _Process.asks if said is None else said


def process_asks_for(whom: str) -> None:
    """Say for whom this process asks where nothing else is said: `EVERYBODY` for workers and the operator's terminal.

    A process that answers others stays with `NOBODY`.
    """
    _Process.asks = whom


def begin_asking(agency: UUID) -> None:
    """Ask on behalf of one agency until the request ends: for a door that learns in passing who is asking.

    Call it within `asking_for_nobody`, which every request is.
    """
    _asking.set(str(agency))


@contextmanager
def asking(agency: UUID) -> Iterator[None]:
    """Ask on behalf of one agency, by its id: the database gives what that agency may see, and nothing else."""
    with _for(str(agency)):
        yield


@contextmanager
def asking_for_everybody() -> Iterator[None]:
    """Ask on behalf of the system, which sees all: for jobs, and for what nobody is shown. Also a decorator."""
    with _for(EVERYBODY):
        yield


@contextmanager
def asking_for_nobody() -> Iterator[None]:
    """Be given no row that belongs to anyone, until it is said who asks."""
    with _for(NOBODY):
        yield


@contextmanager
def _for(whom: str) -> Iterator[None]:
    before = _asking.set(whom)
    try:
        yield
    finally:
        _asking.reset(before)
