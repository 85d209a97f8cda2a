"""Words that agencies and programs put into a picture: IPTC-IIM in Photoshop's resources, read without trust.

Sources: IPTC-NAA Information Interchange Model 4.2, and Adobe's file format specification for the resources.
"""

from collections.abc import Iterator

from fanal.engine.media.facts import FactSheet

_SIGNATURE, _IPTC = b"8BIM", 0x0404
_MOST_RESOURCES, _MOST_DATASETS, _MOST_BYTES = 200, 400, 2_048

_FACTS = {
    55: "iptc_date_created",
    60: "iptc_time_created",
    65: "iptc_software",
    80: "artist",
    90: "place_city",
    92: "place_location",
    95: "place_region",
    100: "place_country_code",
    101: "place_country",
    105: "title",
    116: "copyright",
    120: "description",
}
"""Datasets of record 2; each once, and only where Exif says nothing."""
_KEYWORDS = 25


def photoshop_facts(untrusted_resources: bytes, sheet: FactSheet) -> None:
    """Put on the sheet the IPTC words among Photoshop's resources, as JPEG keeps them."""
    at = 0
    for _ in range(_MOST_RESOURCES):
        if untrusted_resources[at : at + 4] != _SIGNATURE or at + 12 > len(untrusted_resources):
            return
        number = int.from_bytes(untrusted_resources[at + 4 : at + 6], "big")
        name = 1 + untrusted_resources[at + 6]
        start = at + 6 + name + name % 2
        length = int.from_bytes(untrusted_resources[start : start + 4], "big")
        if number == _IPTC:
            iptc_facts(untrusted_resources[start + 4 : start + 4 + length], sheet)
        at = start + 4 + length + length % 2


def iptc_facts(untrusted_block: bytes, sheet: FactSheet) -> None:
    """Put on the sheet what a block of IPTC-IIM tells."""
    keywords: list[bytes] = []
    for number, value in _datasets(untrusted_block):
        if number == _KEYWORDS:
            keywords.append(value)
        elif number in _FACTS:
            sheet.fill(_FACTS[number], value)
    sheet.fill("keywords", b"; ".join(keywords) or None)


def _datasets(block: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the datasets of record 2. One of the extended lengths ends the reading: no word is that long."""
    at = 0
    for _ in range(_MOST_DATASETS):
        if at + 5 > len(block) or block[at] != 0x1C:
            return
        length = int.from_bytes(block[at + 3 : at + 5], "big")
        if length & 0x8000:
            return
        if block[at + 1] == 2:
            yield block[at + 2], block[at + 5 : at + 5 + min(length, _MOST_BYTES)]
        at += 5 + length
