"""When a file was made: one instant if it can be known, how it is known, and what speaks against it.

Cameras write the time of their own clock, mostly without a zone. A zone is stated beside it in newer files; else the
time of the satellites, or the zone of the place, gives it. Every step that is not stated in the file is told as such.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum


class Basis(StrEnum):
    """How the time is known."""

    STATED = "stated"
    """The camera's clock, and its zone beside it."""
    SATELLITES = "satellites"
    """The camera's clock; its zone is how far it is from the time of the satellites."""
    SATELLITES_ALONE = "satellites_alone"
    """The time of the satellites; no clock of a camera."""
    PLACE = "place"
    """The camera's clock, in the zone of the place where the file says it was made."""
    CLOCK = "clock"
    """The camera's clock; its zone is not known."""
    CONTAINER = "container"
    """The time that a film's container keeps, in UTC by its standard."""
    PROGRAM = "program"
    """A program's word: XMP or IPTC."""
    FILE = "file"
    """When the file was last changed, as it was found."""


class Doubt(StrEnum):
    """What speaks against the time."""

    NO_ZONE = "no_zone"
    RESET = "reset"
    """A clock that was never set starts at such a day."""
    FUTURE = "future"
    """Later than the file was submitted."""
    SATELLITES_DISAGREE = "satellites_disagree"
    LOCAL_CONTAINER = "local_container"
    """Some devices write their local time where UTC belongs."""
    CHANGED_LATER = "changed_later"
    """A program changed the file afterwards."""
    COPIED = "copied"
    """The time of a file changes as it is copied and unpacked."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When a file was made."""

    written: datetime
    """As it is written there, without zone."""
    offset: int | None
    """Minutes by which the written time is ahead of UTC; None where that is not known."""
    basis: Basis
    doubts: tuple[Doubt, ...]
    apart: float = 0.0
    """Hours between the clock and the satellites, where they disagree."""

    @property
    def instant(self) -> datetime | None:
        """The same in UTC."""
        if self.offset is None:
            return None
        return (self.written - timedelta(minutes=self.offset)).replace(tzinfo=UTC)


OffsetAt = Callable[[datetime], "int | None"]
"""Of a local time without zone: minutes ahead of UTC at the place of the file, None where that is not known."""

_TIME = re.compile(
    r"(\d{4})[:-](\d{2})[:-](\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?"
)
_ZONE = re.compile(r"([+-])(\d{2}):?(\d{2})")
_CLOCK_STARTS = {(year, 1, 1) for year in (1970, 1980, 1990, *range(1996, 2025))}
"""The first of January at midnight or in its first hours: what clocks show that lost their battery."""
_FIRST_HOURS = 3
_EARLIEST_CAMERA = 1990
_CLOSE = timedelta(minutes=10)
"""How far a camera's clock may be off before it is said."""
_QUARTER = 15
_A_DAY = timedelta(days=1)


def moment_of(
    facts: Mapping[str, object],
    *,
    submitted: datetime | None = None,
    changed: datetime | None = None,
    offset_at: OffsetAt = lambda _: None,
) -> Moment | None:
    """Return when a file was made, None where nothing tells.

    `submitted` is when it came (it cannot be younger), `changed` the time of the file where it was found, both with
    zones; `offset_at` knows the zone of the place.
    """
    made = _of_camera(facts, offset_at) or _of_others(facts, changed)
    if made is None:
        return None
    return Moment(
        made.written, made.offset, made.basis, (*made.doubts, *_more_doubts(made, facts, submitted)), made.apart
    )


def _of_camera(facts: Mapping[str, object], offset_at: OffsetAt) -> Moment | None:
    satellites = _satellites(facts)
    found = next((read for name in ("time_taken", "time_digitised") if (read := _read(facts.get(name)))), None)
    if found is None:
        if satellites is None:
            return None
        return Moment(satellites, 0, Basis.SATELLITES_ALONE, ())
    written, stated = found
    if stated is None:
        zones = (_zone(facts.get(name)) for name in ("time_taken_zone", "time_digitised_zone"))
        stated = next((zone for zone in zones if zone is not None), None)
    if stated is not None:
        apart = _apart(written - timedelta(minutes=stated), satellites)
        return Moment(written, stated, Basis.STATED, (Doubt.SATELLITES_DISAGREE,) if apart else (), apart)
    return _without_zone(written, satellites, offset_at)


