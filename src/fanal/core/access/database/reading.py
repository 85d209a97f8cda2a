"""Reading for a page: statements share a transaction, and the server keeps their plans.

A statement outside a transaction costs a BEGIN and a COMMIT, and each is planned anew: with row policies that takes
longer than to answer. So while a page is read, statements go into a transaction that can only read, and are prepared:
the connection keeps their plans. A plan is the same for everybody, for policies ask for whom only when it is executed.

The transaction is none of Django's. It ends, unseen, wherever code begins one of its own or writes: what is logged
before it is shown is durable as it was without.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db.models import TextChoices

BEGIN = """
BEGIN READ ONLY;
SELECT set_config('fanal.agency', %s, true), set_config('plan_cache_mode', 'force_generic_plan', true),
       set_config('idle_in_transaction_session_timeout', '60000', true)
"""
"""Said at once. A plan of before is taken from its first use on: PostgreSQL would plan five times before it looks."""
MOST_KEPT = 300
"""Plans that a connection keeps, those used last: 0.3 MiB each in the server."""
PLACES = re.compile(r"%%|\bIN \((%s(?:, %s)*)\)|%s")

_reading: ContextVar[bool] = ContextVar("reading", default=False)


def is_reading() -> bool:
    """Tell whether a page is read here and now."""
    return _reading.get()


@contextmanager
def reading() -> Iterator[None]:
    """Have what is read here share transactions and keep its plans, for the answer to one request."""
    from django.db import connection

    before = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(before)
        connection.end_reading()  # type: ignore[attr-defined]  # our own connection's


def as_prepared(sql: str, given: Sequence[Any]) -> tuple[str, list[Any]]:
    """Return a statement as it is prepared, and the values that are left.

    Each list of values is one array, so that lists of all lengths are one statement. A choice, such as a state, stands
    in the statement itself: there are few, and a plan that knows them is a better one.
    """
    rest, kept = iter(given), list[Any]()

    def written(found: re.Match[str]) -> str:
        values = [next(rest) for _ in range(found[0].count("%s"))]
        if values and all(isinstance(value, TextChoices) for value in values):
            said = ", ".join(_literal(value) for value in values)
            return f"IN ({said})" if found[1] else said
        if found[1] and len({type(value) for value in values}) == 1:
            kept.append(values)
            return "= ANY(%s)"
        kept.extend(values)
        return found[0]

    return PLACES.sub(written, sql), kept


def _literal(choice: TextChoices) -> str:
    return "'{}'".format(choice.value.replace("'", "''").replace("%", "%%"))
