"""What equal bytes and like frames are found by: `exact/1`, `pdq/1`, and the films that frames in order make."""

from collections.abc import Iterable, Sequence
from typing import BinaryIO

import cv2

from fanal.engine.fingerprint import digest, pdq, video
from fanal.engine.fingerprint.image import cell_prints, whole_print
from fanal.engine.fingerprint.maker import Frames, Pixels
from fanal.engine.fingerprint.prints import Print
from fanal.engine.match.comparer import Comparer
from fanal.engine.match.drawn import drawn_picture
from fanal.engine.match.technique import Example, Technique


class Exact(Technique):
    """Equal bytes. Digests are made of every file before it is looked into, and compared as they are."""

    name = digest.TECHNIQUE
    title = "Equal bytes"
    finds = "The same bytes, whatever the file is called."

    def of_bytes(self, file: BinaryIO) -> Iterable[Print]:
        """See `Maker.of_bytes`."""
        digests = digest.DigestPass()
        while chunk := file.read(digest.CHUNK):
            digests.update(chunk)
        yield Print(self.name, digests.result().sha256)

    def comparer(self) -> None:
        """Return None: digests are looked up."""


class Pdq(Technique):
    """Pictures and frames by their published hash."""

    name = pdq.TECHNIQUE
    title = "Fingerprint of the picture"
    finds = (
        "The same picture or frame, saved anew, resized, recoloured, a little blurred, or turned and mirrored; "
        "alone or within a collage."
    )

    def of_picture(self, pixels: Pixels) -> Iterable[Print]:
        """See `Maker.of_picture`."""
        yield whole_print(pixels)
        yield from cell_prints(pixels)

    def of_film(self, frames: Frames) -> Iterable[Print]:
        """See `Maker.of_film`."""
        for time, pixels in frames:
            found = pdq.pdq_prints(pixels)
            yield Print(self.name, found.hash, found.quality, time, found.turned)

    def comparer(self) -> Comparer:
        """See `Technique.comparer`."""
        from fanal.engine.match.frames.comparer import FrameComparer  # late: kernels take time to load

        return FrameComparer()

    def examples(self) -> Sequence[Example]:
        """See `Technique.examples`."""
        picture = drawn_picture(1)
        whole = tuple(self.of_picture(picture))
        smaller = tuple(self.of_picture(cv2.resize(picture, (320, 240), interpolation=cv2.INTER_AREA)))  # type: ignore[arg-type]
        mirrored = tuple(self.of_picture(picture[:, ::-1].copy()))
        return (
            Example("a picture and a copy half as large", whole, smaller, linked=True),
            Example("a picture and its mirror image", whole, mirrored, linked=True),
            Example("two pictures", whole, tuple(self.of_picture(drawn_picture(2))), linked=False),
        )


class Video(Technique):
    """Films, by the prints of their frames: the comparer of `pdq/1` says where frames in order make a film."""

    name = video.TECHNIQUE
    title = "Fingerprint of each second of film"
    finds = "The same stretch of film: frames that are alike, one a second, in the same order and at the same pace."

    def of_film(self, frames: Frames) -> Iterable[Print]:
        """Return nothing of its own: it reads the prints that `pdq/1` makes."""
        del frames
        return ()

    def comparer(self) -> None:
        """Return None: the comparer of frames speaks for it."""
