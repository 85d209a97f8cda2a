"""`fanal fingerprint --json` tells the facts and what follows from them."""

import json

from fanal.doors.cli.fingerprint import plain
from fanal.engine.fingerprint.digest import DigestPass
from fanal.engine.fingerprint.prints import IN_THUMBNAIL, Print
from fanal.engine.match.files.seen import Knowledge, Seen

FACTS: dict[str, str | int | float] = {
    "camera_make": "Lantern",
    "camera_model": "L2",
    "camera_serial": "330045321",
    "time_taken": "2015:07:04 12:11:10",
    "gps_latitude": 42.965,
    "gps_longitude": 1.605,
}
STILL = Print("pdq/1", b"\1" * 32, 100)
SMALL = Print("pdq/1", b"\2" * 32, 90, IN_THUMBNAIL)


def told(facts: dict[str, str | int | float]) -> dict[str, object]:
    known = Knowledge("image", "image/jpeg", 640, 480, None, (STILL, SMALL), facts)
    seen = Seen("room.jpg", "/room.jpg", DigestPass().result(), known)
    found: dict[str, object] = json.loads(json.dumps(plain(seen)))
    return found


def test_when_where_and_with_what() -> None:
    found = told(FACTS)
    assert found["facts"] == FACTS
    assert found["taken"] == {
        "written": "2015-07-04T12:11:10",
        "utc": "2015-07-04T10:11:10+00:00",
        "known_by": "place",
        "doubts": [],
    }
    place = {"country": "FR", "border_near": [], "town": "Foix", "kilometres": 0.2, "zone": "Europe/Paris"}
    assert found["place"] == place
    assert found["devices"] == [{"by": "body", "name": "Lantern L2, 330045321"}]


def test_a_thumbnail_is_no_frame_and_not_the_fingerprint_of_the_picture() -> None:
    found = told({})
    assert found["pdq"] == {"hash": "01" * 32, "quality": 100}
    assert found["thumbnail"] == {"hash": "02" * 32, "quality": 90}
    assert not {"frames", "facts", "taken", "place", "devices"} & set(found)
