"""The other rooms: a lounge, a children's room, a cloakroom, a living room, a study and a kitchen."""

import numpy as np

from fanal.doors.demo import furniture as f
from fanal.doors.demo import objects as o
from fanal.doors.demo import patterns as p
from fanal.doors.demo.artwork import calendar, canvas, framed, notice, poster
from fanal.doors.demo.scenery import landscape
from fanal.doors.demo.shell import Room, Shell, View
from fanal.doors.demo.surfaces import Pixels
from fanal.doors.demo.textures import Colour, brick, carpet, cloth, herringbone, planks, plaster, tiles


def lounge(rng: np.random.Generator) -> Room:
    """A lounge in New Zealand, with hills and sea outside."""
    shell = Shell((5.2, 2.6, 4.6), rng)
    stage = shell.stage
    shell.sides(lambda w, h: plaster(rng, w, h, (206, 214, 204)), lambda w, h: planks(rng, w, h, (190, 148, 100)))
    shell.window("left", 2.4, 0.55, (2.3, 1.6), "sea", bars=(3, 1), curtain=shell.curtain_cloth((214, 190, 140)))
    accents = (
        p.papered(rng, p.blossoms((236, 226, 206), ((206, 96, 76), (226, 164, 96)), (110, 70, 60)), 0.3)(0.45, 0.45),
        cloth(rng, 0.4, 0.4, (204, 140, 66)),
    )
    f.sofa(stage, stage.wall("back", 2.2, out=0.05), (74, 112, 118), accents, 2.1)
    f.bookcase(stage, stage.wall("back", 4.45), (1.1, 2.0, 0.3), 5, f.PINE)
    stage.board(
        stage.wall("back", 2.2, 1.68, 0.015),
        (1.15, 0.8),
        framed(rng, landscape(rng, "sea", 640, 420), (142, 104, 66)),
        mark="painting",
    )
    f.rug(
        stage,
        stage.wall("back", 2.3, out=1.9),
        (2.4, 1.6),
        p.papered(rng, p.diamonds((222, 208, 178), (58, 96, 104), (198, 112, 70)), 0.6)(2.4, 1.6),
    )
    f.table(stage, stage.wall("back", 2.3, out=1.55), (1.0, 0.42, 0.55), f.WALNUT, round_legs=True)
    o.cup(stage, stage.wall("back", 2.15, 0.42, 1.8), (204, 92, 70))
    o.plant(stage, stage.wall("back", 0.5, 0, 0.4), (216, 210, 196), 1.0, 20)
    f.cupboard(stage, stage.wall("right", 2.5), (1.4, 0.6, 0.42), 3, f.boards(stage, f.PINE))
    o.screen(stage, stage.wall("right", 2.5, 0.6, 0.22), np.full((90, 160, 3), (28, 32, 36), np.uint8), (0.95, 0.55))
    f.table_lamp(stage, stage.wall("right", 3.08, 0.6, 0.22), (88, 116, 110), (240, 226, 190), 0.6)
    o.clock(stage, stage.wall("right", 1.5, 1.9), 10, 9, (58, 96, 104))
    words = ("NGĀ PŌ O TE MARAMA", "Kōtare Bay", "harbour lights festival · all welcome")
    stage.board(
        stage.wall("right", 3.7, 1.55, 0.012), (0.6, 0.85), poster(rng, "sea", words, (26, 84, 96)), mark="poster"
    )
    o.wall_socket(stage, stage.wall("right", 1.5, 0.34), "NZ")
    f.pendant(stage, stage.wall("back", 2.5, 2.6, 2.3), 0.5, (236, 220, 180))
    return shell.done(
        "lounge",
        View((0.7, 1.6, 4.2), (3.2, 0.8, 0.5), 74),
        View((4.7, 1.6, 4.1), (1.6, 0.85, 0.6), 74),
        View((2.6, 1.5, 4.2), (2.6, 1.0, 0.0), 72),
        View((1.2, 1.5, 2.0), (5.2, 1.1, 2.6), 68),
    )


