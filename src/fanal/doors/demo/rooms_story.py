"""The rooms of the story: the attic bedroom, the bathroom, the fire station and the motel."""

import numpy as np

from fanal.doors.demo import furniture as f
from fanal.doors.demo import objects as o
from fanal.doors.demo import patterns as p
from fanal.doors.demo.artwork import badge, canvas, framed, notice, poster
from fanal.doors.demo.shapes import Spot, Stage
from fanal.doors.demo.shell import Room, Shell, View
from fanal.doors.demo.surfaces import Pixels
from fanal.doors.demo.textures import carpet, cloth, planks, plaster, tiles


def attic_bedroom(rng: np.random.Generator) -> Room:
    """The room the pictures from New Zealand show: bottle on the chest, uniform on the hook."""
    shell = Shell((4.2, 2.55, 4.6), rng)
    stage = shell.stage
    paper = p.papered(rng, p.leaves((226, 218, 196), (150, 168, 134), (176, 162, 120)), 0.24, drop=True)
    shell.sides(
        lambda w, h: plaster(rng, w, h, (224, 212, 188)), lambda w, h: planks(rng, w, h, (164, 116, 74)), accent=paper
    )
    shell.window("left", 2.0, 0.85, (1.25, 1.2), "hills", curtain=shell.curtain_cloth((168, 84, 66)))
    cover = p.quilt(
        rng, ((190, 84, 70), (232, 206, 158), (70, 104, 124), (222, 168, 88), (240, 232, 214), (108, 136, 108))
    )
    f.bed(stage, stage.wall("back", 1.55, out=0.02), cover, (232, 206, 158), f.WALNUT)
    f.drawers(stage, stage.wall("right", 2.35), (1.05, 0.84, 0.46), 3, f.OAK)
    top = stage.wall("right", 2.35, 0.84, 0.24)
    o.marked_bottle(stage, top.moved(x=0.02, z=0.06), 1.15)
    o.bottle(stage, top.moved(x=0.2, z=-0.02), "NIVÔSE", (232, 226, 214), (120, 90, 120))
    o.cup(stage, top.moved(x=-0.2, z=0.05), (206, 214, 220))
    f.table_lamp(stage, top.moved(x=-0.4), (122, 84, 60), (238, 220, 178))
    o.rail(stage, stage.wall("right", 3.6, 1.72), 0.95, 4)
    o.uniform(stage, stage.wall("right", 3.45, 1.76, 0.05))
    o.coat(stage, stage.wall("right", 3.98, 1.74, 0.04), (122, 116, 96))
    stage.board(
        stage.wall("back", 3.05, 1.62, 0.012),
        (0.62, 0.88),
        poster(rng, "hills", ("FÊTE DES LANTERNES", "Val-Lisane", "12 – 14 juillet · entrée libre"), (42, 82, 108)),
        mark="poster",
    )
    o.wall_socket(stage, stage.wall("back", 3.3, 0.34), "FR")
    f.rug(
        stage,
        stage.wall("back", 2.3, out=3.2),
        (1.9, 1.2),
        p.papered(rng, p.diamonds((132, 52, 46), (226, 186, 120), (38, 58, 78)), 0.48)(1.9, 1.2),
    )
    f.shelf(stage, stage.wall("back", 1.5, 1.5), 0.9, 0.2, f.OAK)
    o.plant(stage, stage.wall("back", 1.75, 1.53, 0.11), (176, 98, 70), 0.26, 10)
    f.pendant(stage, stage.wall("back", 2.2, 2.55, 2.4), 0.55, (236, 214, 170))
    o.building_blocks(stage, stage.wall("back", 3.1, 0.012, 1.7), 10)
    stage.board(stage.wall("right", 1.25, 1.55, 0.015), (0.72, 0.58), framed(rng, canvas(rng), (112, 76, 54)))
    stage.board(stage.wall("front", 2.2, 1.55, 0.015), (0.95, 0.7), framed(rng, canvas(rng), (60, 50, 44)))
    f.bookcase(stage, stage.wall("front", 0.75), (1.0, 1.3, 0.3), 3, f.OAK)
    stage.board(stage.wall("right", 2.35, 1.62, 0.015), (0.5, 0.4), framed(rng, canvas(rng, 400, 300), (176, 132, 88)))
    return shell.done(
        "attic bedroom",
        View((0.7, 1.6, 4.2), (2.9, 0.8, 1.1), 70),
        View((1.75, 1.42, 2.5), (4.2, 1.18, 2.93), 60),
        View((2.2, 1.35, 4.2), (3.3, 0.95, 0.6), 60),
        View((3.3, 1.7, 4.1), (0.9, 0.75, 1.2), 72),
        View((2.0, 1.35, 2.9), (4.0, 1.05, 2.6), 50),
        View((1.7, 1.3, 3.3), (4.1, 1.25, 3.2), 52),
        View((3.5, 1.5, 0.5), (1.2, 0.8, 3.6), 74),
    )


