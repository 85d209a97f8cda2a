"""Statements whose values and answers travel as they are, for rows of many bytes.

Django writes values into the text of a statement, where bytes are twice as long and the database has to read them
letter by letter. (COPY would do as well, but the database refuses it for tables that have row policies.)
"""

from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import connection


def ask_in_binary(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Run one statement on Django's connection, asking for whom it asks; return the rows that it answers, if any.

    Lists of values need a cast in the statement, such as `unnest(%s::bytea[])`. Raises django.db.Error.
    """
    connection.ensure_connection()
    bare: Any = psycopg.Cursor(connection.connection)
    bare.format = psycopg.pq.Format.BINARY
    with connection.make_cursor(bare) as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []
