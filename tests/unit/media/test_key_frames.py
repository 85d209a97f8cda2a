"""Key frames close together: less is decoded, the same is found, and a container that lies about them costs little."""

import io
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from fanal.engine.media.frame_feed import FrameFeed
from hostile.wellformed import film, film_of, scene

RATE = 10
PLAIN = {"g": "10", "bf": "0", "sc_threshold": "0"}
"""As a telephone codes: a key frame a second, wherever a shot begins."""


def fed(data: bytes) -> tuple[dict[float, NDArray[np.uint8]], int]:
    """Return the frames that the feed gives, by their seconds, and how many were decoded."""
    container: Any
    with av.open(io.BytesIO(data)) as container:
        feed = FrameFeed(container, container.streams.video[0], 1 / RATE)
        return {round(time, 2): frame.to_ndarray(format="gray") for time, frame in feed.frames()}, feed.decoded


def every(data: bytes) -> list[NDArray[np.uint8]]:
    container: Any
    with av.open(io.BytesIO(data)) as container:
        return [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]


def relabelled(data: bytes, key_from: int) -> bytes:
    """Return the same film, each packet from this number on said to be a key frame."""
    out = io.BytesIO()
    source: Any
    target: Any
    with av.open(io.BytesIO(data)) as source, av.open(out, "w", format="mp4") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for number, packet in enumerate(source.demux(video=0)):
            if packet.dts is not None:
                packet.stream = stream
                packet.is_keyframe = packet.is_keyframe or number >= key_from
                target.mux(packet)
    return out.getvalue()


@pytest.mark.parametrize(
    ("form", "codec", "options"),
    [
        ("mp4", "libx264", PLAIN),
        ("mp4", "libx264", {"g": "10", "bf": "3", "sc_threshold": "0"}),
        ("mp4", "libx264", {"x264-params": "open-gop=1:keyint=10:bframes=3:scenecut=0"}),
        ("mp4", "libx265", {"x265-params": "log-level=none:pools=1:keyint=10:min-keyint=10:scenecut=0"}),
        ("mpegts", "mpeg2video", {"g": "5", "bf": "2", "sc_threshold": "1000000000"}),
        ("avi", "mpeg4", {"g": "10"}),
        ("webm", "libvpx-vp9", {"g": "10", "deadline": "realtime", "cpu-used": "8"}),
    ],
)
def test_of_groups_of_a_second_little_is_decoded_and_the_frames_are_those_of_a_whole_decode(
    form: str, codec: str, options: dict[str, str]
) -> None:
    data = film(form, codec, seconds=8, rate=RATE, **options)
    whole = every(data)
    frames, decoded = fed(data)
    for second in range(8):
        assert np.array_equal(frames[second], whole[second * RATE])
    assert np.array_equal(frames[7.9], whole[79])
    # The first and the last second are decoded whole, of others the key frame and what a decoder holds back.
    assert decoded < len(whole) * 0.7


def test_where_a_camera_codes_no_frames_ahead_one_is_decoded_a_second() -> None:
    assert fed(film("mp4", "libx264", seconds=12, rate=RATE, **PLAIN))[1] == 10 + 10 + 10


def test_a_shot_that_begins_between_two_key_frames_is_found() -> None:
    pictures = [scene(shift=number) for number in range(60)]
    pictures[34:] = [255 - each for each in pictures[34:]]
    frames, decoded = fed(film_of(pictures, rate=RATE, **PLAIN))
    assert 3.4 in frames
    assert decoded < 40


@pytest.mark.parametrize("key_from", [1, 5])
def test_a_container_that_calls_all_key_frames_is_not_believed(key_from: int) -> None:
    data = film("mp4", "libx264", seconds=6, rate=RATE, g="250", bf="0")
    lying = relabelled(data, key_from)
    whole, (frames, _) = every(data), fed(lying)
    for second in range(6):
        assert np.array_equal(frames[second], whole[second * RATE])


def test_one_that_begins_to_lie_later_costs_no_more_than_what_is_left_of_that_group() -> None:
    data = film("mp4", "libx264", seconds=8, rate=RATE, g="30", bf="0", sc_threshold="0")
    lying = relabelled(data, 35)
    whole, (frames, _) = every(data), fed(lying)
    for second in (0, 1, 2, 3, 6, 7):
        assert np.array_equal(frames[second], whole[second * RATE])
