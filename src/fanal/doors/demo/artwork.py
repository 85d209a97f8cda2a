"""Printed things: posters, labels, badges, book spines, clock faces, children's drawings. All names are invented."""

import numpy as np
from PIL import Image, ImageDraw

from fanal.doors.demo.lettering import write
from fanal.doors.demo.scenery import drawing, landscape
from fanal.doors.demo.surfaces import Pixels
from fanal.doors.demo.textures import Colour, noise

Words = tuple[str, str, str]


def _hexagon(cx: float, cy: float, r: float, turn: float = 0.0) -> list[tuple[float, float]]:
    return [(cx + r * np.cos(a + turn), cy + r * np.sin(a + turn)) for a in np.arange(6) * np.pi / 3]


def poster(
    rng: np.random.Generator, kind: str, words: Words, ink: Colour, size: tuple[int, int] = (520, 740)
) -> Pixels:
    """A travel or event poster: a view, a title, a line above and a line below."""
    wide, high = size
    image = Image.new("RGB", size, (244, 238, 224))
    draw = ImageDraw.Draw(image)
    view = landscape(rng, kind, wide - 48, int(high * 0.62))
    flat = np.minimum(view.astype(np.int32) // 28 * 28 + 14, 255).astype(np.uint8)
    image.paste(Image.fromarray(flat), (24, int(high * 0.17)))
    draw.rectangle((0, int(high * 0.79), wide, high), fill=ink)
    write(draw, (wide / 2, high * 0.085), words[0], high * 0.05, ink, "narrow", wide * 0.88)
    write(draw, (wide / 2, high * 0.865), words[1], high * 0.085, (250, 244, 230), "serif", wide * 0.9)
    write(draw, (wide / 2, high * 0.945), words[2], high * 0.034, (250, 244, 230), "sans", wide * 0.86)
    cx, cy = wide * rng.uniform(0.25, 0.75), high * rng.uniform(0.28, 0.4)
    draw.ellipse((cx - 44, cy - 44, cx + 44, cy + 44), fill=(250, 220, 140), outline=ink, width=5)
    return aged(rng, np.array(image))


def framed(rng: np.random.Generator, picture: Pixels, frame: Colour, mount: int = 34, rail: int = 16) -> Pixels:
    """A picture behind a mount in a frame."""
    inner = np.pad(picture, ((mount, mount), (mount, mount), (0, 0)), constant_values=240)
    outer = np.zeros((inner.shape[0] + 2 * rail, inner.shape[1] + 2 * rail, 3), np.uint8)
    outer[:] = frame
    outer[:3], outer[:, :3] = np.minimum(np.array(frame) + 40, 255), np.minimum(np.array(frame) + 25, 255)
    outer[rail:-rail, rail:-rail] = inner
    outer[rail : rail + 4, rail:-rail] //= 2
    return outer


def aged(rng: np.random.Generator, picture: Pixels) -> Pixels:
    """Slightly uneven paper."""
    rows, columns = picture.shape[:2]
    return np.asarray(np.clip(picture * (1 + noise(rng, columns, rows, (4, 5))[..., None] * 0.025), 0, 255), np.uint8)


def hex_label() -> Pixels:
    """The wrap-around label of the shampoo bottle with the hexagonal mark: the clue of the story."""
    image = Image.new("RGB", (960, 460), (28, 112, 118))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 960, 26), fill=(236, 196, 92))
    draw.rectangle((0, 434, 960, 460), fill=(236, 196, 92))
    for half in (0, 480):
        cx, cy = half + 240, 168
        draw.polygon(_hexagon(cx, cy, 118), fill=(246, 242, 228), outline=(236, 196, 92), width=10)
        draw.polygon(_hexagon(cx, cy, 88), outline=(28, 112, 118), width=7)
        for a in np.arange(6) * np.pi / 3:
            x, y = cx + 47 * np.cos(a + 0.52), cy + 47 * np.sin(a + 0.52)
            draw.polygon(_hexagon(x, y, 21, 0.52), fill=(218, 96, 58) if int(a * 3) % 2 else (236, 168, 60))
        draw.polygon(_hexagon(cx, cy, 24, 0.52), fill=(28, 112, 118))
        write(draw, (cx, 330), "ALVÉOL", 74, (246, 242, 228), "bold", 300)
        write(draw, (cx, 392), "shampooing au miel · 250 ml", 26, (236, 214, 150), "sans", 320)
        draw.line((half, 30, half, 430), fill=(20, 88, 94), width=3)
        for k in range(9):
            draw.polygon(_hexagon(half + 14 + (k % 2) * 17, 60 + k * 42, 12, 0.52), fill=(44, 136, 138))
    return np.roll(np.array(image), -240, axis=1)