def childrens_room(rng: np.random.Generator) -> Room:
    """A children's room in Australia: toys, a school bag, a cover with stars."""
    shell = Shell((4.0, 2.5, 4.2), rng)
    stage = shell.stage
    stripes = p.papered(rng, p.stripes(((206, 222, 226), (190, 210, 216)), (1, 1)), 0.22)
    shell.sides(stripes, lambda w, h: carpet(rng, w, h, (150, 158, 160)))
    shell.window(
        "left",
        2.0,
        0.9,
        (1.4, 1.15),
        "forest",
        curtain=p.papered(rng, p.stars((232, 190, 90), (250, 240, 214)), 0.24)(0.5, 1.6),
    )
    cover = p.papered(rng, p.stars((44, 74, 120), (246, 214, 120)), 0.42)(1.3, 1.7)
    f.bed(stage, stage.wall("back", 0.95, out=0.02), cover, (246, 226, 160), f.PINE, (1.0, 1.95))
    f.bookcase(stage, stage.wall("back", 2.3), (0.95, 1.25, 0.3), 3, (222, 216, 204))
    o.ball(stage, stage.wall("back", 2.1, 1.25, 0.15), 0.12, (208, 74, 60), (244, 236, 220))
    o.plant(stage, stage.wall("back", 2.6, 1.25, 0.15), (84, 130, 150), 0.25, 10)
    o.school_bag(stage, stage.wall("back", 3.2, 0, 0.06), (38, 96, 84), "BANKSIA HILL", (236, 178, 60))
    stage.board(
        stage.wall("back", 3.4, 1.5, 0.012),
        (0.6, 0.85),
        poster(rng, "desert", ("BIG SKY OBSERVATORY", "Look up!", "family nights · every new moon"), (52, 52, 104)),
        mark="poster",
    )
    f.table(stage, stage.wall("right", 2.6), (1.2, 0.62, 0.55), f.PINE)
    f.table_lamp(stage, stage.wall("right", 3.05, 0.62, 0.2), (204, 84, 62), (250, 232, 180), 0.6)
    stage.board(
        stage.wall("right", 2.5, 1.35, 0.012),
        (0.7, 0.52),
        notice(("MY WEEK", "Mon swimming", "Wed library", "Fri show and tell"), (255, 250, 236), (40, 110, 120)),
    )
    f.chair(stage, stage.wall("right", 2.5, out=1.05).moved(turn=np.pi), f.PINE, (204, 84, 62))
    f.rug(
        stage,
        stage.wall("back", 2.3, out=2.4),
        (1.6, 1.6),
        p.papered(rng, p.blossoms((232, 222, 200), ((92, 150, 146), (214, 118, 88)), (240, 196, 90)), 0.8)(1.6, 1.6),
    )
    o.building_blocks(stage, stage.wall("back", 2.4, 0.012, 2.2), 18)
    o.ball(stage, stage.wall("back", 1.75, 0.01, 2.7), 0.13, (66, 120, 168), (246, 222, 120))
    o.clock(stage, stage.wall("right", 1.5, 1.75), 3, 25, (66, 120, 168))
    o.wall_socket(stage, stage.wall("back", 1.65, 0.34), "AU")
    f.pendant(stage, stage.wall("back", 2.0, 2.5, 2.1), 0.4, (240, 200, 110))
    return shell.done(
        "children's room",
        View((0.6, 1.55, 3.9), (2.6, 0.7, 0.6), 74),
        View((3.5, 1.55, 3.8), (1.3, 0.7, 0.6), 74),
        View((2.2, 1.2, 3.6), (2.9, 0.75, 0.0), 60),
        View((0.9, 1.5, 2.4), (4.0, 0.9, 2.4), 66),
    )


