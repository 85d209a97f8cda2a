"""The one error that reading a file may end in."""

from fanal.engine.media.refusals import Refusal
from fanal.kit.errors import FanalError


class MediaRefused(FanalError):
    """The file could not be read; `.refusal` says why and its sentence is the message.

    The code is `media.` and the refusal's name in lower case, such as `media.too_many_pixels`. No word of a decoder is
    ever part of it: such words may be chosen by whoever made the file.
    """

    status = 422
    next_step = "The file itself is kept. Look at it with a specialist's tool, or submit it by its digests only."

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.sentence)
        self.refusal = refusal
        self.code = f"media.{refusal.name.lower()}"  # type: ignore[misc]  # one class, one code for each refusal

    def __reduce__(self) -> tuple[type["MediaRefused"], tuple[Refusal]]:
        return MediaRefused, (self.refusal,)
