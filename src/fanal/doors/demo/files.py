"""Writing picture files as invented cameras and programs would: JPEG or PNG, with or without EXIF."""

from pathlib import Path

from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from fanal.doors.demo.develop import Film
from fanal.doors.demo.plan import Plate
from fanal.doors.demo.surfaces import Pixels

CAMERAS: dict[str, tuple[str, str, str, Film]] = {
    "kotare": ("Kotare Imaging", "KX-200", "KT20044817", Film(1.6, 0.24, (1.0, 1.0, 1.02))),
    "lisane": ("Optique Lisane", "P5", "L5-009312", Film(1.3, 0.16, (1.02, 1.0, 0.97))),
    "bandicoot": ("Bandicoot", "B12 Pro", "BB12P7730041", Film(1.9, 0.2, (1.03, 1.0, 0.96))),
    "thistle": ("Thistle", "T3", "TH300-55120", Film(1.4, 0.28, (0.98, 1.0, 1.02))),
    "cascade": ("Cascade Works", "C9", "C9-2210-774", Film(1.2, 0.18, (1.0, 1.01, 1.0))),
}
"""Invented makes and models: make, model, serial number, and how they render."""


def film_of(camera: str) -> Film:
    """How pictures of `camera` look; a plain film where it is not known."""
    return CAMERAS[camera][3] if camera in CAMERAS else Film()


def save(picture: Pixels, plate: Plate, file: Path) -> None:
    """Write `picture` where `plate` says, in the form its name says."""
    file.parent.mkdir(parents=True, exist_ok=True)
    image = Image.fromarray(picture)
    if file.suffix == ".png":
        image.save(file, compress_level=3)
    elif file.suffix == ".webp":
        image.save(file, quality=plate.quality, method=2)
    else:
        image.save(file, "JPEG", quality=plate.quality, exif=_exif(plate) if plate.camera else b"")


def _exif(plate: Plate) -> Image.Exif:
    make, model, serial, _ = CAMERAS[plate.camera]
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0131] = make, model, f"{model} 1.4"
    exif[0x0112] = 1
    exif[0x0132] = plate.taken
    detail = exif.get_ifd(0x8769)
    detail[0x9003] = detail[0x9004] = plate.taken
    detail[0xA431] = serial
    detail[0x829A], detail[0x829D] = IFDRational(1, 60), IFDRational(22, 10)
    detail[0x8827] = 200
    if plate.place is not None:
        _locate(exif, *plate.place)
    return exif


def _locate(exif: Image.Exif, latitude: float, longitude: float) -> None:
    place = exif.get_ifd(0x8825)
    place[1], place[2] = "S" if latitude < 0 else "N", _degrees(latitude)
    place[3], place[4] = "W" if longitude < 0 else "E", _degrees(longitude)


def _degrees(value: float) -> tuple[IFDRational, IFDRational, IFDRational]:
    seconds = round(abs(value) * 360000)
    return IFDRational(seconds // 360000, 1), IFDRational(seconds // 6000 % 60, 1), IFDRational(seconds % 6000, 100)
