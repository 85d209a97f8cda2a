"""Short films: a slow pan over one wide photograph, as H.264 in MP4, with or without a sound track."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from fanal.doors.demo.plan import Clip
from fanal.doors.demo.sounds import RATE, feed, part, tune
from fanal.doors.demo.surfaces import Pixels

PAN_SECONDS = 7.0


def frame_at(wide: Pixels, second: float, size: tuple[int, int], scale: float = 1.0) -> Pixels:
    """The picture of the pan at `second`: the camera swings to the right, draws nearer, and shakes a little."""
    share = float(np.clip(second / PAN_SECONDS, 0, 1))
    eased = share * share * (3 - 2 * share)
    rows, columns = wide.shape[:2]
    width = columns * (0.66 - 0.1 * eased)
    height = width * size[1] / size[0]
    x = (columns - width) * (0.04 + 0.92 * eased) + np.sin(second * 5.1) * columns * 0.002
    y = (rows - height) * (0.55 - 0.15 * eased) + np.sin(second * 3.7) * rows * 0.003
    columns_out, rows_out = round(size[0] * scale), round(size[1] * scale)
    zoom = columns_out / width
    return np.asarray(
        cv2.warpAffine(
            wide,
            np.array([[zoom, 0, -x * zoom], [0, zoom, -y * zoom]]),
            (columns_out, rows_out),
            flags=cv2.INTER_LINEAR,
        ),
        np.uint8,
    )


def _frames(wide: Pixels, clip: Clip) -> Iterator[Pixels]:
    count = round((clip.cut[1] - clip.cut[0]) * clip.rate)
    for index in range(count):
        second = clip.cut[0] + index / clip.rate
        if not clip.letterbox:
            yield frame_at(wide, second, clip.size)
            continue
        inner = (clip.size[0], clip.size[0] * 9 // 16 // 2 * 2)
        edge = (clip.size[1] - inner[1]) // 2
        yield np.asarray(
            cv2.copyMakeBorder(
                frame_at(wide, second, inner), edge, clip.size[1] - inner[1] - edge, 0, 0, cv2.BORDER_CONSTANT
            ),
            np.uint8,
        )


def film(wide: Pixels, clip: Clip, seed: int, file: Path) -> None:
    """Write the clip. One thread and no version marks, so that the same seed gives the same bytes.

    Without x264's macroblock tree: its sums of fractions depend on where the frames happen to lie in memory.
    """
    picky = {"preset": "veryfast", "flags": "+bitexact", "x264-params": "mbtree=0"}
    file.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(file), "w", options={"fflags": "+bitexact", "movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=clip.rate, options=picky)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = *clip.size, "yuv420p", clip.bitrate
        stream.codec_context.thread_count = 1
        sound = container.add_stream("aac", rate=RATE) if clip.tune else None
        if sound is not None:
            sound.layout = "mono"
        for index, picture in enumerate(_frames(wide, clip)):
            # Converted here: FFmpeg's own conversion rounds differently by where the picture lies in memory.
            planes = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2YUV_I420), np.uint8)
            frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
            frame.pts, frame.time_base = index, Fraction(1, clip.rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if sound is not None:
            feed(container, sound, part(tune(clip.tune, seed), clip.cut, 0.0, seed))
