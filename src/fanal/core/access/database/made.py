"""Questions that are written as SQL once: to ask one again with other values costs little more than the asking.

To build a queryset with the conditions of who sees what, and to write it as SQL, takes the server one to three
milliseconds, often longer than the database needs to answer; a page asks up to sixty.
"""

from collections.abc import Callable, Sequence
from copy import copy
from datetime import UTC, datetime, timedelta
from functools import update_wrapper
from types import SimpleNamespace
from typing import Any, Generic, TypeVar, cast
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet

from fanal.core.access.models import Agency

Row = TypeVar("Row")
Value = Agency | UUID | int | str | datetime | list[int] | list[UUID] | list[bytes] | None

NUMBER = 0x5D0E_57A4_D1E5_0000
KEY = 0x5D0E57A4D1E540008A11_0000_0000_0000
MOMENT = datetime(1, 1, 2, 3, 4, 5, tzinfo=UTC)
"""What stands for a value while a question is written: a number, bytes, a UUID or a moment that nothing else has."""


class made_once(Generic[Row]):  # noqa: N801 - reads as what it is: a decorator
    """Have a function that returns a queryset return the rows instead, its statement written at its first call.

    It is given an agency or None, and values: a number, a UUID, a moment, or a list of numbers, UUIDs or bytes,
    which it compares with `Among`. It may ask of the agency its key and whether it is connected, and of values nothing:
    they are not the real ones. A word, of which there are few, it is given as it is: each has a statement of its own.
    """

    def __init__(self, question: Callable[..., QuerySet[Any, Row]]) -> None:
        self._question = question
        self._made: dict[tuple[object, ...], _Made] = {}
        update_wrapper(self, question)

    def __call__(self, *given: Value) -> list[Row]:
        """Ask, and return the rows."""
        shape = tuple(_shape(one) for one in given)
        made = self._made.get(shape)
        if made is None:
            made = self._made[shape] = _Made(self._question, given)
        return cast("list[Row]", made.ask(given))


class _Made:
    """A statement, what makes rows of its answer, and where which value belongs."""

    def __init__(self, question: Callable[..., QuerySet[Any, Any]], given: Sequence[Any]) -> None:
        stand_ins: list[Any] = [_stand_in(place, one) for place, one in enumerate(given)]
        self._question = question
        found = question(*stand_ins)
        self._rows: Any = found._iterable_class
        self._model = found.model
        self._compiler: Any = found.query.get_compiler(DEFAULT_DB_ALIAS)
        try:
            self._sql, self._values = self._compiler.as_sql()
        except EmptyResultSet:  # an agency that is not connected has no cases; or a column cannot hold the stand-in
            self._sql = ""
            return
        self._compiler.connection = None
        self._stand_ins = [one.pk if isinstance(one, Agency) else one for one in stand_ins]
        for one in self._stand_ins:
            if not isinstance(one, _Itself) and not any(_holds(value, one) for value in self._values):
                raise TypeError(f"{question} leaves out a value.")

    def ask(self, given: Sequence[Any]) -> list[Any]:
        if not self._sql:
            return list(self._question(*given))
        real = [one.pk if isinstance(one, Agency) else one for one in given]
        values = tuple(self._real(value, real) for value in self._values)
        compiler = copy(self._compiler)
        compiler.connection = connections[DEFAULT_DB_ALIAS]
        compiler.as_sql = lambda: (self._sql, values)
        query = SimpleNamespace(get_compiler=lambda *_, **__: compiler)
        asked = SimpleNamespace(query=query, db=DEFAULT_DB_ALIAS, model=self._model, _known_related_objects={})
        rows: list[Any] = list(self._rows(asked))
        return rows

    def _real(self, value: Any, real: Sequence[Any]) -> Any:
        for stand_in, one in zip(self._stand_ins, real, strict=True):
            if value == stand_in:
                return list(one) if isinstance(value, list) else one
        return [self._real(one, real) for one in value] if isinstance(value, list) else value


_Itself = str | None
"""What a question is given as it is."""


def _holds(value: Any, stand_in: object) -> bool:
    return bool(value == stand_in) or (isinstance(value, list) and stand_in in value)


def _shape(one: object) -> object:
    """Return on what of a value it depends which statement is written."""
    if isinstance(one, Agency):
        return one.connected
    if isinstance(one, str):
        return one
    return (list, type(one[0])) if isinstance(one, list) and one else type(one)


def _stand_in(place: int, one: object) -> Any:
    if isinstance(one, Agency):
        return Agency(pk=UUID(int=KEY + place), connected=one.connected)
    if isinstance(one, list):
        if one and isinstance(one[0], str):
            raise TypeError("A list of words would be asked for at every later call.")
        return [_stand_in(place, one[0]) if one else NUMBER + place]
    if isinstance(one, UUID):
        return UUID(int=KEY + place)
    if isinstance(one, datetime):
        return MOMENT + timedelta(microseconds=place)
    if isinstance(one, bytes):
        return (NUMBER + place).to_bytes(32)
    return one if isinstance(one, _Itself) else NUMBER + place
