"""The work of one room: build it, bake its light, take its pictures, change them, film it. One process a room."""

from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from fanal.doors.demo import rooms_more, rooms_story
from fanal.doors.demo.camera import Camera
from fanal.doors.demo.clips import film, frame_at
from fanal.doors.demo.develop import expose, photograph
from fanal.doors.demo.edits import apply
from fanal.doors.demo.files import film_of, save
from fanal.doors.demo.light import MOODS, Bake
from fanal.doors.demo.plan import Clip, Plate, Scenery, Shot, Still
from fanal.doors.demo.scenery import drawing, landscape
from fanal.doors.demo.shell import Room, View
from fanal.doors.demo.surfaces import Pixels

ROOMS = {
    "attic_bedroom": rooms_story.attic_bedroom,
    "bathroom": rooms_story.bathroom,
    "fire_station": rooms_story.fire_station,
    "motel": rooms_story.motel,
    "wares": rooms_story.wares,
    "lounge": rooms_more.lounge,
    "childrens_room": rooms_more.childrens_room,
    "cloakroom": rooms_more.cloakroom,
    "living_room": rooms_more.living_room,
    "study": rooms_more.study,
    "kitchen": rooms_more.kitchen,
}
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Order:
    """All that one process makes in one go: the files of one room, or some that need none. `marked` asks for a box."""

    root: Path
    seed: int
    width: int
    room: str = ""
    plates: tuple[Plate, ...] = ()
    clips: tuple[Clip, ...] = ()
    marked: str = ""


def fulfil(order: Order) -> tuple[int, Box | None]:
    """Make the files of `order`; return how many there are, and the box of the marked bottle where it was asked for."""
    cv2.setNumThreads(1)
    if not order.room:
        for plate in order.plates:
            save(apply(_scenery(order, plate.source), plate.edits), plate, order.root / plate.path)
        return len(order.plates), None
    return _Studio(order).work()


def _scenery(order: Order, source: object) -> Pixels:
    if not isinstance(source, Scenery):
        raise TypeError(f"{source} needs a room")
    rng = np.random.default_rng([order.seed, source.number, *source.kind.encode()])
    size = (order.width, order.width * 2 // 3)
    picture = drawing(rng, *size) if source.kind == "drawing" else landscape(rng, source.kind, *size)
    return expose(picture, film_of(""), rng)


class _Studio:
    def __init__(self, order: Order) -> None:
        self._order = order
        self._room: Room = ROOMS[order.room](np.random.default_rng([order.seed, *order.room.encode()]))
        self._bake = Bake(self._room.scene, self._rng("light"))
        self._wides: dict[Shot, Pixels] = {}

    def _rng(self, *names: str) -> np.random.Generator:
        return np.random.default_rng([self._order.seed, *"|".join((self._order.room, *names)).encode()])

    def work(self) -> tuple[int, Box | None]:
        """Mood by mood, so that only one mood's lit textures are held."""
        box: Box | None = None
        for mood in MOODS.values():
            for (shot, camera), plates in self._exposures(mood.name).items():
                box = self._develop(shot, camera, plates) or box
            for clip in self._order.clips:
                if clip.shot.mood == mood.name:
                    film(self._wide(clip.shot), clip, self._order.seed, self._order.root / clip.path)
            self._bake.forget(mood)
        self._take_stills()
        return len(self._order.plates) + len(self._order.clips), box

    def _exposures(self, mood: str) -> dict[tuple[Shot, str], list[Plate]]:
        """The files of one mood by the shot and camera that they all come from."""
        groups: dict[tuple[Shot, str], list[Plate]] = {}
        for plate in self._order.plates:
            if isinstance(plate.source, Shot) and plate.source.mood == mood:
                groups.setdefault((plate.source, _film_name(plate, self._order.plates)), []).append(plate)
        return groups

    def _take_stills(self) -> None:
        clips = {clip.path: clip for clip in self._order.clips}
        for plate in self._order.plates:
            if isinstance(plate.source, Still):
                clip = clips[plate.source.clip]
                still = frame_at(self._wide(clip.shot), plate.source.second, clip.size)
                save(apply(still, plate.edits), plate, self._order.root / plate.path)

    def _develop(self, shot: Shot, camera: str, plates: list[Plate]) -> Box | None:
        """One exposure and all files made from it; the box of the marked bottle if one of them is to show it."""
        lens = self._lens(shot, self._order.width)
        picture = photograph(
            self._room.scene, self._bake, lens, MOODS[shot.mood], film_of(camera), self._rng(str(shot))
        )
        for plate in plates:
            save(apply(picture, plate.edits), plate, self._order.root / plate.path)
        if any(plate.path == self._order.marked for plate in plates):
            return _box(lens.project(self._room.scene.marks["bottle"]), lens)
        return None

    def _lens(self, shot: Shot, width: int) -> Camera:
        """The camera of a shot: the view's place, moved a little by an unsteady hand."""
        view: View = self._room.views[shot.view]
        sway = self._rng("hand", str(replace(shot, mood="")))
        reach = 0.0 if shot.shift == 0 else 0.12
        eye = tuple(float(v) for v in np.asarray(view.eye) + sway.normal(0, 1, 3) * [reach, reach * 0.5, reach])
        target = tuple(float(v) for v in np.asarray(view.target) + sway.normal(0, 1, 3) * reach)
        roll = float(sway.normal(0, 0.7))
        return Camera(
            (eye[0], eye[1], eye[2]), (target[0], target[1], target[2]), view.view, width, width * 3 // 4, roll
        )

    def _wide(self, shot: Shot) -> Pixels:
        """The wide picture over which a clip pans."""
        if shot not in self._wides:
            lens = self._lens(shot, round(self._order.width * 1.1))
            wide = Camera(lens.eye, lens.target, 84, lens.width, round(lens.width * 0.62), lens.roll)
            picture = photograph(
                self._room.scene, self._bake, wide, MOODS[shot.mood], film_of(""), self._rng("pan", str(shot))
            )
            self._wides[shot] = picture
        return self._wides[shot]


def _film_name(plate: Plate, plates: tuple[Plate, ...]) -> str:
    """The camera that took a plate; an altered copy, which no longer says, was taken by that of its original."""
    if plate.camera:
        return plate.camera
    return next((p.camera for p in plates if p.source == plate.source and p.camera), "")


def _box(points: np.ndarray, lens: Camera) -> Box:
    left, top = np.floor(points.min(axis=0)).astype(int)
    right, bottom = np.ceil(points.max(axis=0)).astype(int)
    left, top = max(0, int(left)), max(0, int(top))
    return left, top, min(lens.width, int(right)) - left, min(lens.height, int(bottom)) - top