def plain_label(rng: np.random.Generator, name: str, ground: Colour, ink: Colour) -> Pixels:
    """The label of any other bottle or jar."""
    image = Image.new("RGB", (640, 300), ground)
    draw = ImageDraw.Draw(image)
    for half in (0, 320):
        shape = int(rng.integers(3))
        box = (half + 100, 40, half + 220, 160)
        if shape == 0:
            draw.ellipse(box, fill=ink)
        elif shape == 1:
            draw.polygon([(half + 160, 36), (half + 232, 160), (half + 88, 160)], fill=ink)
        else:
            draw.rectangle((half + 84, 60, half + 236, 140), outline=ink, width=10)
        write(draw, (half + 160, 216), name, 54, ink, "bold", 240)
        draw.line((half + 70, 262, half + 250, 262), fill=ink, width=4)
    return np.roll(np.array(image), -160, axis=1)


def badge(side: int = 420) -> Pixels:
    """The shoulder badge of an invented fire brigade: a lantern over three waves on a shield (RGBA)."""
    image = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    s = side / 420
    shield = [(40, 30), (380, 30), (380, 220), (330, 320), (210, 400), (90, 320), (40, 220)]
    draw.polygon([(x * s, y * s) for x, y in shield], fill=(236, 196, 70))
    inner = [(58, 48), (362, 48), (362, 214), (316, 306), (210, 378), (104, 306), (58, 214)]
    draw.polygon([(x * s, y * s) for x, y in inner], fill=(150, 26, 34))
    draw.rectangle((58 * s, 48 * s, 362 * s, 112 * s), fill=(24, 38, 84))
    write(draw, (210 * s, 80 * s), "HAUTE-LISANE", 40 * s, (248, 240, 220), "narrow", 286 * s)
    draw.polygon(
        [(x * s, y * s) for x, y in ((180, 160), (240, 160), (256, 246), (164, 246))],
        fill=(250, 224, 130),
        outline=(248, 240, 220),
    )
    draw.rectangle((160 * s, 246 * s, 260 * s, 262 * s), fill=(248, 240, 220))
    draw.arc((176 * s, 120 * s, 244 * s, 190 * s), 180, 360, fill=(248, 240, 220), width=max(2, int(9 * s)))
    draw.polygon([(x * s, y * s) for x, y in ((210, 176), (226, 214), (210, 236), (194, 214))], fill=(222, 84, 40))
    for k in range(3):
        y = (286 + k * 26) * s
        points = [
            ((118 + k * 16 + t * (184 - k * 32)) * s, y + np.sin(t * 12.6) * 7 * s) for t in np.linspace(0, 1, 30)
        ]
        draw.line(points, fill=(120, 180, 216), width=max(2, int(9 * s)))
    return np.array(image)


def spines(rng: np.random.Generator, width: float, height: float) -> Pixels:
    """A row of books seen from their backs."""
    columns, rows = max(60, int(width * 420)), max(40, int(height * 420))
    image = Image.new("RGB", (columns, rows), (46, 36, 30))
    draw = ImageDraw.Draw(image)
    x = 2
    while x < columns - 8:
        wide = int(rng.uniform(9, 22))
        tall = int(rows * rng.uniform(0.66, 0.95))
        hue = rng.integers(0, 7)
        ground = (
            (132, 52, 46),
            (44, 76, 104),
            (62, 98, 74),
            (196, 168, 116),
            (92, 66, 92),
            (222, 214, 196),
            (184, 104, 60),
        )[hue]
        tone = tuple(int(np.clip(c * rng.uniform(0.8, 1.15), 0, 255)) for c in ground)
        draw.rectangle((x, rows - tall, x + wide - 2, rows), fill=tone)
        draw.line((x, rows - tall, x, rows), fill=tuple(min(255, c + 34) for c in tone))
        for k in (0.12, 0.2, 0.8):
            draw.line(
                (x + 2, rows - tall * (1 - k), x + wide - 4, rows - tall * (1 - k)), fill=(226, 200, 130), width=2
            )
        draw.rectangle(
            (x + wide * 0.35, rows - tall * 0.7, x + wide * 0.6, rows - tall * 0.36),
            fill=tuple(int(c * 0.6 + 90) for c in tone),
        )
        x += wide
    return np.array(image)


