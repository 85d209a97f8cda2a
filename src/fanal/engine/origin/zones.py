"""In which countries clocks stood so far from UTC at a moment: a zone beside a time points to few countries or many."""

from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_ALWAYS_SET = (0,)
"""Offsets that devices and programs write where nobody set a zone: they point nowhere."""


@lru_cache(maxsize=1_024)
def countries_at(offset: int, local: datetime) -> tuple[str, ...]:
    """Return the countries (ISO 3166-1) where local clocks were `offset` minutes ahead of UTC, in order.

    `local` is a local time without zone. Nothing for UTC itself.
    """
    if offset in _ALWAYS_SET:
        return ()
    from babel.core import get_global

    zones = get_global("zone_territories").items()
    there = {country for zone, country in zones if len(country) == 2 and _ahead(zone, local) == offset}
    return tuple(sorted(there - {"AQ", "ZZ"}))


def _ahead(zone: str, local: datetime) -> int | None:
    try:
        ahead = ZoneInfo(zone).utcoffset(local)
    except (ZoneInfoNotFoundError, ValueError, OverflowError):
        return None
    return None if ahead is None else ahead // timedelta(minutes=1)