def bathroom(rng: np.random.Generator) -> Room:
    """A tiled bathroom in France with the same bottle on its shelf."""
    shell = Shell((2.9, 2.5, 3.3), rng)
    stage = shell.stage

    def half_tiled(width: float, height: float) -> Pixels:
        picture = tiles(rng, width, height, (222, 232, 228), (0.15, 0.15))
        rows = picture.shape[0]
        painted = plaster(rng, width, height * 0.36, (206, 220, 218))
        picture[: int(rows * 0.36)] = np.array(painted[: painted.shape[0]].mean(axis=(0, 1)), np.uint8)
        picture[int(rows * 0.36) : int(rows * 0.39)] = (48, 106, 120)
        return picture

    shell.sides(half_tiled, lambda w, h: tiles(rng, w, h, (232, 228, 216), (0.2, 0.2), (92, 122, 130)))
    shell.window("left", 1.5, 1.25, (0.9, 0.8), "hills", bars=(2, 1))
    f.cupboard(stage, stage.wall("back", 1.5), (1.0, 0.78, 0.46), 2, (216, 206, 186))
    stage.box(stage.wall("back", 1.5, 0.78, 0.24), (1.08, 0.05, 0.52), (240, 240, 238))
    basin = stage.wall("back", 1.5, 0.83, 0.28)
    stage.turned(basin, ((0.16, 0), (0.23, 0.11)), (244, 244, 242), cap=(206, 212, 214))
    stage.turned(basin.moved(z=-0.2), ((0.018, 0), (0.018, 0.24)), (196, 198, 202))
    stage.box(basin.moved(y=0.22, z=-0.13), (0.03, 0.025, 0.16), (196, 198, 202), omit="")
    mirror = np.linspace((214, 226, 230), (176, 198, 206), 200).astype(np.uint8)[:, None].repeat(150, 1)
    stage.board(stage.wall("back", 1.5, 1.62, 0.02), (0.72, 0.9), framed(rng, mirror, (150, 112, 74), 4, 8))
    f.shelf(stage, stage.wall("right", 1.25, 1.2), 0.9, 0.17, f.PINE)
    row = stage.wall("right", 1.25, 1.23, 0.09)
    o.marked_bottle(stage, row.moved(x=-0.14))
    o.bottle(stage, row.moved(x=0.03), "PLUME", (226, 170, 160), (250, 244, 236))
    o.bottle(stage, row.moved(x=0.15, z=0.01), "SAULE", (116, 150, 110), (240, 236, 214), (0.03, 0.16))
    o.cup(stage, row.moved(x=0.3), (72, 128, 150))
    o.towel(stage, stage.wall("right", 2.3, 1.35, 0.04), (198, 108, 84))
    o.towel(stage, stage.wall("left", 2.75, 1.3, 0.04), (88, 126, 134), (0.4, 0.55))
    stage.box(stage.wall("right", 2.4, 0, 0.24), (0.44, 0.5, 0.42), lambda w, h: cloth(rng, w, h, (206, 180, 138)))
    f.rug(
        stage,
        stage.wall("back", 1.5, out=1.15),
        (0.95, 0.6),
        p.papered(rng, p.stripes(((70, 118, 130), (232, 226, 212)), (1, 1)), 0.12)(0.95, 0.6),
    )
    o.plant(stage, stage.wall("back", 0.32, 0, 0.3), (232, 228, 220), 0.75, 18)
    o.wall_socket(stage, stage.wall("back", 2.3, 1.15), "FR")
    o.coat(stage, stage.wall("back", 2.55, 1.85, 0.03), (226, 222, 206), 1.05)
    f.pendant(stage, stage.wall("back", 1.45, 2.5, 1.7), 0.3, (244, 240, 228), 1.2)
    return shell.done(
        "bathroom",
        View((0.6, 1.6, 3.0), (2.0, 1.05, 0.4), 74),
        View((0.9, 1.5, 1.9), (2.9, 1.2, 1.25), 54),
        View((1.5, 1.55, 3.0), (1.6, 1.05, 0.2), 66),
        View((1.9, 1.55, 1.3), (2.9, 1.3, 1.25), 50),
        View((2.4, 1.7, 3.0), (0.5, 0.95, 0.4), 72),
    )