def cloakroom(rng: np.random.Generator) -> Room:
    """A school's cloakroom: bags of the same school under hooks."""
    shell = Shell((5.4, 2.7, 3.4), rng)
    stage = shell.stage

    def wall(width: float, height: float) -> Pixels:
        picture = plaster(rng, width, height, (240, 230, 202))
        cut = int(picture.shape[0] * 0.55)
        picture[cut:] = plaster(rng, width, height, (108, 150, 146))[cut:]
        return picture

    shell.sides(wall, lambda w, h: tiles(rng, w, h, (200, 192, 172), (0.3, 0.3), (180, 172, 152)))
    shell.window("left", 1.7, 1.0, (1.7, 1.2), "forest", bars=(3, 2))
    stage.box(stage.wall("back", 2.5, 0.38, 0.2), (4.4, 0.05, 0.38), f.boards(stage, f.PINE), omit="")
    for x in (0.5, 1.8, 3.2, 4.5):
        stage.box(stage.wall("back", x, 0, 0.2), (0.06, 0.38, 0.3), (86, 90, 94))
    o.rail(stage, stage.wall("back", 2.5, 1.35), 4.3, 10)
    inks: tuple[tuple[Colour, Colour], ...] = (
        ((38, 96, 84), (236, 178, 60)),
        ((44, 66, 116), (232, 120, 80)),
        ((130, 48, 56), (236, 208, 140)),
        ((38, 96, 84), (236, 178, 60)),
    )
    for index, (colour, accent) in enumerate(inks):
        name = "BANKSIA HILL" if colour == (38, 96, 84) else ("WATTLE CREEK", "RIVERBEND")[index - 1]
        o.school_bag(stage, stage.wall("back", 0.8 + index * 1.05, 0.43, 0.08), colour, name, accent, f"bag {index}")
    for x, colour in ((1.35, (196, 150, 60)), (2.4, (70, 90, 120)), (3.4, (160, 70, 60))):
        o.coat(stage, stage.wall("back", x, 1.36, 0.04), colour, 0.7)
    stage.board(
        stage.wall("back", 2.5, 2.0, 0.012),
        (1.5, 0.42),
        notice(("BANKSIA HILL SCHOOL", "kind · curious · brave"), (250, 244, 226), (38, 96, 84), (900, 250)),
    )
    stage.board(
        stage.wall("right", 1.2, 1.6, 0.012),
        (0.62, 0.86),
        calendar("NOVEMBER", "Mo Tu We Th Fr Sa Su", (150, 66, 42), rng),
    )
    for k in range(3):
        stage.board(
            stage.wall("right", 2.2 + (k % 2) * 0.6, 1.35 + k * 0.3, 0.012), (0.48, 0.38), canvas(rng, 420, 330)
        )
    o.clock(stage, stage.wall("back", 4.7, 2.05), 8, 50)
    o.wall_socket(stage, stage.wall("back", 4.9, 0.4), "AU")
    shell.door("front", 2.0, (120, 84, 60))
    f.pendant(stage, stage.wall("back", 1.5, 2.7, 1.7), 0.35, (238, 236, 226))
    f.pendant(stage, stage.wall("back", 3.9, 2.7, 1.7), 0.35, (238, 236, 226))
    return shell.done(
        "cloakroom",
        View((0.7, 1.5, 3.0), (3.0, 0.9, 0.2), 74),
        View((1.6, 1.25, 2.4), (1.5, 0.75, 0.0), 62),
        View((4.8, 1.5, 3.0), (2.2, 0.9, 0.1), 72),
        View((2.2, 1.5, 2.4), (5.4, 1.4, 1.8), 66),
    )


def living_room(rng: np.random.Generator) -> Room:
    """A living room in Britain with a brick chimney."""
    shell = Shell((4.8, 2.6, 4.4), rng)
    stage = shell.stage
    paper = p.papered(rng, p.blossoms((198, 206, 190), ((172, 184, 160), (182, 192, 172)), (160, 150, 110)), 0.3)
    shell.sides(paper, lambda w, h: herringbone(rng, w, h, (150, 104, 66)))
    shell.window(
        "left",
        2.2,
        0.75,
        (1.5, 1.35),
        "town",
        bars=(2, 3),
        curtain=p.papered(rng, p.tartan((120, 46, 50), (44, 58, 70), (214, 180, 110)), 0.4)(0.5, 1.8),
    )
    stage.box(stage.wall("back", 2.4, 0, 0.2), (1.5, 2.6, 0.4), lambda w, h: brick(rng, w, h))
    stage.box(stage.wall("back", 2.4, 0.06, 0.401), (0.7, 0.72, 0.012), (26, 22, 22), omit="back bottom", casts=False)
    stage.box(stage.wall("back", 2.4, 1.15, 0.26), (1.75, 0.07, 0.52), f.boards(stage, f.WALNUT), omit="")
    stage.box(stage.wall("back", 2.4, 0, 0.62), (1.4, 0.04, 0.45), (120, 116, 112))
    o.clock(stage, stage.wall("back", 2.4, 1.4, 0.41), 4, 50, (176, 140, 70))
    o.plant(stage, stage.wall("back", 1.85, 1.22, 0.3), (150, 120, 90), 0.3, 10)
    o.bottle(stage, stage.wall("back", 2.95, 1.22, 0.3), "HEATH", (84, 64, 96), (226, 214, 190), (0.04, 0.22))
    stage.board(
        stage.wall("back", 2.4, 1.98, 0.415),
        (0.85, 0.6),
        framed(rng, landscape(rng, "moors", 560, 380), (176, 140, 70)),
        mark="painting",
    )
    f.bookcase(stage, stage.wall("back", 0.85), (1.1, 2.1, 0.3), 5, f.WALNUT)
    f.bookcase(stage, stage.wall("back", 4.0), (1.1, 2.1, 0.3), 5, f.WALNUT)
    accent = p.papered(rng, p.tartan((120, 46, 50), (44, 58, 70), (214, 180, 110)), 0.3)(0.45, 0.45)
    f.sofa(stage, stage.wall("right", 2.6, out=0.05), (126, 58, 56), (accent, accent), 2.0)
    stage.board(
        stage.wall("right", 2.6, 1.6, 0.015),
        (0.75, 0.95),
        poster(rng, "moors", ("THE NIGHT MAIL", "Harrowmoor", "branch line excursions daily"), (72, 52, 96)),
        mark="poster",
    )
    f.rug(
        stage,
        stage.wall("back", 2.4, out=2.2),
        (2.0, 1.5),
        p.papered(rng, p.diamonds((104, 40, 44), (206, 168, 104), (40, 56, 76)), 0.5)(2.0, 1.5),
    )
    f.table(stage, stage.wall("right", 0.95, out=0.1), (0.5, 0.55, 0.45), f.WALNUT)
    f.table_lamp(stage, stage.wall("right", 0.95, 0.55, 0.32), (64, 92, 82), (232, 208, 160), 0.6)
    o.wall_socket(stage, stage.wall("right", 4.0, 0.4), "GB")
    f.pendant(stage, stage.wall("back", 2.4, 2.6, 2.3), 0.45, (226, 206, 160))
    return shell.done(
        "living room",
        View((0.7, 1.6, 4.0), (3.1, 0.95, 0.8), 74),
        View((2.4, 1.5, 4.1), (2.4, 1.1, 0.0), 70),
        View((1.0, 1.5, 1.6), (4.8, 0.9, 2.7), 70),
        View((4.3, 1.6, 4.0), (1.4, 0.95, 0.7), 74),
    )


