"""A QR code as the path of a drawing, so that a page shows it without a picture of its own."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Squares:
    """The dark squares of a code, and how many lie side by side."""

    side: int
    path: str


def squares(text: str) -> Squares:
    """Return the code of a text, with its quiet border."""
    import cv2  # takes long to load, and few pages need it

    rows = cv2.QRCodeEncoder.create().encode(text)
    dark = [(x, y) for y, row in enumerate(rows) for x, value in enumerate(row) if not value]
    return Squares(len(rows), "".join(f"M{x} {y}h1v1h-1z" for x, y in dark))
