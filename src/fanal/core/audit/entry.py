"""A leaf of the log: one canonical JSON object (RFC 8785).

No database here, so that a copy of the log can be read anywhere.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

import rfc8785

from fanal.core.audit.errors import Unloggable
from fanal.core.audit.vocabulary import ACTIONS
from fanal.kit.actor import Actor

VERSION = 1
MAX_LEAF = 1 << 20
"""Bytes of a leaf; a batch of a thousand digests takes 70,000."""
MAX_SUBJECT = 200
"""Characters of a subject: it is indexed."""
_DIGITS = 16
"""Whole numbers with fewer digits are exact."""
_FIELDS = {"action", "actor", "at", "detail", "index", "subject", "version"}


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be logged: who did what to what."""

    action: str
    actor: Actor
    subject: str = ""
    detail: Mapping[str, object] = field(default_factory=dict)


def to_leaf(entry: Entry, index: int, at: datetime) -> bytes:
    """Return the leaf's bytes. Raises Unloggable for an unknown verb, a value that is no JSON, or too much of it."""
    if entry.action not in ACTIONS:
        raise Unloggable(f"{entry.action!r} is no verb of the audit log.")
    if len(entry.subject) > MAX_SUBJECT:
        raise Unloggable(f"A subject has at most {MAX_SUBJECT} characters, this one {len(entry.subject)}.")
    agency = None if entry.actor.agency is None else str(entry.actor.agency)
    plain = {
        "action": entry.action,
        "actor": {"agency": agency, "kind": entry.actor.kind, "reference": entry.actor.reference},
        "at": moment(at),
        "detail": dict(entry.detail),
        "index": index,
        "subject": entry.subject,
        "version": VERSION,
    }
    leaf = canonical(plain)
    if len(leaf) > MAX_LEAF:
        raise Unloggable(f"An entry has at most {MAX_LEAF} bytes, this one {len(leaf)}.")
    return leaf


def canonical(value: object) -> bytes:
    """Return RFC 8785 JSON in UTF-8. Raises Unloggable for what JSON cannot say."""
    try:
        return rfc8785.dumps(_legible(value))  # type: ignore[arg-type]  # the library checks what it is given
    except (rfc8785.CanonicalizationError, TypeError, RecursionError) as fault:
        raise Unloggable(f"The detail of an entry is no JSON: {fault}") from fault


def moment(at: datetime) -> str:
    """Return a time in UTC as RFC 3339 with microseconds, so that text sorts as time does."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def fault(index: int, untrusted_leaf: bytes) -> str | None:
    """Return what is wrong with a leaf as found at this index of a log, or None."""
    try:
        value = json.loads(untrusted_leaf, parse_float=Decimal, parse_int=_short)
        same = _is_canonical(value, untrusted_leaf)
    except (ValueError, RecursionError, Unloggable):
        return "is no JSON"
    if not isinstance(value, dict) or set(value) != _FIELDS:
        return "has not the fields of an entry"
    if value["index"] != index or isinstance(value["index"], bool):
        return f"says that it is leaf {value['index']!r}"
    return None if same else "is not in canonical form (RFC 8785)"


def _short(digits: str) -> int | Decimal:
    return int(digits) if len(digits) < _DIGITS else Decimal(digits)


def _whole(digits: str) -> int | float:
    """Read a whole number as RFC 8785 means it: what is too large for an exact double is a double."""
    return int(digits) if len(digits) < _DIGITS else float(digits)


def _is_canonical(value: object, leaf: bytes) -> bool:
    """Tell whether these are the canonical bytes of the value, ten times faster than `canonical` where that is plain.

    Python's own JSON is RFC 8785 for ASCII and short whole numbers; all others are read as Decimals, which are no JSON
    to it, and go the long way.
    """
    try:
        plain = json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
    except TypeError:
        plain = ""
    return plain.encode() == leaf or canonical(json.loads(leaf, parse_int=_whole)) == leaf


def _legible(value: object) -> object:
    """Make visible what UTF-8 or PostgreSQL cannot hold: names of seized files may be anything, and must be logged."""
    if isinstance(value, str):
        return value.replace("\x00", "\\x00").encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, Mapping):
        return {_legible(key): _legible(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [_legible(item) for item in value]
    return value
