"""Lists in pages. A cursor names the last row that was seen, so nothing is missed or shown twice while rows come in."""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from ninja import Query, Schema

from fanal.kit.errors import Invalid

Row = TypeVar("Row", bound=Model)
Item = TypeVar("Item")
Listed = TypeVar("Listed")

Cursor = Annotated[str | None, Query(None, max_length=200, description="`next` of the page before; none: the first.")]
Limit = Annotated[int, Query(50, ge=1, le=200, description="How many at most.")]


class Page(Schema, Generic[Item]):
    """Some items, and the cursor of the page after; null: there is none yet."""

    items: list[Item]
    next: str | None


def cut(
    rows: QuerySet[Row], cursor: str | None, limit: int, *, newest_first: bool = True
) -> tuple[list[Row], str | None]:
    """Return the rows after the cursor, in the order in which they were made, and the next cursor. Raises Invalid."""
    ordered = rows.order_by("-pk" if newest_first else "pk")
    if cursor is not None:
        try:
            ordered = ordered.filter(pk__lt=_read(cursor))
        except (ValueError, ValidationError) as fault:
            raise Invalid("This cursor is none.", next_step="Use `next` of the page before.") from fault
    found = list(ordered[: limit + 1])
    return found[:limit], _write(found[limit - 1].pk) if len(found) > limit else None


def cut_listed(
    listed: Sequence[Listed], cursor: str | None, limit: int, *, key: Callable[[Listed], str]
) -> tuple[list[Listed], str | None]:
    """Return what comes after the cursor in a list that was worked out, and the next cursor. Raises Invalid.

    `key` names what is listed. Where what the cursor names is there no more, the page is empty.
    """
    rest = listed
    if cursor is not None:
        try:
            last = _read(cursor)
        except ValueError as fault:
            raise Invalid("This cursor is none.", next_step="Use `next` of the page before.") from fault
        rest = listed[next((at for at, one in enumerate(listed, start=1) if key(one) == last), len(listed)) :]
    return list(rest[:limit]), _write(key(rest[limit - 1])) if len(rest) > limit else None


def _write(key: Any) -> str:
    return base64.urlsafe_b64encode(str(key).encode()).decode().rstrip("=")


def _read(cursor: str) -> str:
    try:
        return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError) as fault:
        raise ValueError(cursor) from fault