def study(rng: np.random.Generator) -> Room:
    """A study in Britain: a desk, a screen, many books, the same motel poster on the wall."""
    shell = Shell((4.2, 2.5, 4.0), rng)
    stage = shell.stage
    shell.sides(lambda w, h: plaster(rng, w, h, (104, 128, 124)), lambda w, h: carpet(rng, w, h, (138, 124, 104)))
    shell.window("left", 2.1, 0.85, (1.3, 1.25), "moors", bars=(2, 3), curtain=shell.curtain_cloth((196, 178, 140)))
    f.table(stage, stage.wall("back", 1.7, out=0.02), (1.7, 0.74, 0.72), f.OAK)
    o.screen(stage, stage.wall("back", 1.6, 0.74, 0.26), landscape(rng, "hills", 400, 240))
    stage.box(stage.wall("back", 1.6, 0.74, 0.52), (0.44, 0.02, 0.15), (54, 54, 58))
    o.cup(stage, stage.wall("back", 2.05, 0.74, 0.45), (230, 196, 90))
    f.table_lamp(stage, stage.wall("back", 1.02, 0.74, 0.28), (40, 70, 66), (226, 220, 190), 0.6)
    f.chair(stage, stage.wall("back", 1.6, out=1.35).moved(turn=np.pi), f.OAK, (60, 84, 80))
    words = ("WELCOME TO THE", "MESA LANTERN", "Motor Lodge · Route 84 · Alta Vega")
    stage.board(
        stage.wall("back", 1.6, 1.72, 0.012),
        (0.6, 0.85),
        poster(np.random.default_rng(84), "desert", words, (150, 66, 42)),
        mark="poster",
    )
    f.bookcase(stage, stage.wall("back", 3.4), (1.3, 2.2, 0.32), 6, f.OAK)
    f.bookcase(stage, stage.wall("right", 1.5), (1.5, 2.2, 0.32), 6, f.OAK)
    stage.board(stage.wall("right", 3.1, 1.5, 0.015), (0.8, 0.62), framed(rng, canvas(rng), (40, 36, 34)))
    f.drawers(stage, stage.wall("right", 3.1), (0.9, 0.7, 0.42), 3, f.OAK)
    o.plant(stage, stage.wall("right", 3.1, 0.7, 0.22), (190, 120, 84), 0.4, 14)
    stage.board(
        stage.wall("back", 2.35, 1.5, 0.012), (0.38, 0.52), calendar("MAY", "Mo Tu We Th Fr Sa Su", (40, 70, 66), rng)
    )
    f.rug(
        stage,
        stage.wall("back", 2.0, out=2.5),
        (1.8, 1.2),
        p.papered(rng, p.tartan((96, 108, 92), (50, 60, 66), (196, 160, 90)), 0.6)(1.8, 1.2),
    )
    o.wall_socket(stage, stage.wall("back", 2.62, 0.36), "GB")
    f.pendant(stage, stage.wall("back", 2.1, 2.5, 2.0), 0.4, (226, 220, 190))
    return shell.done(
        "study",
        View((0.6, 1.6, 3.6), (2.4, 0.95, 0.5), 74),
        View((2.6, 1.5, 3.4), (1.8, 1.1, 0.0), 62),
        View((3.6, 1.6, 3.5), (1.3, 0.95, 0.5), 74),
        View((1.2, 1.5, 2.8), (4.2, 1.0, 1.4), 70),
    )


