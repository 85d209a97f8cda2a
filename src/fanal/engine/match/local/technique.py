"""What crops, collages, rooms and things are found by: `local/1`."""

from collections.abc import Iterable, Sequence

from fanal.engine.fingerprint.image import grey_of
from fanal.engine.fingerprint.local.features import FRAME_SIDE
from fanal.engine.fingerprint.local.prints import FRAME_FEATURES, local_print
from fanal.engine.fingerprint.local.stored import TECHNIQUE
from fanal.engine.fingerprint.maker import Frames, Pixels
from fanal.engine.fingerprint.prints import Print
from fanal.engine.match.comparer import Comparer
from fanal.engine.match.drawn import drawn_picture
from fanal.engine.match.technique import Example, Technique


class Local(Technique):
    """Robust local features and the geometry of their places."""

    name = TECHNIQUE
    title = "Part of the picture"
    finds = "The same picture cropped, framed, turned or within another; the same thing seen in two pictures."

    def of_picture(self, pixels: Pixels) -> Iterable[Print]:
        """See `Maker.of_picture`."""
        yield local_print(grey_of(pixels), pixels=pixels)

    def of_film(self, frames: Frames) -> Iterable[Print]:
        """See `Maker.of_film`."""
        for time, pixels in frames:
            yield local_print(grey_of(pixels), features=FRAME_FEATURES, side=FRAME_SIDE, time=time)

    def comparer(self) -> Comparer:
        """See `Technique.comparer`."""
        from fanal.engine.match.local.comparer import LocalComparer  # late: kernels take time to load

        return LocalComparer()

    def examples(self) -> Sequence[Example]:
        """See `Technique.examples`."""
        picture = drawn_picture(1)
        whole, cropped = tuple(self.of_picture(picture)), tuple(self.of_picture(picture[60:420, 80:560].copy()))
        return (
            Example("a picture and the middle of it", whole, cropped, linked=True),
            Example("two pictures", whole, tuple(self.of_picture(drawn_picture(2))), linked=False),
        )
