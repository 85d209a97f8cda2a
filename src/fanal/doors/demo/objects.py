"""Things in rooms: bottles, uniforms, bags, blocks, clocks, pots, hooks. The marked ones carry the story."""

import numpy as np
from PIL import Image, ImageDraw

from fanal.doors.demo.artwork import badge, dial, hex_label, plain_label, socket
from fanal.doors.demo.lettering import write
from fanal.doors.demo.shapes import Spot, Stage
from fanal.doors.demo.surfaces import Pixels, Sheet
from fanal.doors.demo.textures import Colour, cloth, noise, weave


def shine(texture: Pixels, at: float = 0.3, strength: float = 0.55) -> Pixels:
    """A glossy streak down a turned thing."""
    u = np.linspace(0, 1, texture.shape[1])
    streak = (np.exp(-(((u - at + 0.5) % 1 - 0.5) ** 2) / 0.0016) * strength)[None, :, None]
    return np.asarray(np.clip(texture * (1 - streak) + 255 * streak, 0, 255), np.uint8)


def marked_bottle(stage: Stage, spot: Spot, scale: float = 1.0, mark: str = "bottle") -> None:
    """The shampoo bottle with the hexagonal mark; remembers its box as `mark`."""
    r, h = 0.047 * scale, 0.25 * scale
    stage.turned(spot, ((r * 0.96, 0), (r, 0.01 * scale)), (22, 92, 98))
    stage.turned(spot.moved(y=0.01 * scale), ((r, 0), (r, h * 0.66)), shine(hex_label(), 0.88, 0.2))
    stage.turned(
        spot.moved(y=h * 0.66 + 0.01 * scale),
        ((r, 0), (r * 0.86, h * 0.08), (r * 0.42, h * 0.15)),
        shine(_flat((22, 92, 98))),
    )
    stage.turned(
        spot.moved(y=h * 0.82 + 0.01 * scale),
        ((r * 0.46, 0), (r * 0.44, h * 0.17)),
        shine(_flat((236, 196, 92))),
        cap=(244, 212, 120),
    )
    hull = [spot.at((i * r, y, 0)) for i in (-1, 1) for y in (0, h * 1.02)]
    depth = [spot.at((0, y, k * r)) for k in (-1, 1) for y in (0, h * 1.02)]
    stage.scene.marks[mark] = np.stack(hull + depth)


def _flat(colour: Colour) -> Pixels:
    return np.full((24, 96, 3), colour, np.uint8)


def bottle(
    stage: Stage, spot: Spot, name: str, ground: Colour, ink: Colour, size: tuple[float, float] = (0.036, 0.2)
) -> None:
    """Any other bottle."""
    r, h = size
    body = shine(plain_label(stage.rng, name, ground, ink), 0.88, 0.25)
    stage.turned(spot, ((r, 0), (r, h * 0.7)), body)
    stage.turned(spot.moved(y=h * 0.7), ((r, 0), (r * 0.4, h * 0.12)), ground)
    stage.turned(spot.moved(y=h * 0.82), ((r * 0.42, 0), (r * 0.4, h * 0.18)), ink, cap=ink)


def cup(stage: Stage, spot: Spot, colour: Colour) -> None:
    """A mug or a tooth glass."""
    stage.turned(spot, ((0.034, 0), (0.04, 0.09)), shine(_flat(colour)), cap=tuple(int(c * 0.45) for c in colour))  # type: ignore[arg-type]


def plant(stage: Stage, spot: Spot, pot: Colour, height: float = 0.45, leaves: int = 16) -> None:
    """A pot plant with arching leaves."""
    stage.turned(spot, ((0.07, 0), (0.095, 0.15)), _flat(pot), cap=(62, 46, 36))
    for index in range(leaves):
        angle = index * 2.4
        lean, tall = 0.35 + 0.65 * (index % 5) / 4, height * float(stage.rng.uniform(0.7, 1.05))
        _blade(stage, spot.moved(y=0.14, turn=angle), tall, lean)


