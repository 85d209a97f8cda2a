"""Films: the right frames, cheaply, whatever their time stamps."""

import io
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.examine import examine
from fanal.engine.media.film_clock import FilmClock
from fanal.engine.media.findings import Findings
from fanal.engine.media.refusals import Refusal
from hostile.archive_bombs import playlists
from hostile.wellformed import film, film_of, scene, sound
from pdq_reference import distance, landscape, reference


def published(pixels: NDArray[np.uint8]) -> bytes:
    """Return the hash that the reference gives pixels."""
    return reference(pixels).hash


def read(data: bytes) -> Findings:
    return examine(io.BytesIO(data), "x")


def plainly(data: bytes) -> list[tuple[float, bytes]]:
    """Return the time and hash of the first frame of each second, every frame decoded and made red, green and blue."""
    found: list[tuple[float, bytes]] = []
    container: Any
    with av.open(io.BytesIO(data)) as container:
        start = None
        for frame in container.decode(video=0):
            start = frame.time or 0.0 if start is None else start
            time = (frame.time or 0.0) - start
            if not found or time >= int(found[-1][0] + 0.001) + 1 - 0.001:
                found.append((time, published(frame.to_ndarray(format="rgb24"))))
    return found


OPEN = "open-gop=1:bframes=3:keyint=10"
FILMS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "mp4 with bidirectional frames": ("mp4", "libx264", {"seconds": 4.2, "rate": 25, "bf": "3", "g": "250"}),
    "mp4 of short groups": ("mp4", "libx264", {"seconds": 4.2, "rate": 25, "g": "6"}),
    "mp4 of open groups": (
        "mp4",
        "libx264",
        {"seconds": 4.2, "rate": 25, "x264-params": OPEN},
    ),
    "mov of single frames": ("mov", "mjpeg", {"seconds": 3.2, "rate": 12, "pixels": "yuvj420p"}),
    "webm": ("webm", "libvpx-vp9", {"seconds": 2.2, "rate": 10, "deadline": "realtime", "cpu-used": "8"}),
    "mkv in hevc": ("matroska", "libx265", {"seconds": 2.2, "rate": 10, "x265-params": "log-level=none:pools=1"}),
    "avi": ("avi", "mpeg4", {"seconds": 3.2, "rate": 10}),
    "transport stream": ("mpegts", "mpeg2video", {"seconds": 3.2, "rate": 25}),
    "flv": ("flv", "flv1", {"seconds": 3.2, "rate": 10}),
    "wmv": ("asf", "wmv2", {"seconds": 3.2, "rate": 10}),
    "deep colour": ("mp4", "libx264", {"seconds": 2.2, "rate": 10, "pixels": "yuv420p10le"}),
    "full colour": ("mp4", "libx264", {"seconds": 2.2, "rate": 10, "pixels": "yuv444p"}),
}


@pytest.mark.parametrize("name", FILMS)
def test_the_same_frames_as_if_all_were_decoded(name: str) -> None:
    form, codec, options = FILMS[name]
    data = film(form, codec, **options)
    findings, wanted = read(data), plainly(data)
    assert (findings.family, findings.width, findings.height) == ("video", 160, 120)
    assert findings.duration == pytest.approx(options["seconds"], abs=0.3)
    frames = {round(found.time or 0.0, 2): found.data for found in findings.prints if found.technique == "pdq/1"}
    assert len(frames) <= 4 * len(wanted)
    for time, hash_ in wanted:
        assert distance(frames[round(time, 2)], hash_) <= 12


def test_shots_between_two_seconds_and_the_last_frame_are_printed() -> None:
    dark, bright = scene(), 255 - scene()
    pictures = [dark] * 8 + [bright] * 5 + [dark] * 12
    times = [one.time for one in read(film_of(pictures)).prints if one.technique == "pdq/1"]
    # A cut is known to the next frame that others need: coders differ in which those are.
    assert times == pytest.approx([0, 0.8, 1, 1.3, 2, 2.4], abs=0.11)


def test_a_film_and_a_photograph_of_it_have_the_same_print() -> None:
    findings = read(film("mp4", "libx264", seconds=1, crf="10"))
    assert distance(findings.prints[0].data, published(scene())) <= 16