def fire_station(rng: np.random.Generator) -> Room:
    """The changing room of the invented brigade of Haute-Lisane: its uniforms, helmets and badge."""
    shell = Shell((5.0, 2.8, 4.2), rng)
    stage = shell.stage

    def wall(width: float, height: float) -> Pixels:
        picture = plaster(rng, width, height, (226, 220, 206))
        rows = picture.shape[0]
        picture[int(rows * 0.62) :] = plaster(rng, width, height, (142, 54, 50))[int(rows * 0.62) :]
        picture[int(rows * 0.615) : int(rows * 0.625)] = (214, 182, 92)
        return picture

    shell.sides(wall, lambda w, h: tiles(rng, w, h, (168, 166, 158), (0.3, 0.3), (150, 148, 142)))
    shell.window("left", 1.9, 1.2, (1.7, 1.05), "town", bars=(3, 2))
    for index in range(5):
        spot = stage.wall("back", 0.55 + index * 0.72, 1.78, 0.05)
        stage.box(stage.wall("back", 0.55 + index * 0.72, 1.88, 0.16), (0.66, 0.03, 0.32), (96, 100, 106))
        if index != 3:
            o.uniform(stage, spot, f"uniform {index}", front=index != 2)
        _helmet(stage, stage.wall("back", 0.55 + index * 0.72, 1.91, 0.17), index)
    o.rail(stage, stage.wall("back", 2.0, 1.74), 3.6, 5, (96, 100, 106))
    crest = np.full((420, 420, 3), (236, 230, 214), np.uint8)
    emblem = badge(420)
    share = emblem[..., 3:].astype(np.float32) / 255
    crest = (crest * (1 - share) + emblem[..., :3] * share).astype(np.uint8)
    stage.board(
        stage.wall("right", 2.1, 1.75, 0.02), (0.95, 0.95), framed(rng, crest, (120, 84, 52), 10, 12), mark="badge"
    )
    lines = (
        "CONSIGNES",
        "1. Vérifier l'appareil respiratoire",
        "2. Casque et gants au départ",
        "3. Prévenir le chef de garde",
    )
    stage.board(stage.wall("right", 3.4, 1.6, 0.012), (0.7, 0.5), notice(lines, (250, 246, 232), (150, 30, 34)))
    for x in (1.35, 3.0):
        bench = stage.wall("back", x, 0, 1.1)
        stage.box(bench.moved(y=0.42), (1.45, 0.05, 0.36), f.boards(stage, f.PINE), omit="")
        for side in (-0.6, 0.6):
            stage.box(bench.moved(x=side), (0.06, 0.42, 0.3), (70, 72, 78))
    f.cupboard(stage, stage.wall("right", 0.75), (0.95, 1.9, 0.5), 2, (118, 128, 136))
    o.clock(stage, stage.wall("right", 0.75, 2.3), 7, 42, (150, 30, 34))
    stage.turned(
        stage.wall("right", 3.75, 0, 0.25),
        ((0.09, 0), (0.09, 0.48), (0.04, 0.55)),
        o.shine(np.full((40, 80, 3), (190, 34, 36), np.uint8)),
        cap=(40, 40, 44),
    )
    o.wall_socket(stage, stage.wall("right", 2.9, 0.4), "FR")
    f.pendant(stage, stage.wall("back", 1.6, 2.8, 2.0), 0.3, (232, 232, 226), 1.6)
    f.pendant(stage, stage.wall("back", 3.6, 2.8, 2.0), 0.3, (232, 232, 226), 1.6)
    return shell.done(
        "fire station",
        View((0.7, 1.6, 3.8), (3.0, 1.15, 0.2), 74),
        View((1.0, 1.5, 2.7), (1.15, 1.35, 0.0), 58),
        View((2.6, 1.5, 3.6), (2.9, 1.25, 0.0), 64),
        View((4.5, 1.6, 3.7), (1.4, 1.15, 0.1), 72),
        View((2.2, 1.6, 2.2), (5.0, 1.45, 2.2), 58),
        View((0.9, 1.4, 1.75), (0.55, 1.45, 0.0), 46),
    )


