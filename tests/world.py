"""The cast: four agencies in four countries, an officer in each, and pictures that anyone may look at."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from fanal.casework.evidence.actions import Delivery, conclude_delivery, open_submission
from fanal.casework.evidence.delivery import deliver
from fanal.casework.evidence.models import Submission, Visibility
from fanal.core.access.actions import admit_agency, enrol_user
from fanal.core.access.models import Agency, Role, User
from fanal.core.access.queries import operator_of
from fanal.kit.actor import SYSTEM

PASSWORD = "a lantern on a shore"

__all__ = ["PASSWORD", "Cast", "cast", "edited", "enrolled", "folder_of_pictures", "picture", "submitted"]


@dataclass(frozen=True)
class Cast:
    """Who is there."""

    new_zealand: Agency
    france: Agency
    australia: Agency
    britain: Agency
    mere: User
    """Officer in New Zealand."""
    camille: User
    """Officer in France."""
    jack: User
    """Officer in Australia."""
    edith: User
    """Officer in Britain."""


def cast() -> Cast:
    """Admit the agencies and enrol the officers, or find them as they are."""
    agencies = [
        admit_agency(code=code, name=name, country=code, actor=SYSTEM)
        for code, name in (
            ("NZ", "New Zealand unit"),
            ("FR", "Unité française"),
            ("AU", "Australian unit"),
            ("GB", "British unit"),
        )
    ]
    names = ("mere", "camille", "jack", "edith")
    users = [enrolled(agency, name) for name, agency in zip(names, agencies, strict=True)]
    return Cast(agencies[0], agencies[1], agencies[2], agencies[3], users[0], users[1], users[2], users[3])


def enrolled(agency: Agency, name: str, role: str = Role.OFFICER) -> User:
    """Give an agency somebody in a role, or find them as they are."""
    shown = name.capitalize()
    return enrol_user(username=name, display_name=shown, agency=agency, password=PASSWORD, actor=SYSTEM, role=role)


def picture(seed: int, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """Draw coloured shapes on a soft ground: enough structure for every technique, and nothing else."""
    dice = np.random.default_rng(seed)
    ground = dice.integers(40, 215, (6, 8, 3), dtype=np.uint8)
    image = Image.fromarray(ground).resize(size, Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(image)
    for _ in range(24):
        x, y = dice.integers(0, size[0]), dice.integers(0, size[1])
        width, height = dice.integers(20, size[0] // 3), dice.integers(20, size[1] // 3)
        colour = tuple(int(value) for value in dice.integers(0, 256, 3))
        box = (int(x), int(y), int(x + width), int(y + height))
        (draw.ellipse if dice.random() < 0.5 else draw.rectangle)(box, fill=colour)
    return image


def edited(image: Image.Image, *, quality: int = 70, scale: float = 0.7, mirror: bool = False) -> Image.Image:
    """Return the picture as it comes back from a chat: smaller and compressed anew, perhaps mirrored."""
    small = image.resize((int(image.width * scale), int(image.height * scale)), Image.Resampling.BILINEAR)
    if mirror:
        small = small.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    buffer = BytesIO()
    small.save(buffer, "JPEG", quality=quality)
    return Image.open(buffer)


def folder_of_pictures(folder: Path, seeds: range, *, edit: bool = False, mirror: bool = False) -> Path:
    """Fill a folder with drawn pictures, one a seed, as they are or edited."""
    folder.mkdir(parents=True, exist_ok=True)
    for seed in seeds:
        image = edited(picture(seed), mirror=mirror) if edit else picture(seed)
        image.save(folder / f"IMG_{seed:04}.jpg", "JPEG", quality=92)
    return folder


def submitted(
    agency: Agency,
    folder: Path,
    *,
    visibility: Visibility = Visibility.ALL_CONNECTED,
    named: tuple[Agency, ...] = (),
    case: str = "",
    label: str = "",
    hash_only: bool = False,
) -> Submission:
    """Submit a folder for an agency; it waits to be examined."""
    delivery = Delivery(
        agency=agency,
        label=label or folder.name,
        origin=str(folder),
        case_reference=case,
        visibility=visibility,
        named=named,
        hash_only=hash_only,
    )
    actor = operator_of(agency)
    submission = open_submission(delivery, actor)
    for _ in deliver(submission, [folder], actor):
        pass
    conclude_delivery(submission)
    return submission
