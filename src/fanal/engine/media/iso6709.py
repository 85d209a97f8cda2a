"""Where a film says that it was taken (ISO 6709, annex H, as QuickTime and MP4 write it)."""

import re

_SAID = re.compile(
    r"([+-]\d{2,6}(?:\.\d{1,9})?)([+-]\d{3,7}(?:\.\d{1,9})?)([+-]\d{1,5}(?:\.\d{1,9})?)?(?:CRS[\w:]{1,20})?/?"
)


def place_of(untrusted_text: str) -> tuple[float, float, float | None] | None:
    """Return latitude and longitude in degrees, north and east above zero, and metres above the sea; None for none.

    `+42.96+001.60+380/`; degrees alone, with minutes, or with minutes and seconds. 0, 0 is what devices write that
    know no place.
    """
    found = _SAID.fullmatch(untrusted_text.strip())
    if found is None:
        return None
    latitude, longitude = _degrees(found[1], 2), _degrees(found[2], 3)
    if abs(latitude) > 90 or abs(longitude) > 180 or (latitude, longitude) == (0, 0):
        return None
    return latitude, longitude, float(found[3]) if found[3] else None


def _degrees(text: str, digits: int) -> float:
    whole, _, fraction = text[1:].partition(".")
    parts = [whole[:digits], *(whole[at : at + 2] for at in range(digits, len(whole), 2))]
    parts[-1] += f".{fraction or 0}"
    degrees = sum(float(part) / float(60**place) for place, part in enumerate(parts))
    return -degrees if text[0] == "-" else degrees
