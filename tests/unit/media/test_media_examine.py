"""The one entry: whatever it is given, findings or a typed refusal."""

import io
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.examine import examine
from fanal.engine.media.limits import MIB, Limits
from fanal.engine.media.refusals import Refusal
from hostile.corpus import malformed
from hostile.wellformed import whole_files


def test_an_empty_file() -> None:
    with pytest.raises(MediaRefused) as refused:
        examine(io.BytesIO(), "x")
    assert refused.value.refusal == Refusal.EMPTY
    assert refused.value.code == "media.empty"
    assert refused.value.message == Refusal.EMPTY.sentence


def test_a_refusal_passes_from_process_to_process() -> None:
    again = pickle.loads(pickle.dumps(MediaRefused(Refusal.TOO_DEEP)))
    assert (again.refusal, again.code, str(again)) == (Refusal.TOO_DEEP, "media.too_deep", Refusal.TOO_DEEP.sentence)


def test_bytes_of_no_kind() -> None:
    with pytest.raises(MediaRefused) as refused:
        examine(io.BytesIO(bytes(range(128, 256)) * 40), "picture.jpg")
    assert refused.value.refusal == Refusal.UNKNOWN_KIND


def test_a_known_kind_that_is_not_read() -> None:
    findings = examine(io.BytesIO(b"%PDF-1.7\n" + bytes(99)), "x")
    assert (findings.media_type, findings.family, findings.prints) == ("application/pdf", "other", ())


def test_a_film_whose_first_bytes_tell_nothing_is_asked_of_ffmpeg() -> None:
    findings = examine(io.BytesIO(b"\x00\x93garbage" + whole_files()["film.ts"]), "x")
    assert findings.family == "video"
    assert findings.prints


@given(st.binary(min_size=1, max_size=300))
def test_any_bytes_end_as_findings_or_a_refusal(data: bytes) -> None:
    try:
        findings = examine(io.BytesIO(data), "x")
    except MediaRefused:
        return
    assert findings.family in ("image", "video", "audio", "archive", "other")


def test_broken_files_end_as_findings_or_a_refusal() -> None:
    """A few hundred of the corpus, in this process, where a stray exception shows its place."""
    families = set()
    for sample in malformed(seed=5, count=300):
        try:
            families.add(examine(io.BytesIO(sample.data), sample.name).family)
        except MediaRefused as refused:
            families.add(refused.code)
    assert {"image", "video", "audio", "archive", "media.malformed"} <= families


def test_the_same_file_has_the_same_findings_every_time() -> None:
    for data in whole_files().values():
        assert examine(io.BytesIO(data), "a") == examine(io.BytesIO(data), "b")


def test_a_large_file_gets_more_time() -> None:
    limits = Limits(cpu_seconds=10, wall_seconds=30, cpu_seconds_per_mib=0.5)
    assert limits.time_for(0) == (10, 30)
    assert limits.time_for(100 * MIB) == (60, 180)
