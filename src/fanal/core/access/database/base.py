"""Django's PostgreSQL connection that tells the server, in each transaction, on whose behalf it is asked.

The setting `fanal.agency` holds until the transaction ends and no longer, so a pooled connection carries nothing to its
next user. A statement outside a transaction is given one of its own, or, while a page is read, shares one with the
others (`reading.py`). Django asks for a module of this name.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psycopg
from django.db import transaction
from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base
from django.db.backends.postgresql.base import Cursor, ServerBindingCursor

from fanal.core.access.asking import NOBODY, who_asks
from fanal.core.access.database.reading import BEGIN, MOST_KEPT, as_prepared, is_reading

TELL = "SELECT set_config('fanal.agency', %s, true)"
TELL_FOR_ONE = f"{TELL}, set_config('idle_in_transaction_session_timeout', '10000', true)"
"""The same for a transaction of one statement. Between it and its commit nothing is done but sending: a process that is
silent for 10 s there was stopped or has lost its network, and would hold its locks. The server ends such a session.
"""
READS = ("select", "with")
READS_OR_WRITES = ("select", "insert", "update", "delete", "with", "merge", "explain", "truncate")
STEERS = ("savepoint", "release", "rollback", "set transaction")
"""What must also run where the transaction has failed, or before anything else in it."""


class DatabaseWrapper(base.DatabaseWrapper):
    """One thread's connection. `_told` is what the server was told in this transaction; None: nothing yet.

    `_reads` tells whether a transaction is open in which a page is read, of which Django knows nothing.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._told: str | None = None
        self._reads = False
        self.execute_wrappers.append(self._ask)

    def _ask(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        """Have a statement run, once the server knows for whom."""
        verb = str(sql).lstrip("( \n").lower()
        if not self.get_autocommit():
            if not verb.startswith(STEERS):
                self._tell()
        elif verb.startswith(READS) and is_reading() and type(context["cursor"].cursor) is Cursor:
            return self._read(execute, sql, params, context)
        # Whoever asks for nobody says so by saying nothing.
        elif who_asks() != NOBODY and verb.startswith(READS_OR_WRITES) and self.alias != NO_DB_ALIAS:
            with transaction.atomic(using=self.alias):
                self._tell(TELL_FOR_ONE)
                return execute(sql, params, many, context)
        else:
            self.end_reading()
        return execute(sql, params, many, context)

    def _read(self, execute: Callable[..., Any], sql: Any, params: Any, context: dict[str, Any]) -> Any:
        """Have a statement read in the transaction of the page, by a plan that the connection keeps."""
        if not self._reads:
            whom = who_asks()
            with self.wrap_database_errors:
                self.connection.execute(BEGIN, [whom])
            self._reads, self._told = True, whom
        self._tell()
        if params and isinstance(params, list | tuple):  # those with names are few, and written by hand
            sql, params = as_prepared(str(sql), params)
            context["cursor"].cursor = ServerBindingCursor(self.connection)  # type: ignore[call-arg]  # psycopg's
            self.connection.prepared_max, self.connection.prepare_threshold = MOST_KEPT, 0
        try:
            return execute(sql, params, False, context)
        except Exception:
            self.end_reading()
            raise
        finally:
            if self.connection is not None:
                self.connection.prepare_threshold = None

    def end_reading(self) -> None:
        """End the transaction in which a page is read, where there is one."""
        if self._reads:
            self._reads, self._told = False, None
            with suppress(psycopg.OperationalError):  # the server has ended it already
                self.connection.execute("COMMIT")

    def _tell(self, words: str = TELL) -> None:
        whom = who_asks()
        if whom != self._told and not self.needs_rollback:
            with self.wrap_database_errors:
                self.connection.execute(words, [whom])
            self._told = whom

    def _set_autocommit(self, autocommit: bool) -> None:
        self.end_reading()
        self._told = None
        super()._set_autocommit(autocommit)  # type: ignore[misc]  # Django's own, not in its stubs

    def _commit(self) -> None:
        self._told = None
        super()._commit()  # type: ignore[misc]

    def _rollback(self) -> None:
        self._told = None
        super()._rollback()  # type: ignore[misc]

    def _savepoint_rollback(self, sid: str) -> None:
        # The server goes back to what it was told before the savepoint.
        self._told = None
        super()._savepoint_rollback(sid)  # type: ignore[misc]

    def close(self) -> None:
        """Close the connection, or give it back to the pool."""
        self.end_reading()
        self._told = None
        super().close()
