"""Names of devices: equal for one camera, however a file writes it; none from numbers that many share."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fanal.engine.fingerprint.camera import TECHNIQUE, camera_prints, device_of
from fanal.engine.fingerprint.prints import Print
from fanal.engine.match.camera.comparer import MOST_FOUND, CameraComparer
from fanal.engine.match.camera.links import LEAST_KNOWN, MOST_ALIKE
from fanal.engine.match.explain import Kind
from fanal.engine.match.fusion import fuse
from fanal.engine.match.link import Link
from fanal.engine.origin.camera import Mark, cameras_of, telling

NIKON = {"camera_make": "NIKON CORPORATION", "camera_model": "NIKON D90", "camera_serial": "3001234"}
SIZE = (4288, 2848)
RARE = {"camera_make": "Lantern", "camera_model": "L2", "jpeg_tables": "rare", "jpeg_signature": "ab" * 8}


def keys(facts: dict[str, str]) -> list[str]:
    return [camera.key for camera in cameras_of(facts, SIZE)]


@pytest.mark.parametrize(
    "written",
    [
        {"camera_make": "Nikon", "camera_model": "D90"},
        {"camera_make": "NIKON", "camera_model": "Nikon  D-90", "camera_serial": "NO= 3001234"},
        {"camera_serial": "0003001234 "},
    ],
)
def test_one_camera_has_one_name(written: dict[str, str]) -> None:
    assert keys({**NIKON, **written}) == keys(NIKON)


@pytest.mark.parametrize(
    "other", [{"camera_serial": "3001235"}, {"camera_model": "NIKON D300"}, {"camera_make": "Canon"}]
)
def test_another_camera_has_another(other: dict[str, str]) -> None:
    assert keys({**NIKON, **other}) != keys(NIKON)


@pytest.mark.parametrize(
    "serial",
    [
        *("", "0", "000000000000", "123456", "1234567890", "0123456789", "111111111", "none", "Unknown", "n/a"),
        *("xxxxxxxx", "FFFFFFFF", "serial", "F000000000000", "987654", "abcdef", "12", "SN: 0000"),
    ],
)
def test_a_number_that_many_have_is_none(serial: str) -> None:
    assert telling(serial) == ""
    assert keys({**NIKON, "camera_serial": serial, "lens_model": "35mm", "lens_serial": serial}) == []


def test_lens_and_internal_number_are_names_of_their_own() -> None:
    facts = {**NIKON, "camera_internal_serial": "ZK003412", "lens_model": "35mm F2", "lens_serial": "77120455"}
    assert [camera.mark for camera in cameras_of(facts, SIZE)] == [Mark.BODY, Mark.INTERNAL, Mark.LENS]


def test_a_coding_is_a_name_only_of_a_model_with_tables_of_its_own() -> None:
    assert [camera.mark for camera in cameras_of(RARE, (640, 480))] == [Mark.CODING]
    assert cameras_of(RARE, (640, 480)) == cameras_of(RARE, (480, 640))
    assert cameras_of({**RARE, "jpeg_tables": "standard"}, SIZE) == []
    assert cameras_of({**RARE, "camera_model": ""}, SIZE) == []
    assert cameras_of(RARE, None) == []


def test_of_a_camera_with_many_files_a_few_are_found() -> None:
    comparer = CameraComparer()
    for owner in range(1000):
        comparer.put(owner, camera_prints(NIKON, SIZE))
    assert [found.owner for found in comparer.search(camera_prints(NIKON, SIZE))] == list(range(MOST_FOUND))


def test_a_coding_is_a_hint_where_few_have_it_and_nothing_where_many_do() -> None:
    comparer = CameraComparer()
    mine = camera_prints(RARE, (640, 480))
    comparer.put(1, mine)
    assert list(comparer.search(mine)) == []
    for number in range(LEAST_KNOWN):
        comparer.put(10 + number, camera_prints({**RARE, "jpeg_signature": f"{number:016x}"}, (640, 480)))
    (hint,) = comparer.search(mine)
    assert not hint.link.accepted
    assert hint.link.why.kind is Kind.CODING
    for number in range(MOST_ALIKE):
        comparer.put(5000 + number, mine)
    assert list(comparer.search(mine)) == []


def test_one_camera_makes_no_picture_surer_and_never_leads_before_one() -> None:
    comparer = CameraComparer()
    comparer.put(1, camera_prints(NIKON, SIZE))
    (camera,) = comparer.search(camera_prints(NIKON, SIZE))
    shown = Link("local/1", 0.9, accepted=True, why=camera.link.why)
    assert fuse([camera.link, shown]).best is shown
    assert fuse([camera.link, shown]).confidence == 0.9
    assert fuse([camera.link, Link("local/1", 0.4, accepted=False, why=camera.link.why)]).best is camera.link


def test_bytes_that_are_no_device_are_refused() -> None:
    for data in (b"B" + bytes(16), b"Q" + bytes(16) + b"x", b"B" * 400, b"B" + bytes(16) + b"\xff"):
        with pytest.raises(ValueError):  # noqa: PT011 - of whatever kind
            device_of(data)
        with pytest.raises(ValueError):  # noqa: PT011
            CameraComparer().put(1, [Print(TECHNIQUE, data)])


@settings(deadline=None)
@example({"camera_make": "0\x1b", "camera_serial": "10¼"})
@given(
    st.dictionaries(st.sampled_from([*NIKON, *RARE, "lens_model", "lens_serial", "software"]), st.text(max_size=300))
)
def test_prints_of_any_words_can_be_read_back(facts: dict[str, str]) -> None:
    for one in camera_prints(facts, SIZE):
        assert device_of(one.data).name
