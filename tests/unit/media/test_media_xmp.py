"""XMP packets: what programs wrote, and packets that are none."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fanal.engine.media.facts import FactSheet
from fanal.engine.media.limits import DEFAULT_LIMITS
from fanal.engine.media.xmp import LONGEST_PACKET, xmp_facts

PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:aux="http://ns.adobe.com/exif/1.0/aux/"
  xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/" xmlns:stEvt="http://ns.adobe.com/xap/1.0/sType/ResourceEvent#"
  xmlns:stRef="http://ns.adobe.com/xap/1.0/sType/ResourceRef#" xmlns:exif="http://ns.adobe.com/exif/1.0/"
  xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:exifEX="http://cipa.jp/exif/1.0/"
  xmp:CreateDate="2015-05-04T10:11:12+02:00" aux:SerialNumber="0330045321" photoshop:City="Foix"
  xmpMM:DocumentID="xmp.did:abc" exif:GPSLatitude="42,57.9N" exif:GPSLongitude="1,36,18E">
 <xmp:CreatorTool>Darkroom 7</xmp:CreatorTool>
 <exifEX:LensModel><rdf:Alt><rdf:li xml:lang="x-default">35mm F2</rdf:li></rdf:Alt></exifEX:LensModel>
 <xmpMM:DerivedFrom stRef:documentID="xmp.did:other"/>
 <xmpMM:History><rdf:Seq>
  <rdf:li stEvt:action="created" stEvt:softwareAgent="Darkroom 7"/>
  <rdf:li><rdf:Description><stEvt:softwareAgent>Cutter 1</stEvt:softwareAgent></rdf:Description></rdf:li>
 </rdf:Seq></xmpMM:History>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""
OPEN = b'<x xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreatorTool="T">'


def told(packet: bytes) -> dict[str, str | int | float]:
    sheet = FactSheet(DEFAULT_LIMITS)
    xmp_facts(packet, sheet)
    return sheet.facts


def test_attributes_elements_and_lists_are_read() -> None:
    assert told(PACKET.encode()) == {
        "xmp_created": "2015-05-04T10:11:12+02:00",
        "xmp_software": "Darkroom 7",
        "document_id": "xmp.did:abc",
        "camera_serial": "0330045321",
        "lens_model": "35mm F2",
        "place_city": "Foix",
        "history_software": "Darkroom 7; Cutter 1",
        "gps_latitude": 42.965,
        "gps_longitude": 1.605,
    }


def test_what_exif_said_stands() -> None:
    sheet = FactSheet(DEFAULT_LIMITS)
    sheet.add("camera_serial", "77")
    xmp_facts(PACKET.encode(), sheet)
    assert sheet.facts["camera_serial"] == "77"


@pytest.mark.parametrize(
    "prologue",
    [
        b'<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd">',
        b'<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1/p"> %p;]>',
    ],
)
def test_a_document_type_is_refused_whole(prologue: bytes) -> None:
    assert told(OPEN + b"</x>") == {"xmp_software": "T"}
    assert told(prologue + OPEN + b"&b;</x>") == {}


def test_depth_width_and_length_are_bounded() -> None:
    began = time.process_time()
    assert told(OPEN + b"<a>" * 100_000) == {}
    assert told(OPEN + b"<a/>" * 50_000) == {}
    assert told(OPEN + b"z" * (2 * LONGEST_PACKET)) == {"xmp_software": "T"}
    assert told(OPEN + b'<a b="%s"/></x>' % (b"c" * LONGEST_PACKET)) == {"xmp_software": "T"}
    assert time.process_time() - began < 2


@pytest.mark.parametrize("place", ["91,0N", "4,5", "1e3,0N", "42,57.9X", ",N", "٤٢,1N"])
def test_a_place_that_is_none_is_no_fact(place: str) -> None:
    packet = f'<x xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="{place}" exif:GPSLongitude="1,0E"/>'
    facts = told(packet.encode())
    assert "gps_latitude" not in facts or abs(float(facts["gps_latitude"])) <= 90


@settings(deadline=None)
@given(st.binary(max_size=300), st.integers(0, len(PACKET)), st.integers(0, 40))
def test_a_packet_that_was_spoilt_is_read_without_a_fault(spoilt: bytes, at: int, gone: int) -> None:
    packet = PACKET.encode()
    facts = told(packet[:at] + spoilt + packet[at + gone :])
    assert all(isinstance(value, float) or len(str(value)) <= DEFAULT_LIMITS.fact_length for value in facts.values())
    assert all(str(value).isprintable() for value in facts.values())
