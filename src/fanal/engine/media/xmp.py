"""What programs wrote beside a picture as XMP (ISO 16684-1), read without trust.

The packet is XML. Expat reads it; a document type is refused, so there are no entities to unfold; elements, depth and
bytes are bounded. Only the properties listed here are read, wherever they stand; nothing is fetched and nothing of the
structure is kept.
"""

import re
from collections.abc import Mapping
from xml.parsers import expat

from fanal.engine.media.facts import FactSheet

LONGEST_PACKET = 256 << 10
_MOST_ELEMENTS, _MOST_DEPTH, _MOST_VALUES, _LONGEST_VALUE = 4_000, 40, 40, 600

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_ADOBE = "http://ns.adobe.com/"
_SPACES = {
    f"{_ADOBE}xap/1.0/": "xmp",
    f"{_ADOBE}xap/1.0/mm/": "xmpMM",
    f"{_ADOBE}xap/1.0/sType/ResourceEvent#": "stEvt",
    f"{_ADOBE}exif/1.0/": "exif",
    f"{_ADOBE}exif/1.0/aux/": "aux",
    f"{_ADOBE}tiff/1.0/": "tiff",
    f"{_ADOBE}photoshop/1.0/": "photoshop",
    "http://cipa.jp/exif/1.0/": "exifEX",
    "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/": "Iptc4xmpCore",
}
_ALONE = {
    "xmp:CreateDate": "xmp_created",
    "xmp:ModifyDate": "xmp_changed",
    "xmp:CreatorTool": "xmp_software",
    "xmpMM:DocumentID": "document_id",
    "xmpMM:InstanceID": "instance_id",
    "xmpMM:OriginalDocumentID": "original_document_id",
    "photoshop:DateCreated": "xmp_date_created",
}
"""Facts that only XMP has."""
_SHARED = {
    "exif:DateTimeOriginal": "time_taken",
    "tiff:Make": "camera_make",
    "tiff:Model": "camera_model",
    "aux:SerialNumber": "camera_serial",
    "exifEX:BodySerialNumber": "camera_serial",
    "aux:LensSerialNumber": "lens_serial",
    "exifEX:LensSerialNumber": "lens_serial",
    "aux:Lens": "lens_model",
    "exifEX:LensModel": "lens_model",
    "aux:OwnerName": "camera_owner",
    "exifEX:CameraOwnerName": "camera_owner",
    "photoshop:City": "place_city",
    "photoshop:State": "place_region",
    "photoshop:Country": "place_country",
    "Iptc4xmpCore:CountryCode": "place_country_code",
    "Iptc4xmpCore:Location": "place_location",
}
"""Facts that Exif or IPTC may have too: theirs stands where there are both."""
_HISTORY, _LATITUDE, _LONGITUDE = "stEvt:softwareAgent", "exif:GPSLatitude", "exif:GPSLongitude"
_WANTED = {*_ALONE, *_SHARED, _HISTORY, _LATITUDE, _LONGITUDE}
_DEGREES = re.compile(r"(\d{1,3}),(\d{1,2}(?:\.\d{1,12})?)(?:,(\d{1,2}(?:\.\d{1,12})?))?([NSEW])")


class _Refused(Exception):
    """The packet has what no packet needs, or too much of it."""


class _Packet:
    """Listens to expat and keeps the values of the properties that are wanted."""

    def __init__(self) -> None:
        self.values: dict[str, list[str]] = {}
        self._path: list[str] = []
        self._words: list[str] = []
        self._elements = 0
        self._kept = 0

    def begin(self, untrusted_name: str, untrusted_attributes: Mapping[str, str]) -> None:
        self._elements += 1
        if self._elements > _MOST_ELEMENTS or len(self._path) >= _MOST_DEPTH:
            raise _Refused
        self._path.append(_short(untrusted_name))
        self._words.clear()
        for name, value in untrusted_attributes.items():
            self._keep(_short(name), value)

    def text(self, untrusted_text: str) -> None:
        if len(self._words) < _MOST_VALUES:
            self._words.append(untrusted_text[:_LONGEST_VALUE])

    def end(self, _: str) -> None:
        # The items of a list say the property that the list stands in.
        owner = next((name for name in reversed(self._path) if name), "")
        self._keep(owner, "".join(self._words))
        self._words.clear()
        self._path.pop()

    def refuse(self, *_: object) -> None:
        raise _Refused

    def _keep(self, name: str, value: str) -> None:
        value = value.strip()[:_LONGEST_VALUE]
        if value and name in _WANTED and self._kept < _MOST_VALUES:
            self.values.setdefault(name, []).append(value)
            self._kept += 1


def _short(name: str) -> str:
    """Return the name with the prefix that it has here; empty for the lists of RDF, "?" for what is not known."""
    space, _, local = name.rpartition(" ")
    if space == _RDF:
        return ""
    prefix = _SPACES.get(space)
    return f"{prefix}:{local}" if prefix else "?"


def xmp_facts(untrusted_packet: bytes, sheet: FactSheet) -> None:
    """Put on the sheet what an XMP packet tells. What is read before a fault in the XML stands; nothing is raised."""
    packet = _Packet()
    # One encoding, whatever the packet claims: expat asks Python for codecs otherwise.
    parser = expat.ParserCreate("utf-8", " ")
    parser.buffer_text = True
    parser.StartElementHandler = packet.begin
    parser.EndElementHandler = packet.end
    parser.CharacterDataHandler = packet.text
    parser.StartDoctypeDeclHandler = packet.refuse
    parser.EntityDeclHandler = packet.refuse
    try:
        parser.Parse(untrusted_packet[:LONGEST_PACKET].strip(b"\0 \t\r\n"), True)
    except (expat.ExpatError, ValueError):
        pass
    except _Refused:
        return
    _tell(packet.values, sheet)


def _tell(values: Mapping[str, list[str]], sheet: FactSheet) -> None:
    for name, fact in _ALONE.items():
        sheet.fill(fact, next(iter(values.get(name, ())), None))
    for name, fact in _SHARED.items():
        sheet.fill(fact, next(iter(values.get(name, ())), None))
    programs = dict.fromkeys(values.get(_HISTORY, ()))
    sheet.fill("history_software", "; ".join(programs) or None)
    latitude, longitude = (_degrees(values.get(name, ()), most) for name, most in ((_LATITUDE, 90), (_LONGITUDE, 180)))
    if latitude is not None and longitude is not None and "gps_latitude" not in sheet.facts:
        sheet.fill("gps_latitude", latitude)
        sheet.fill("gps_longitude", longitude)


def _degrees(untrusted_values: list[str] | tuple[()], most: int) -> float | None:
    """Return the degrees of `42,57.9N` or `42,57,54N`, south and west below zero; None for anything else."""
    found = _DEGREES.fullmatch(untrusted_values[0].strip()) if untrusted_values else None
    if found is None:
        return None
    degrees = float(found[1]) + float(found[2]) / 60 + float(found[3] or 0) / 3600
    return (-degrees if found[4] in "SW" else degrees) if degrees <= most else None