def _blade(stage: Stage, spot: Spot, tall: float, lean: float) -> None:
    t = np.linspace(0, 1, 6)
    half = 0.032 * np.sin(np.pi * np.clip(t * 0.94 + 0.06, 0, 1)) ** 0.8
    spine = np.stack([0 * t, tall * (t - 0.35 * lean * t * t), tall * lean * t * t * 0.8 + 0.01], axis=-1)
    grid = np.stack(
        [
            spine + np.outer(half, [-1, 0, 0]),
            spine + np.outer(half * 0, [1, 0, 0]) - [0, 0.006, 0],
            spine + np.outer(half, [1, 0, 0]),
        ],
        axis=1,
    )
    green = np.array([70, 128, 72]) * float(stage.rng.uniform(0.8, 1.2))
    texture = np.repeat(np.clip(np.array([[green, green * 1.25, green]]), 0, 255).astype(np.uint8), 12, axis=0)
    stage.add(Sheet(spot.at(grid[::-1]), texture))
    stage.add(Sheet(spot.at(grid[::-1, ::-1]), texture))


def rail(stage: Stage, spot: Spot, wide: float, hooks: int, colour: Colour = (150, 108, 72)) -> None:
    """A board with coat hooks."""
    stage.box(spot.moved(z=0.012), (wide, 0.09, 0.024), colour, omit="back bottom", casts=False)
    for index in range(hooks):
        x = ((index + 0.5) / hooks - 0.5) * wide
        stage.box(spot.moved(x=x, y=0.03, z=0.05), (0.02, 0.02, 0.07), (70, 70, 74), casts=False)


def uniform(stage: Stage, spot: Spot, mark: str = "uniform", *, front: bool = True) -> None:
    """A fire-brigade jacket on a hook: dark cloth, bright bands, and the badge of the department."""
    texture = _jacket(stage.rng, front)
    rows, columns = 12, 10
    u, v = np.meshgrid(np.linspace(-1, 1, columns + 1), np.linspace(0, 1, rows + 1))
    half = np.interp(v, [0, 0.06, 0.14, 0.5, 1.0], [0.05, 0.2, 0.27, 0.25, 0.3])
    bulge = 0.1 * (1 - np.abs(u) ** 2.6) * np.interp(v, [0, 0.15, 0.6, 1], [0.5, 1, 0.9, 1.0])
    folds = 0.012 * np.sin(u * 9 + np.sin(v * 3)) * v
    grid = np.stack([u * half, -v * 0.82 + 0.02 * np.abs(u), bulge + folds + 0.015], axis=-1)
    stage.add(Sheet(spot.at(grid), texture))
    for side in (-1, 1):
        _sleeve(stage, spot, side)
    stage.block(spot.moved(y=-0.8, z=0.006), (0.46, 0.72, 0.01), (40, 44, 60))
    stage.scene.marks[mark] = np.stack([spot.at((x, y, 0.08)) for x in (-0.34, 0.34) for y in (0.02, -0.82)])


def _jacket(rng: np.random.Generator, front: bool) -> Pixels:
    image = Image.new("RGB", (560, 800), (30, 36, 58))
    draw = ImageDraw.Draw(image)
    for y in (400, 640):
        draw.rectangle((0, y, 560, y + 64), fill=(214, 220, 96))
        draw.rectangle((0, y + 18, 560, y + 46), fill=(206, 210, 214))
    if front:
        draw.line((280, 70, 280, 800), fill=(14, 18, 32), width=8)
        for y in range(140, 800, 84):
            draw.ellipse((268, y, 292, y + 24), fill=(206, 176, 96))
        draw.polygon([(190, 0), (280, 150), (370, 0)], fill=(20, 24, 40), outline=(52, 58, 84))
        draw.rectangle((70, 500, 230, 620), outline=(14, 18, 32), width=5)
        draw.rectangle((330, 500, 490, 620), outline=(14, 18, 32), width=5)
        emblem = Image.fromarray(badge(420)).resize((176, 176), Image.Resampling.LANCZOS)
        image.paste(emblem, (344, 186), emblem)
        draw.rectangle((86, 250, 232, 296), fill=(214, 220, 96))
        write(draw, (159, 273), "POMPIERS", 24, (30, 36, 58), "bold", 136)
    else:
        draw.rectangle((110, 220, 450, 330), fill=(214, 220, 96))
        write(draw, (280, 275), "POMPIERS", 60, (30, 36, 58), "bold", 320)
    return weave(rng, np.array(image))


