"""An added technique, whole: pictures whose colours lie alike, however they were turned to other sizes."""

from collections.abc import Iterable, Sequence

import cv2
import numpy as np

from fanal.engine.fingerprint.maker import Pixels
from fanal.engine.fingerprint.prints import Print
from fanal.engine.match.drawn import drawn_picture
from fanal.engine.match.link import Link
from fanal.engine.match.technique import Example, Technique


class MeanColour(Technique):
    """The mean colour of each of 64 fields of a picture."""

    name = "mean-colour/1"
    title = "Colours of the picture"
    finds = "Pictures whose colours lie alike."

    def of_picture(self, pixels: Pixels) -> Iterable[Print]:
        """Return one print of 192 bytes."""
        colours = pixels if pixels.ndim == 3 else np.stack([pixels] * 3, axis=2)
        yield Print(self.name, cv2.resize(colours, (8, 8), interpolation=cv2.INTER_AREA).tobytes())

    def compare(self, query: Sequence[Print], other: Sequence[Print]) -> Link | None:
        """Link pictures whose fields differ by less than 8 of 255 in the mean."""
        here, there = (np.frombuffer(prints[0].data, np.uint8).astype(int) for prints in (query, other))
        apart = float(np.abs(here - there).mean())
        if apart > 16:
            return None
        words = {
            "fr": f"Les couleurs des deux images se répartissent de même\N{NO-BREAK SPACE}: {apart:.0f} sur 255.",
            "es": f"Los colores de ambas imágenes se reparten igual: diferencia media de {apart:.0f} de 255.",
        }
        why = f"The colours of both pictures lie alike: they differ by {apart:.0f} of 255 in the mean."
        return self.link(1 - apart / 32, why, accepted=apart < 8, translations=words)

    def examples(self) -> Sequence[Example]:
        """Return a picture beside a smaller copy, and beside another picture."""
        one, small, two = drawn_picture(1), drawn_picture(1)[::2, ::2], drawn_picture(2)
        prints = [tuple(self.of_picture(np.ascontiguousarray(pixels))) for pixels in (one, small, two)]
        return (
            Example("a picture and every second pixel of it", prints[0], prints[1], linked=True),
            Example("two pictures", prints[0], prints[2], linked=False),
        )