def kitchen(rng: np.random.Generator) -> Room:
    """A kitchen in the United States."""
    shell = Shell((4.6, 2.6, 4.4), rng)
    stage = shell.stage
    shell.sides(
        lambda w, h: plaster(rng, w, h, (236, 222, 178)),
        lambda w, h: tiles(rng, w, h, (226, 220, 206), (0.33, 0.33), (150, 70, 60)),
    )
    shell.window(
        "left",
        2.2,
        1.0,
        (1.5, 1.1),
        "hills",
        curtain=p.papered(rng, p.tartan((226, 222, 210), (190, 84, 72), (190, 84, 72)), 0.16)(0.5, 1.2),
    )
    f.cupboard(stage, stage.wall("back", 1.6), (2.4, 0.86, 0.58), 4, (94, 132, 126))
    stage.box(stage.wall("back", 1.6, 0.86, 0.3), (2.46, 0.04, 0.63), f.boards(stage, f.OAK))
    f.cupboard(stage, stage.wall("back", 1.6, 1.55), (2.4, 0.7, 0.34), 4, (94, 132, 126), foot=0.0)
    splash = stage.wall("back", 1.6, 1.225, 0.006)
    stage.board(splash, (2.4, 0.65), tiles(rng, 2.4, 0.65, (240, 236, 226), (0.15, 0.075)))
    f.cupboard(stage, stage.wall("back", 3.4), (0.78, 1.85, 0.68), 1, (222, 226, 226))
    for index, (name, ground) in enumerate(
        (("OAT", (206, 170, 110)), ("RYE", (150, 110, 80)), ("TEA", (90, 120, 100)))
    ):
        o.bottle(stage, stage.wall("back", 0.7 + index * 0.16, 0.9, 0.2), name, ground, (250, 244, 230), (0.05, 0.19))
    o.cup(stage, stage.wall("back", 1.5, 0.9, 0.3), (190, 84, 72))
    o.plant(stage, stage.wall("back", 2.5, 0.9, 0.25), (190, 110, 80), 0.3, 12)
    f.table(stage, stage.wall("back", 2.3, out=2.1), (1.4, 0.75, 0.85), f.PINE)
    table = stage.wall("back", 2.3, 0.752, 2.52)
    stage.mat(
        table, (0.6, 0.84), p.papered(rng, p.tartan((226, 222, 210), (190, 84, 72), (190, 84, 72)), 0.2)(0.6, 0.84)
    )
    stage.turned(table, ((0.07, 0), (0.15, 0.08)), (232, 228, 216), cap=(206, 120, 70))
    o.cup(stage, table.moved(x=0.45, z=0.1), (94, 132, 126))
    f.chair(stage, table.moved(x=-0.35, y=-0.752, z=0.95, turn=np.pi), f.PINE, (190, 84, 72))
    f.chair(stage, table.moved(x=0.4, y=-0.752, z=0.95, turn=np.pi + 0.3), f.PINE, (190, 84, 72))
    o.clock(stage, stage.wall("right", 1.5, 1.9), 6, 35, (94, 132, 126))
    stage.board(
        stage.wall("right", 2.5, 1.55, 0.012),
        (0.6, 0.82),
        calendar("OCTOBER", "Su Mo Tu We Th Fr Sa", (190, 84, 72), rng),
    )
    stage.board(
        stage.wall("right", 3.4, 1.6, 0.012),
        (0.62, 0.88),
        poster(rng, "hills", ("FALL COUNTY FAIR", "Cedar Fork", "pies · music · lanterns at dusk"), (150, 84, 40)),
        mark="poster",
    )
    o.wall_socket(stage, stage.wall("back", 2.1, 1.1, 0.008), "US")
    f.pendant(stage, stage.wall("back", 2.3, 2.6, 2.5), 0.75, (190, 84, 72))
    return shell.done(
        "kitchen",
        View((0.6, 1.6, 4.0), (2.6, 0.9, 0.6), 74),
        View((4.1, 1.6, 4.1), (1.5, 0.9, 0.6), 74),
        View((2.2, 1.5, 4.1), (2.2, 1.0, 0.0), 66),
        View((1.2, 1.5, 1.7), (4.6, 1.0, 2.6), 70),
    )