def _sleeve(stage: Stage, spot: Spot, side: int) -> None:
    u, v = np.meshgrid(np.linspace(-1, 1, 7), np.linspace(0, 1, 9))
    image = np.full((400, 140, 3), (30, 36, 58), np.uint8)
    image[280:312] = (214, 220, 96)
    image[289:303] = (206, 210, 214)
    centre = side * (0.245 + 0.1 * v)
    x = centre + u * (0.085 - 0.02 * v)
    z = 0.06 * np.sqrt(np.clip(1 - u * u, 0, 1)) + 0.008 + 0.02 * v
    drop = 0.05 * (1 + side * u) * (1 - v) ** 2
    stage.add(Sheet(spot.at(np.stack([x, -0.045 - v * 0.66 - drop, z], axis=-1)), weave(stage.rng, image)))


def coat(stage: Stage, spot: Spot, colour: Colour, long: float = 0.85) -> None:
    """A plain coat or dressing gown on a hook."""
    stage.drape(spot, (0.36, long), cloth(stage.rng, 0.4, long, colour), waves=3, depth=0.04, gather=-0.25)
    stage.block(spot.moved(y=-long, z=0.008), (0.3, long * 0.9, 0.01), colour)


def school_bag(stage: Stage, spot: Spot, colour: Colour, name: str, accent: Colour, mark: str = "bag") -> None:
    """A school bag standing at a wall, with a flap, buckles and the name of an invented school."""
    image = Image.new("RGB", (440, 480), colour)
    draw = ImageDraw.Draw(image)
    dark = tuple(int(c * 0.7) for c in colour)
    draw.rounded_rectangle((36, 14, 404, 250), 46, fill=dark)
    draw.rounded_rectangle((70, 290, 370, 450), 30, outline=dark, width=9)
    for x in (120, 290):
        draw.rectangle((x, 210, x + 30, 330), fill=(222, 196, 130))
        draw.rectangle((x - 6, 272, x + 36, 304), fill=(196, 196, 200))
    draw.ellipse((160, 50, 280, 170), fill=accent)
    draw.polygon([(220, 66), (246, 130), (192, 92), (248, 92), (194, 130)], fill=(250, 244, 230))
    write(draw, (220, 196), name, 30, (250, 244, 230), "bold", 330)
    texture = weave(stage.rng, np.array(image))
    stage.box(spot.moved(z=0.06), (0.33, 0.36, 0.11), colour)
    stage.cushion(spot.moved(y=0.19, z=0.1), (0.36, 0.38), 0.1, texture, upright=True, boxy=6)
    stage.scene.marks[mark] = np.stack([spot.at((x, y, 0.16)) for x in (-0.18, 0.18) for y in (0, 0.38)])


