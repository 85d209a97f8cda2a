"""What rare text is found by: `text/1`. Read apart from all others, for its cost, where the extra is installed."""

from collections.abc import Iterable, Sequence

import numpy as np

from fanal.engine.fingerprint.maker import Frames, Pixels
from fanal.engine.fingerprint.prints import Print
from fanal.engine.match.comparer import Comparer
from fanal.engine.match.technique import Example, Technique
from fanal.engine.text.line import Line, Page
from fanal.engine.text.stored import TECHNIQUE, print_of


class Text(Technique):
    """Lines of text, by the numbers, addresses and names in them."""

    name = TECHNIQUE
    title = "Text in the picture"
    finds = "The same rare text: a telephone number, an address, a serial number, a phrase. Read apart, for its cost."

    def of_picture(self, pixels: Pixels) -> Iterable[Print]:
        """See `Maker.of_picture`. Raises TextUnread without the models."""
        yield from self._read(pixels, None)

    def of_film(self, frames: Frames) -> Iterable[Print]:
        """See `Maker.of_film`. Raises TextUnread without the models."""
        for time, pixels in frames:
            yield from self._read(pixels, time)

    def comparer(self) -> Comparer:
        """See `Technique.comparer`."""
        from fanal.engine.match.text.comparer import TextComparer

        return TextComparer()

    def examples(self) -> Sequence[Example]:
        """See `Technique.examples`."""
        one, other, two = (
            (print_of(_page(f"write to keeper{number}@lighthouse.example.org", beside)),)
            for number, beside in ((1, "open daily"), (1, "closed on Mondays"), (2, "open daily"))
        )
        return (
            Example("two signs with one address", one, other, linked=True),
            Example("two signs with an address each", one, two, linked=False),
        )

    def _read(self, pixels: Pixels, time: float | None) -> Iterable[Print]:
        from fanal.engine.media.reading.read import lines_of  # late: it loads networks

        colours = pixels if pixels.ndim == 3 else np.stack([pixels] * 3, axis=2)
        lines = lines_of(colours)
        if lines:
            yield print_of(Page(pixels.shape[1], pixels.shape[0], lines, time))


def _page(*texts: str) -> Page:
    lines = (
        Line(text, ((10, top), (200, top), (200, top + 20), (10, top + 20)), 0.98)
        for top, text in zip(range(0, 300, 30), texts, strict=False)
    )
    return Page(640, 480, tuple(lines))