def _helmet(stage: Stage, spot: Spot, index: int) -> None:
    colour = ((196, 200, 204), (196, 160, 70), (196, 200, 204), (180, 40, 40), (196, 200, 204))[index]
    texture = o.shine(np.full((40, 160, 3), colour, np.uint8), 0.05, 0.6)
    stage.turned(spot, ((0.15, 0), (0.135, 0.02), (0.13, 0.09), (0.1, 0.15), (0.05, 0.18), (0.004, 0.19)), texture)


def motel(rng: np.random.Generator) -> Room:
    """The motel room which Australia uploads and the United States knows."""
    shell = Shell((4.8, 2.5, 5.0), rng)
    stage = shell.stage
    paper = p.papered(rng, p.hexagons((206, 190, 160), (170, 140, 96), (190, 168, 130)), 0.3, squeeze=0.577)
    shell.sides(
        lambda w, h: plaster(rng, w, h, (214, 204, 186)), lambda w, h: carpet(rng, w, h, (112, 84, 74)), accent=paper
    )
    shell.window("left", 3.0, 0.7, (1.9, 1.35), "desert", bars=(2, 1), curtain=shell.curtain_cloth((62, 96, 98)))
    cover = p.mandala(rng, (34, 62, 82), ((222, 148, 74), (238, 216, 172), (186, 78, 62), (96, 150, 146)))
    f.bed(stage, stage.wall("back", 1.35, out=0.02), cover, (238, 232, 220), (136, 86, 56), (1.4, 2.0))
    f.bed(stage, stage.wall("back", 3.55, out=0.02), cover, (238, 232, 220), (136, 86, 56), (1.4, 2.0))
    f.drawers(stage, stage.wall("back", 2.45), (0.5, 0.55, 0.4), 2, (136, 86, 56))
    f.table_lamp(stage, stage.wall("back", 2.45, 0.55, 0.2), (180, 112, 62), (236, 206, 150), 0.6)
    words = ("RING +1 505 555 0142", "MESA LANTERN", "Motor Lodge · Route 84 · Alta Vega")
    stage.board(
        stage.wall("back", 2.45, 1.68, 0.012),
        (0.66, 0.94),
        poster(np.random.default_rng(84), "desert", words, (150, 66, 42)),
        mark="poster",
    )
    stage.board(stage.wall("right", 1.6, 1.55, 0.015), (0.9, 0.7), framed(rng, canvas(rng), (86, 60, 42)))
    f.drawers(stage, stage.wall("right", 3.3), (1.5, 0.75, 0.45), 3, (136, 86, 56), 2)
    picture = np.full((120, 200, 3), (26, 30, 34), np.uint8)
    o.screen(stage, stage.wall("right", 3.1, 0.75, 0.22), picture, (0.8, 0.48))
    f.table_lamp(stage, stage.wall("right", 3.9, 0.75, 0.22), (180, 112, 62), (236, 206, 150))
    lines = ("MESA LANTERN", "Check-out 11 a.m.", "Ice machine: ground floor", "Dial 9 for the front desk")
    stage.board(stage.wall("front", 1.2, 1.55, 0.012), (0.42, 0.3), notice(lines, (246, 236, 210), (150, 66, 42)))
    shell.door("front", 2.3, (148, 96, 64))
    chair = stage.wall("left", 4.25, 0, 0.05)
    f.chair(stage, chair, (136, 86, 56), (62, 96, 98))
    o.wall_socket(stage, stage.wall("right", 2.3, 0.36), "US")
    o.wall_socket(stage, stage.wall("back", 2.45, 0.85), "US")
    f.pendant(stage, stage.wall("back", 2.4, 2.5, 3.0), 0.35, (240, 214, 160), 1.2)
    return shell.done(
        "motel",
        View((0.6, 1.6, 4.6), (3.2, 0.75, 0.6), 74),
        View((4.2, 1.65, 4.5), (1.4, 0.75, 0.6), 74),
        View((2.45, 1.5, 4.4), (2.45, 0.95, 0.0), 66),
        View((1.7, 1.4, 3.3), (2.6, 1.1, 0.0), 54),
        View((3.0, 1.5, 2.9), (1.2, 0.7, 0.5), 66),
        View((1.0, 1.5, 3.6), (4.8, 0.95, 2.6), 66),
    )


