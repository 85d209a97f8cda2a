"""A box in a picture, to look for what it shows rather than for the whole."""

from typing import NamedTuple, Self

from fanal.engine.fingerprint.sampling import Plane
from fanal.kit.errors import Invalid


class Region(NamedTuple):
    """Pixels of a stored picture: the left and upper edge, and the size."""

    x: int
    y: int
    width: int
    height: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the region that `X,Y,W,H` means. Raises Invalid."""
        try:
            region = cls(*(int(part) for part in text.split(",")))
        except (TypeError, ValueError):
            raise Invalid(f"A region is four whole numbers X,Y,W,H, not {text!r}.") from None
        if region.width < 1 or region.height < 1 or region.x < 0 or region.y < 0:
            raise Invalid(f"The region {text!r} is empty or begins outside the picture.")
        return region

    def crop(self, pixels: Plane) -> Plane:
        """Return the part of [height, width, …] pixels within the region; empty where it lies outside the picture."""
        return pixels[self.y : self.y + self.height, self.x : self.x + self.width]
