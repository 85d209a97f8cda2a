"""The author's tools: put series of pictures, noise, altered and exact copies into the folders of an agency."""

from dataclasses import replace
from pathlib import PurePosixPath

from fanal.doors.demo.plan import (
    Clip,
    Delivery,
    Edit,
    Note,
    Plan,
    Planted,
    Plate,
    Scenery,
    Shot,
    SourceKind,
    Visibility,
)

_DAYTIMES = {"morning": "08", "overcast": "12", "afternoon": "16", "evening": "19", "night": "22"}
_ALTERATIONS: tuple[tuple[str, tuple[Edit, ...]], ...] = (
    ("recompressed", (Edit("recompress", 38),)),
    ("made smaller", (Edit("resize", 0.5),)),
    ("mirrored", (Edit("mirror"),)),
    ("turned by a quarter", (Edit("quarter", 1),)),
    ("cropped by 5 %", (Edit("crop", 0.05),)),
    ("captioned", (Edit("caption", text="from the old board · set 3"),)),
    ("colours changed", (Edit("warm", 0.1),)),
    ("made grey", (Edit("grey"),)),
    ("shown in a viewer", (Edit("viewer"),)),
    ("turned by 4 degrees", (Edit("tilt", 4),)),
    ("cropped, smaller and recompressed", (Edit("crop", 0.06), Edit("resize", 0.6), Edit("recompress", 45))),
)


class Plot:
    """Collects files; every method puts some into a folder of an agency."""

    def __init__(self, scale: float) -> None:
        self.plan = Plan()
        self._scale = scale
        self._turns = 0

    def deliver(self, code: str, folder: str, delivery: tuple[str, SourceKind, str, Visibility]) -> str:
        """Open a submission's folder: case, source, legal basis, visibility."""
        case, source, basis, visibility = delivery
        path = f"{code}/{folder}"
        self.plan.deliveries.setdefault(code, []).append(Delivery(path, case, source, basis, visibility))
        return path

    def series(
        self,
        folder: str,
        room: str,
        views: tuple[int, ...],
        moods: tuple[str, ...],
        count: int,
        camera: str,
        day: str,
        names: str = "IMG_{:04d}.jpg",
        place: tuple[float, float] | None = None,
        first: int = 1,
        start: int = 0,
    ) -> list[Plate]:
        """Photographs of a room, as one camera numbers them; a quarter of them know where they were taken."""
        made = []
        for index in range(max(2, round(count * self._scale))):
            mood = moods[(index // len(views)) % len(moods)]
            shot = Shot(room, views[index % len(views)], mood, start + index // len(views))
            taken = f"{day} {_DAYTIMES[mood]}:{7 + index * 3 % 50:02d}:{index * 17 % 60:02d}" if camera else ""
            where = place if index % 4 == 0 else None
            made.append(Plate(f"{folder}/{names.format(first + index)}", shot, (), camera, taken, where))
        self.plan.plates += made
        return made

    def noise(self, folder: str, kinds: tuple[str, ...], count: int, number: int) -> None:
        """Pictures that belong to nothing."""
        for index in range(max(1, round(count * self._scale))):
            kind = kinds[index % len(kinds)]
            title, ending = "art" if kind == "drawing" else "wallpaper", "png" if index % 7 == 3 else "jpg"
            name = f"{folder}/{title}_{number + index:03d}.{ending}"
            self.plan.plates.append(Plate(name, Scenery(kind, number + index), quality=86))

    def alter(self, found: list[Plate], folder: str, count: int, names: str) -> list[Plate]:
        """Altered copies of `found` in another folder: each time the next kind of alteration."""
        made = []
        for index in range(max(1, count if self._scale >= 1 else round(count * self._scale + 1))):
            what, edits = _ALTERATIONS[self._turns % len(_ALTERATIONS)]
            origin = found[index % len(found)]
            copy = replace(
                origin,
                path=f"{folder}/{names.format(index + 1)}",
                edits=edits,
                camera="",
                taken="",
                place=None,
                quality=82,
            )
            self.plan.plates.append(copy)
            self.plan.planted.append(Planted(origin.path, copy.path, "altered", what))
            self._turns += 1
            made.append(copy)
        return made

    def copy(self, origin: Plate | Clip | Note, folder: str, name: str = "") -> None:
        """An exact copy, under its own or another name."""
        target = f"{folder}/{name or PurePosixPath(origin.path).name}"
        self.plan.copies.append((origin.path, target))
        self.plan.planted.append(Planted(origin.path, target, "exact", "an exact copy"))

    def belong(self, first: Plate | Clip | Note, second: Plate | Clip | Note, how: str, what: str) -> None:
        """Remember that two files belong together."""
        self.plan.planted.append(Planted(first.path, second.path, how, what))

    def archive(self, folder: str, name: str, found: list[Plate]) -> None:
        """A ZIP with copies of some pictures, as backups hold them."""
        parts = f"{folder}/{name}.zip.parts"
        for plate in found:
            self.plan.copies.append((plate.path, f"{parts}/{name}/{PurePosixPath(plate.path).name}"))
        self.plan.archives.append((parts, f"{folder}/Backups/{name}.zip"))