def wares(rng: np.random.Generator) -> Room:
    """A shop's shelf of bottles: a reference picture of the marked one."""
    shell = Shell((2.4, 2.4, 2.2), rng)
    stage = shell.stage
    shell.sides(
        lambda w, h: plaster(rng, w, h, (228, 226, 220)), lambda w, h: tiles(rng, w, h, (196, 194, 188), (0.4, 0.4))
    )
    shell.window("left", 1.2, 1.0, (1.3, 1.1), "town")
    names = (
        ("PLUME", (226, 170, 160), (250, 244, 236)),
        ("SAULE", (116, 150, 110), (240, 236, 214)),
        ("NIVÔSE", (232, 226, 214), (120, 90, 120)),
        ("BRISE", (110, 160, 196), (244, 244, 240)),
    )
    for level in range(3):
        f.shelf(stage, stage.wall("back", 1.2, 0.75 + level * 0.42), 2.0, 0.28, f.PINE)
        for index in range(9):
            spot = stage.wall("back", 0.4 + index * 0.2, 0.78 + level * 0.42, 0.16)
            if level == 1 and index in (3, 4, 5):
                o.marked_bottle(stage, spot.moved(turn=float(rng.uniform(-0.25, 0.25))), 1.1, f"bottle {index}")
            else:
                name, ground, ink = names[(index // 2 + level) % 4]
                o.bottle(stage, spot, name, ground, ink, (0.038, 0.21))
    tag = notice(("ALVÉOL", "le flacon 4,90 €"), (250, 232, 140), (30, 30, 34), (300, 120))
    stage.board(stage.wall("back", 1.2, 1.185, 0.29), (0.16, 0.06), tag)
    f.pendant(stage, stage.wall("back", 1.2, 2.4, 1.3), 0.2, (240, 240, 236), 1.3)
    return shell.done(
        "wares", View((1.0, 1.5, 1.95), (1.2, 1.25, 0.1), 62), View((1.55, 1.4, 1.3), (1.2, 1.3, 0.1), 52)
    )
