"""Builds the demonstration world into a folder: agencies, their submissions, and what is planted in them."""

import os
import shutil
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from json import dumps, loads
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from fanal.doors.demo.plan import Delivery, Plan, Planted, Plate, Reference, Still
from fanal.doors.demo.sounds import record
from fanal.doors.demo.story import AGENCIES, plot
from fanal.doors.demo.studio import ROOMS, Box, Order, fulfil
from fanal.kit.machine import cores

EDITION = 3
"""Raised whenever the drawings change, so that a kept world of an older edition is made anew."""

_COMPLETE = "world.json"
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class DemoSubmission:
    """One delivery: `folder` holds its files as they were found."""

    folder: Path
    case: str
    source: str
    legal_basis: str
    visibility: str


@dataclass(frozen=True)
class DemoAgency:
    """An agency of the demonstration and what it submits."""

    code: str
    country: str
    name: str
    submissions: tuple[DemoSubmission, ...]


@dataclass(frozen=True)
class Region:
    """A box in a picture, in pixels: left, top, width, height."""

    path: Path
    box: Box


@dataclass(frozen=True)
class World:
    """The finished world. Paths in `planted` are relative to `folder`."""

    folder: Path
    agencies: tuple[DemoAgency, ...]
    planted: tuple[Planted, ...]
    catalogue: tuple[Reference, ...]
    marked: Region


def build_world(folder: Path, seed: int = 2015, scale: float = 1.0, progress: Progress | None = None) -> World:
    """Draw the world of `seed` into `folder`, or find it there complete.

    `scale` below 1 makes fewer and smaller pictures. `progress` is called with files done and files in all.
    Another world in the folder is replaced; a folder that holds anything else raises FileExistsError.
    """
    plan = plot(scale)
    wanted = {"edition": EDITION, "seed": seed, "scale": scale}
    kept = _kept(folder)
    if kept is not None and kept["made"] == wanted:
        return _world(folder, plan, kept["box"])
    if folder.exists() and kept is None and any(folder.iterdir()):
        raise FileExistsError(f"{folder} holds something else; choose another folder for the demonstration")
    building = folder.with_name(f".{folder.name}.building-{os.getpid()}")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    try:
        box = _make(building, plan, seed, scale, progress)
        (building / _COMPLETE).write_text(
            dumps({"made": wanted, "box": box, "planted": [asdict(p) for p in plan.planted]}, indent=1)
        )
        shutil.rmtree(folder, ignore_errors=True)
        building.rename(folder)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return _world(folder, plan, box)


def _kept(folder: Path) -> dict[str, Any] | None:
    try:
        found = loads((folder / _COMPLETE).read_text())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and {"made", "box"} <= found.keys() else None


def _make(root: Path, plan: Plan, seed: int, scale: float, progress: Progress | None) -> Box:
    total = len(plan.plates) + len(plan.clips) + len(plan.notes) + len(plan.copies) + len(plan.archives)
    done, box = 0, None
    for made, found in _drawn(list(_orders(root, plan, seed, scale))):
        done, box = done + made, found or box
        if progress is not None:
            progress(done, total)
    for note in plan.notes:
        record(note, seed, root / note.path)
    for origin, target in plan.copies:
        (root / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / origin, root / target)
    for parts, target in plan.archives:
        _pack(root / parts, root / target)
    if progress is not None:
        progress(total, total)
    if box is None:
        raise LookupError("the plan names no picture that shows the marked bottle")
    return box


def _orders(root: Path, plan: Plan, seed: int, scale: float) -> Iterator[Order]:
    """One order a room, the largest first so that no process is left alone with it at the end; scenery in handfuls."""
    width = 1280 if scale >= 1 else max(480, round(1280 * scale**0.4))
    rooms = {name: [p for p in plan.plates if _room_of(p, plan) == name] for name in ROOMS}
    for name, plates in sorted(rooms.items(), key=lambda item: -len(item[1])):
        clips = tuple(c for c in plan.clips if c.shot.room == name)
        if plates or clips:
            yield Order(root, seed, width, name, tuple(plates), clips, plan.marked)
    loose = [p for p in plan.plates if not _room_of(p, plan)]
    for start in range(0, len(loose), 12):
        yield Order(root, seed, width, plates=tuple(loose[start : start + 12]))


def _room_of(plate: Plate, plan: Plan) -> str:
    if isinstance(plate.source, Still):
        return next(c.shot.room for c in plan.clips if c.path == plate.source.clip)
    return getattr(plate.source, "room", "")


def _drawn(orders: list[Order]) -> Iterator[tuple[int, Box | None]]:
    workers = min(cores(), 8, len(orders))
    if workers < 2:
        yield from map(fulfil, orders)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for future in as_completed([pool.submit(fulfil, order) for order in orders]):
            yield future.result()


def _pack(parts: Path, target: Path) -> None:
    """A ZIP whose members' times are fixed, so that the same world has the same bytes."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for file in sorted(f for f in parts.rglob("*") if f.is_file()):
            member = zipfile.ZipInfo(file.relative_to(parts).as_posix(), (2026, 1, 5, 9, 30, 0))
            archive.writestr(member, file.read_bytes())
    shutil.rmtree(parts)


def _world(folder: Path, plan: Plan, box: Sequence[int]) -> World:
    agencies = tuple(
        DemoAgency(code, country, name, tuple(_submission(folder, d) for d in plan.deliveries[code]))
        for code, (country, name) in AGENCIES.items()
    )
    left, top, wide, high = box
    return World(
        folder,
        agencies,
        tuple(plan.planted),
        tuple(plan.catalogue),
        Region(folder / plan.marked, (left, top, wide, high)),
    )


def _submission(folder: Path, delivery: Delivery) -> DemoSubmission:
    return DemoSubmission(
        folder / delivery.folder, delivery.case, delivery.source, delivery.legal_basis, delivery.visibility
    )
