"""Frames of films, against hashes that others published for the same films."""

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from fanal.engine.fingerprint.luma import FilmColour, Matrix
from fanal.engine.fingerprint.pdq import QUALITY_GATE, RADIUS
from fanal.engine.fingerprint.video import Frame, Sampler, frame_print, video_prints
from pdq_reference import distance, landscape
from shared import shared

FILMS = sorted(shared("conformance", "vpdq").glob("*.mp4"))
BT709 = 1


def plane(frame: av.VideoFrame, number: int) -> NDArray[np.uint8]:
    source = frame.planes[number]
    rows = np.frombuffer(bytes(source), np.uint8).reshape(source.height, source.line_size)
    return np.asarray(rows[:, : source.width])


def frames(path: Path) -> Iterator[Frame]:
    with av.open(str(path)) as film:
        for frame in film.decode(video=0):
            assert frame.format.name == "yuv420p"
            colour = FilmColour(Matrix.BT709 if frame.colorspace == BT709 else Matrix.BT601)
            yield Frame(float(frame.time or 0), plane(frame, 0), (plane(frame, 1), plane(frame, 2)), colour)


@pytest.mark.parametrize("path", FILMS, ids=lambda path: str(path.stem))
def test_frames_have_their_published_hashes(path: Path) -> None:
    published = [row.split(",") for row in path.with_suffix(".vpdq.txt").read_text().split()]
    ours = video_prints(frames(path))
    assert len(ours) == len(published)
    worst = 0
    for (_, quality, known, _), found in zip(published, ours, strict=True):
        if int(quality) >= QUALITY_GATE:
            worst = max(worst, distance(bytes.fromhex(known), found.data))
    assert worst <= RADIUS


def test_one_frame_a_second_is_due() -> None:
    sampler = Sampler()
    times = [n / 29.97 for n in range(120)]
    due = [time for time in times if sampler.due(time)]
    assert due == pytest.approx([0, 1.001, 2.002, 3.003], abs=0.04)


def test_a_slow_film_is_sampled_at_each_frame() -> None:
    sampler = Sampler()
    assert [sampler.due(time) for time in (0.0, 2.5, 5.0, 7.5)] == [True] * 4


def test_a_film_that_begins_late_is_sampled_at_once() -> None:
    sampler = Sampler()
    assert [sampler.due(time) for time in (0.9, 0.95, 1.0, 1.5, 2.0)] == [True, False, True, False, True]


def test_a_grey_film_and_a_tiny_one() -> None:
    luma = landscape(5)[:, :, 0]
    assert len(frame_print(Frame(1.5, luma)).turned) == 7 * 32
    tiny = frame_print(Frame(1.5, luma[:3, :3]))
    assert (tiny.data, tiny.quality, tiny.time) == (bytes(32), 0, 1.5)