def _without_zone(written: datetime, satellites: datetime | None, offset_at: OffsetAt) -> Moment:
    placed = offset_at(written)
    if satellites is not None:
        minutes = round((written - satellites).total_seconds() / 60 / _QUARTER) * _QUARTER
        close = abs(written - satellites - timedelta(minutes=minutes)) <= _CLOSE
        if close and -12 * 60 <= minutes <= 14 * 60 and placed in (None, minutes):
            return Moment(written, minutes, Basis.SATELLITES, ())
    if placed is None:
        apart = _apart(written, satellites) if satellites and abs(written - satellites) > _A_DAY else 0.0
        return Moment(
            written, None, Basis.CLOCK, (Doubt.NO_ZONE, *([Doubt.SATELLITES_DISAGREE] if apart else [])), apart
        )
    apart = _apart(written - timedelta(minutes=placed), satellites)
    return Moment(written, placed, Basis.PLACE, (Doubt.SATELLITES_DISAGREE,) if apart else (), apart)


def _of_others(facts: Mapping[str, object], changed: datetime | None) -> Moment | None:
    found = _read(facts.get("container_time"))
    if found is not None:
        return Moment(found[0], found[1] or 0, Basis.CONTAINER, (Doubt.LOCAL_CONTAINER,))
    for name in ("xmp_date_created", "xmp_created", "time_changed"):
        found = _read(facts.get(name))
        if found is not None:
            return Moment(found[0], found[1], Basis.PROGRAM, (Doubt.NO_ZONE,) if found[1] is None else ())
    if changed is None:
        return None
    return Moment(changed.astimezone(UTC).replace(tzinfo=None), 0, Basis.FILE, (Doubt.COPIED,))


def _more_doubts(made: Moment, facts: Mapping[str, object], submitted: datetime | None) -> list[Doubt]:
    doubts = []
    day = (made.written.year, made.written.month, made.written.day)
    if made.written.year < _EARLIEST_CAMERA or (day in _CLOCK_STARTS and made.written.hour < _FIRST_HOURS):
        doubts.append(Doubt.RESET)
    instant = made.instant
    # Without a zone, a day's grace: it may be tomorrow where the camera is.
    latest = submitted if instant is not None or submitted is None else submitted + _A_DAY
    if latest is not None and (instant or made.written.replace(tzinfo=UTC)) > latest:
        doubts.append(Doubt.FUTURE)
    later = _read(facts.get("time_changed"))
    if later is not None and made.basis not in (Basis.PROGRAM, Basis.FILE) and later[0] - made.written > _A_DAY:
        doubts.append(Doubt.CHANGED_LATER)
    return doubts


def _satellites(facts: Mapping[str, object]) -> datetime | None:
    found = _read(f"{facts.get('gps_date', '')} {facts.get('gps_time', '')}")
    return found[0] if found and facts.get("gps_time") else None


def _apart(instant: datetime, satellites: datetime | None) -> float:
    """Return the hours between a clock and the satellites, 0 where they agree well enough."""
    if satellites is None or abs(instant - satellites) <= _CLOSE:
        return 0.0
    return round((instant - satellites).total_seconds() / 3600, 1)


def _read(untrusted: object) -> tuple[datetime, int | None] | None:
    """Return a time and its minutes ahead of UTC; None for what is no time, and for the zeros of an empty field."""
    found = _TIME.match(untrusted.strip()) if isinstance(untrusted, str) else None
    if found is None:
        return None
    try:
        written = datetime(*(int(part or 0) for part in found.groups()[:6]))  # type: ignore[arg-type]  # noqa: DTZ001
        # Both must be days that a calendar has, in every zone.
        _ = written - _A_DAY, written + _A_DAY
    except (ValueError, OverflowError):
        return None
    return written, 0 if found[7] in ("Z", "UTC") else _zone(found[7])


def _zone(untrusted: object) -> int | None:
    found = _ZONE.fullmatch(untrusted.strip()) if isinstance(untrusted, str) else None
    if found is None:
        return 0 if untrusted in ("Z", "UTC") else None
    minutes = int(found[2]) * 60 + int(found[3])
    if minutes > 15 * 60 or int(found[3]) > 59:
        return None
    return -minutes if found[1] == "-" else minutes
