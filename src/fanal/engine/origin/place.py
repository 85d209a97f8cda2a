"""Where a file says that it was made: country, nearest town and time zone, without asking anybody.

The country is that of the time zone in which the point lies (borders of OpenStreetMap as tzfpy carries them, simplified
by some hundred metres; no two countries share a zone there). Points around it tell whether a border is so near that
the neighbour must be named too. The town is the nearest of 69,000 with 5,000 inhabitants or more (GeoNames, CC BY 4.0).
"""

import lzma
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray

EARTH_KM = 6371.0
NEAR_BORDER_KM = 2.0
"""A border nearer than this is told: positions of telephones, and the borders themselves, are not more exact."""
_AROUND = ((1, 0), (0.7, 0.7), (0, 1), (-0.7, 0.7), (-1, 0), (-0.7, -0.7), (0, -1), (0.7, -0.7))


class Place(NamedTuple):
    """What is known of a point on the earth."""

    latitude: float
    longitude: float
    country: str
    """ISO 3166-1 alpha-2; empty at sea and where nobody rules."""
    neighbours: tuple[str, ...]
    """Countries of which a border is so near that the point may lie in them."""
    town: str
    town_country: str
    kilometres: float
    """From the point to the middle of the town."""
    zone: str
    """Such as `Europe/Paris`; empty where there is none."""

    def offset_at(self, local: datetime) -> int | None:
        """Return the minutes by which the clocks there are ahead of UTC at a local time; None where not known."""
        try:
            ahead = local.replace(tzinfo=ZoneInfo(self.zone)).utcoffset() if self.zone else None
        except (ZoneInfoNotFoundError, ValueError, OverflowError):
            return None
        return None if ahead is None else ahead // timedelta(minutes=1)


class _Towns(NamedTuple):
    names: list[str]
    countries: list[str]
    points: NDArray[np.float32]
    """[n, 3] on the unit sphere."""


def place_of(facts: Mapping[str, object]) -> Place | None:
    """Return where a file says that it was made, from its latitude and longitude; None where it says nothing usable."""
    latitude, longitude = facts.get("gps_latitude"), facts.get("gps_longitude")
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return None
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        return None
    return place_at(float(latitude), float(longitude))


def place_at(latitude: float, longitude: float) -> Place:
    """Return what is known of a point, given in degrees, north and east above zero."""
    zone, country = _country_at(latitude, longitude)
    around = {_country_at(*_moved(latitude, longitude, *step))[1] for step in _AROUND}
    town, town_country, kilometres = _nearest_town(latitude, longitude)
    if kilometres <= NEAR_BORDER_KM:
        around.add(town_country)
    neighbours = tuple(sorted(around - {country, ""}))
    return Place(latitude, longitude, country, neighbours, town, town_country, kilometres, zone)


def _country_at(latitude: float, longitude: float) -> tuple[str, str]:
    import tzfpy

    zones = [zone for zone in tzfpy.get_tzs(longitude, latitude) if not zone.startswith("Etc/")]
    found = [(zone, _zone_countries().get(zone, "")) for zone in zones]
    return found[0] if found else ("", "")


@cache
def _zone_countries() -> Mapping[str, str]:
    from babel.core import get_global

    known = {zone: country for zone, country in get_global("zone_territories").items() if country != "001"}
    # Babel knows zones by the first of their names; this finds them by the newer ones.
    return known | {new: known[old] for new, old in get_global("zone_aliases").items() if old in known}


def _moved(latitude: float, longitude: float, north: float, east: float) -> tuple[float, float]:
    degree = np.degrees(NEAR_BORDER_KM / EARTH_KM)
    up = float(np.clip(latitude + north * degree, -90, 90))
    wide = max(float(np.cos(np.radians(latitude))), 0.01)
    return up, (longitude + east * float(degree) / wide + 180) % 360 - 180


def _nearest_town(latitude: float, longitude: float) -> tuple[str, str, float]:
    towns = _towns()
    point = _on_sphere(np.array([[latitude, longitude]], np.float64))[0]
    best = int(np.argmax(towns.points @ point))
    chord = float(np.linalg.norm(towns.points[best] - point))
    kilometres = 2 * EARTH_KM * float(np.arcsin(min(1.0, chord / 2)))
    return towns.names[best], towns.countries[best], round(kilometres, 1)


@cache
def _towns() -> _Towns:
    packed = resources.files("fanal.engine.origin").joinpath("towns.tsv.xz").read_bytes()
    rows = [line.split("\t") for line in lzma.decompress(packed).decode().splitlines()]
    degrees = np.array([(float(row[2]), float(row[3])) for row in rows])
    return _Towns([row[1] for row in rows], [row[0] for row in rows], _on_sphere(degrees).astype(np.float32))


def _on_sphere(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    latitude, longitude = np.radians(degrees).T
    flat = np.cos(latitude)
    return np.stack([flat * np.cos(longitude), flat * np.sin(longitude), np.sin(latitude)], axis=1)