def test_previews_are_a_glimpse_a_poster_and_stills_over_the_length() -> None:
    findings = read(film("mp4", "libx264", seconds=30, rate=5))
    glimpse, poster, *stills = findings.previews
    assert max(glimpse.width, glimpse.height) <= 16
    assert (poster.width, poster.height) == (160, 120)
    assert 3 <= len(stills) <= 8
    assert [still.time for still in stills] == sorted(still.time or 0.0 for still in stills)
    assert (stills[-1].time or 0) > 20


def test_a_turned_film_is_shown_upright_and_hashed_as_stored() -> None:
    plain, out = film("mp4", "libx264", seconds=1), io.BytesIO()
    source: Any
    target: Any
    with av.open(io.BytesIO(plain)) as source, av.open(out, "w", format="mp4") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        stream.set_display_rotation(90)
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    turned, straight = read(out.getvalue()), read(plain)
    assert turned.prints == straight.prints
    assert turned.facts["rotation"] in (90, -90)
    pictures = [np.asarray(Image.open(io.BytesIO(each.previews[1].image))).astype(int) for each in (straight, turned)]
    assert np.abs(np.rot90(pictures[0], int(turned.facts["rotation"]) // 90) - pictures[1]).mean() < 10


def test_facts() -> None:
    facts = read(film("mp4", "libx264")).facts
    assert facts["video_codec"] == "h264"
    assert facts["frame_rate"] == 10.0
    assert facts["pixel_format"] == "yuv420p"


def test_a_torn_film_gives_the_frames_before_the_tear() -> None:
    whole = film("mpegts", "mpeg2video", seconds=6, rate=25)
    findings = read(whole[: len(whole) // 2])
    assert 2 <= max(found.time or 0.0 for found in findings.prints if found.technique == "pdq/1") < 5


def test_a_film_without_one_frame_is_refused() -> None:
    whole = film("mp4", "libx264")
    with pytest.raises(MediaRefused) as refused:
        read(whole[: whole.index(b"mdat") + 8] + bytes(50))
    assert refused.value.refusal == Refusal.MALFORMED


def test_a_record_in_a_film_container_is_a_sound() -> None:
    findings = read(sound("matroska", "aac"))
    assert (findings.family, findings.media_type) == ("audio", "audio/x-matroska")


def test_playlists_are_not_followed_whatever_they_call_themselves() -> None:
    for sample in playlists():
        findings = examine(io.BytesIO(sample.data), sample.name)
        assert (findings.family, findings.prints, findings.previews) == ("other", (), ())


def test_a_clock_of_broken_stamps_never_goes_back() -> None:
    clock = FilmClock(0.04)
    times = [clock.shown(stamp) for stamp in (7.0, 7.04, None, 7.12, 7.10, 3.0, 3.04, None, 9.0)]
    assert times == sorted(times)
    assert times[:4] == pytest.approx([0.0, 0.04, 0.08, 0.12])
    assert times[5] == pytest.approx(0.16)
    assert times[6] == pytest.approx(0.20)


@pytest.mark.parametrize("full_range", [False, True])
@pytest.mark.parametrize("matrix", [1, 2, 5])
def test_colours_of_a_film_are_those_of_its_picture(matrix: int, full_range: bool) -> None:
    """BT.709, unnamed and BT.601, in the narrow and the full range: the hash is that of the picture they stand for."""
    pixels, out = landscape(3, 360, 640), io.BytesIO()
    pixels[..., 0] = np.roll(pixels[..., 0], 200, 1)
    pixels[..., 2] = 255 - pixels[..., 2]
    with av.open(out, "w", format="mp4") as container:
        stream: Any = container.add_stream("libx264", rate=5, options={"crf": "12"})
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        stream.codec_context.colorspace, stream.codec_context.color_range = matrix, 1 + full_range
        drawn = av.VideoFrame.from_ndarray(pixels, format="rgb24")
        frame = drawn.reformat(
            format="yuv420p", dst_colorspace=5 if matrix == 2 else matrix, dst_color_range=1 + full_range
        )
        frame.pts = 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    findings = read(out.getvalue())
    assert distance(findings.prints[0].data, published(pixels)) <= 6
    assert findings.prints[0].quality == reference(pixels).quality