def dial(hour: int, minute: int, rim: Colour) -> Pixels:
    """A clock face (RGBA) showing the time given."""
    side = 300
    image = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.ellipse((2, 2, side - 2, side - 2), fill=(*rim, 255))
    draw.ellipse((20, 20, side - 20, side - 20), fill=(248, 245, 236, 255))
    m = side / 2
    for k in range(12):
        a = k * np.pi / 6
        write(draw, (m + np.sin(a) * 105, m - np.cos(a) * 105), str(k or 12), 26, (40, 40, 46))
    for turn, length, thick in (((hour + minute / 60) / 12, 66, 10), (minute / 60, 96, 6)):
        a = turn * 2 * np.pi
        draw.line((m, m, m + np.sin(a) * length, m - np.cos(a) * length), fill=(40, 40, 46), width=thick)
    draw.ellipse((m - 8, m - 8, m + 8, m + 8), fill=(180, 60, 48, 255))
    return np.array(image)


def calendar(month: str, days: str, ink: Colour, rng: np.random.Generator) -> Pixels:
    """A wall calendar of one month, with a picture above."""
    image = Image.new("RGB", (380, 520), (250, 247, 240))
    draw = ImageDraw.Draw(image)
    image.paste(Image.fromarray(landscape(rng, "hills", 344, 220)), (18, 18))
    write(draw, (190, 268), month, 38, ink, "bold", 330)
    for column, day in enumerate(days.split()):
        write(draw, (40 + column * 50, 312), day, 19, ink, "bold")
    for date in range(30):
        write(draw, (40 + (date + 2) % 7 * 50, 346 + (date + 2) // 7 * 33), str(date + 1), 18, (70, 70, 74), "sans")
    return np.array(image)


def notice(lines: tuple[str, ...], ground: Colour, ink: Colour, size: tuple[int, int] = (480, 340)) -> Pixels:
    """A sign or a printed sheet with a few lines."""
    image = Image.new("RGB", size, ground)
    draw = ImageDraw.Draw(image)
    draw.rectangle((8, 8, size[0] - 9, size[1] - 9), outline=ink, width=5)
    step = size[1] / (len(lines) + 0.6)
    for index, line in enumerate(lines):
        write(
            draw,
            (size[0] / 2, step * (index + 0.8)),
            line,
            step * (0.62 if index == 0 else 0.44),
            ink,
            "bold" if index == 0 else "sans",
            size[0] * 0.84,
        )
    return np.array(image)


def canvas(rng: np.random.Generator, columns: int = 520, rows: int = 400) -> Pixels:
    """A painting for a wall."""
    return aged(rng, drawing(rng, columns, rows))


def socket(country: str) -> Pixels:
    """A wall socket as the country has it: slots and pins where its plugs want them."""
    image = Image.new("RGB", (200, 200), (240, 238, 232))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((3, 3, 196, 196), 18, outline=(206, 202, 194), width=5)
    dark = (44, 44, 48)
    if country == "FR":
        draw.ellipse((34, 34, 166, 166), fill=(222, 219, 212), outline=(186, 182, 174), width=4)
        for x in (72, 128):
            draw.ellipse((x - 10, 94, x + 10, 114), fill=dark)
        draw.ellipse((92, 56, 108, 72), fill=(176, 160, 120))
    elif country == "GB":
        draw.rectangle((92, 40, 108, 78), fill=dark)
        for x in (48, 128):
            draw.rectangle((x, 118, x + 26, 134), fill=dark)
    elif country == "US":
        for y in (28, 112):
            draw.rounded_rectangle((56, y, 144, y + 66), 22, fill=(226, 223, 216), outline=(190, 186, 178), width=3)
            draw.rectangle((80, y + 14, 87, y + 38), fill=dark)
            draw.rectangle((112, y + 14, 119, y + 38), fill=dark)
            draw.ellipse((93, y + 42, 107, y + 56), fill=dark)
    else:
        for x, lean in ((66, 12), (134, -12)):
            draw.line((x + lean, 62, x - lean, 106), fill=dark, width=11)
        draw.line((100, 122, 100, 164), fill=dark, width=11)
    return np.array(image)