def building_blocks(stage: Stage, spot: Spot, count: int = 12) -> None:
    """Coloured wooden blocks with letters, some stacked."""
    inks: tuple[Colour, ...] = ((204, 72, 60), (58, 116, 168), (232, 182, 72), (84, 144, 96), (150, 96, 150))
    for index in range(count):
        side = 0.055
        ring = 0 if index < 4 else float(stage.rng.uniform(0.16, 0.42))
        angle = float(stage.rng.uniform(0, 6.28))
        level = index * side if index < 4 else 0.0
        place = spot.moved(
            x=ring * np.cos(angle), y=level, z=ring * np.sin(angle), turn=float(stage.rng.uniform(-0.6, 0.6))
        )
        letter = _letter(chr(65 + int(stage.rng.integers(26))), inks[index % len(inks)])
        sides = dict.fromkeys(("front", "back", "left", "right", "top"), letter)
        stage.box(place, (side, side, side), inks[index % len(inks)], faces=sides)


def _letter(text: str, ink: Colour) -> Pixels:
    image = Image.new("RGB", (96, 96), (232, 210, 172))
    draw = ImageDraw.Draw(image)
    draw.rectangle((3, 3, 92, 92), outline=ink, width=9)
    write(draw, (48, 46), text, 58, ink)
    return np.array(image)


def ball(stage: Stage, spot: Spot, radius: float, first: Colour, second: Colour) -> None:
    """A striped ball."""
    texture = np.zeros((60, 240, 3), np.uint8)
    texture[:] = np.where((np.arange(240) // 20 % 2)[None, :, None] > 0, np.array(first), np.array(second))
    heights = (1 - np.cos(np.linspace(0, np.pi, 13))) * radius
    profile = [(float(np.sqrt(max(0.0, radius**2 - (y - radius) ** 2))) + 1e-4, float(y)) for y in heights]
    stage.turned(spot, profile, texture)


def clock(stage: Stage, spot: Spot, hour: int, minute: int, rim: Colour = (120, 60, 48)) -> None:
    """A wall clock."""
    stage.board(spot.moved(z=0.02), (0.3, 0.3), dial(hour, minute, rim), mark="clock")


def wall_socket(stage: Stage, spot: Spot, country: str) -> None:
    """The socket of a country, as `mark` "socket"."""
    face = socket(country)
    stage.box(
        spot.moved(y=-0.042, z=0.008),
        (0.085, 0.085, 0.016),
        (240, 238, 232),
        faces={"front": face},
        omit="back",
        casts=False,
    )
    stage.scene.marks["socket"] = np.stack([spot.at((x, y, 0.016)) for x in (-0.043, 0.043) for y in (-0.042, 0.043)])


def towel(stage: Stage, spot: Spot, colour: Colour, size: tuple[float, float] = (0.45, 0.6)) -> None:
    """A striped towel over a rail."""
    fabric = cloth(stage.rng, *size, colour)
    for at in (0.72, 0.78, 0.88):
        fabric[int(at * len(fabric)) : int((at + 0.025) * len(fabric))] = (240, 236, 226)
    stage.drape(spot, size, fabric, waves=3, depth=0.012)
    stage.box(spot.moved(y=-0.005, z=0.02), (size[0] + 0.14, 0.018, 0.018), (190, 190, 194), casts=False)


def screen(stage: Stage, spot: Spot, picture: Pixels, size: tuple[float, float] = (0.56, 0.34)) -> None:
    """A monitor or television on a foot."""
    stage.box(spot, (0.22, 0.015, 0.16), (40, 40, 44))
    stage.box(spot.moved(y=0.01, z=-0.02), (0.05, 0.12, 0.03), (40, 40, 44))
    stage.box(spot.moved(y=0.1), (size[0], size[1], 0.03), (34, 34, 38), omit="")
    stage.board(spot.moved(y=0.1 + size[1] / 2, z=0.018), (size[0] - 0.03, size[1] - 0.03), picture)


def veil(rng: np.random.Generator, colour: Colour = (240, 238, 230)) -> Pixels:
    """Thin curtain cloth that lets the light through (RGBA)."""
    shade = noise(rng, 300, 400, (14, 2), 2)
    body = np.clip(np.asarray(colour) * (1 + shade[..., None] * 0.06), 0, 255)
    return np.dstack([body, np.full((400, 300), 120)]).astype(np.uint8)
