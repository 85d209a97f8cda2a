"""Letters on posters and labels: the fonts a machine has, or Pillow's own where it has none."""

from functools import lru_cache

from PIL import ImageDraw, ImageFont

_FACES = {
    "sans": ("DejaVuSans.ttf", "LiberationSans-Regular.ttf"),
    "bold": ("DejaVuSans-Bold.ttf", "LiberationSans-Bold.ttf"),
    "narrow": ("DejaVuSansCondensed-Bold.ttf", "LiberationSansNarrow-Bold.ttf"),
    "serif": ("DejaVuSerif-Bold.ttf", "LiberationSerif-Bold.ttf"),
    "mono": ("DejaVuSansMono.ttf", "LiberationMono-Regular.ttf"),
}


@lru_cache(maxsize=256)
def face(style: str, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Return a font of `style` about `size` pixels high; the first that the machine has."""
    for name in _FACES[style]:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)


def write(
    draw: ImageDraw.ImageDraw,
    place: tuple[float, float],
    text: str,
    size: float,
    colour: tuple[int, int, int],
    style: str = "bold",
    widest: float | None = None,
) -> None:
    """Write `text` centred on `place`, made smaller where it would be wider than `widest`."""
    font = face(style, max(6, round(size)))
    if widest is not None:
        wide = draw.multiline_textbbox((0, 0), text, font=font)[2]
        if wide > widest:
            font = face(style, max(6, int(size * widest / wide)))
    left, top, right, bottom = draw.multiline_textbbox((0, 0), text, font=font, align="center")
    corner = (place[0] - (left + right) / 2, place[1] - (top + bottom) / 2)
    draw.multiline_text(corner, text, font=font, fill=colour, align="center")
