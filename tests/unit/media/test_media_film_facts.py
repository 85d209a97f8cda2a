"""What films and sounds say of themselves, in the words of their containers."""

import io
from fractions import Fraction
from typing import Any

import av
import numpy as np

from fanal.engine.media.examine import examine
from hostile.wellformed import scene


def film(form: str, codec: str, tags: dict[str, str], **options: str) -> dict[str, str | int | float]:
    """Return the facts of a short film with these tags."""
    out = io.BytesIO()
    with av.open(out, "w", format=form, options=options) as container:
        container.metadata.update(tags)
        stream: Any = container.add_stream(codec, rate=5)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        for number in range(3):
            frame = av.VideoFrame.from_ndarray(scene(shift=number), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 5)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return dict(examine(io.BytesIO(out.getvalue()), f"film.{form}").facts)


def test_quicktime_keys_of_a_telephone() -> None:
    said = {
        "com.apple.quicktime.make": "Lantern",
        "com.apple.quicktime.model": "L2",
        "com.apple.quicktime.software": "9.1",
        "com.apple.quicktime.creationdate": "2015-05-04T12:11:10+0200",
        "com.apple.quicktime.location.ISO6709": "+42.9650+001.6050+380.000/",
        "creation_time": "2015-05-04T10:11:10Z",
    }
    facts = film("mov", "mpeg4", said, movflags="use_metadata_tags")
    assert facts["camera_make"] == "Lantern"
    assert facts["camera_model"] == "L2"
    assert facts["software"] == "9.1"
    assert facts["time_taken"] == "2015-05-04T12:11:10+0200"
    assert str(facts["container_time"]).startswith("2015-05-04T10:11:10")
    assert (facts["gps_latitude"], facts["gps_longitude"], facts["gps_altitude_m"]) == (42.965, 1.605, 380.0)


def test_the_place_of_an_mp4_and_the_tags_of_matroska() -> None:
    facts = film("mp4", "mpeg4", {"location": "-41.5000+174.7600/"})
    assert (facts["gps_latitude"], facts["gps_longitude"]) == (-41.5, 174.76)
    facts = film("matroska", "mpeg4", {"title": "Room", "DATE": "2016-01-02"})
    assert (facts["title"], facts["time_taken"]) == ("Room", "2016-01-02")


def test_a_place_that_is_none_is_words_only() -> None:
    facts = film("matroska", "mpeg4", {"location": "at home"})
    assert facts["location"] == "at home"
    assert "gps_latitude" not in facts


def test_tags_of_riff_and_id3() -> None:
    for form, codec in (("wav", "pcm_s16le"), ("mp3", "libmp3lame")):
        out = io.BytesIO()
        with av.open(out, "w", format=form) as container:
            container.metadata.update({"title": "Voice", "artist": "Lantern"})
            stream: Any = container.add_stream(codec, rate=8000, layout="mono")
            samples = (np.sin(np.arange(16_000) / 9) * 9000).astype(np.int16)[None]
            frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
            frame.sample_rate, frame.pts = 8000, 0
            for packet in [*stream.encode(frame), *stream.encode()]:
                container.mux(packet)
        facts = examine(io.BytesIO(out.getvalue()), f"voice.{form}").facts
        assert (facts["title"], facts["artist"]) == ("Voice", "Lantern"), form
