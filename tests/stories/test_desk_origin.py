"""The page of a content tells when, where and with what it was made, and shows a thumbnail that differs."""

from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import translation
from PIL import Image
from playwright.sync_api import expect

from browser import Watched
from desk import at_the_desk, content_of, examined
from fanal.casework.evidence.models import Content
from fanal.doors.web.origins import country_name
from world import Cast, cast, picture, submitted

pytestmark = pytest.mark.django_db(transaction=True)


def taken(serial: str = "330045321", place: tuple[float, float] | None = (43.738, 7.424)) -> Image.Exif:
    """Return the Exif of an invented camera."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Lantern Works", "L2"
    detail = exif.get_ifd(0x8769)
    detail[0x9003], detail[0xA431] = "2015:07:04 12:11:10", serial
    if place is not None:
        gps = exif.get_ifd(0x8825)
        gps[1], gps[2], gps[3], gps[4] = "N", (place[0], 0.0, 0.0), "E", (place[1], 0.0, 0.0)
    return exif


def with_thumbnail(exif: Image.Exif, small: bytes) -> bytes:
    """Return a block of Exif with a thumbnail after its first directory."""
    block = bytearray(exif.tobytes())
    order: Literal["little", "big"] = "little" if block[6:8] == b"II" else "big"
    first = 6 + int.from_bytes(block[10:14], order)
    link = first + 2 + 12 * int.from_bytes(block[first : first + 2], order)
    at = len(block) - 6
    block[link : link + 4] = at.to_bytes(4, order)
    entries = [(0x0201, at + 30), (0x0202, len(small))]
    second = (2).to_bytes(2, order)
    for tag, value in entries:
        second += tag.to_bytes(2, order) + (4).to_bytes(2, order) + (1).to_bytes(4, order) + value.to_bytes(4, order)
    return bytes(block) + second + bytes(4) + small


def evidence(who: Cast, folder: Path) -> Content:
    """Submit a cropped picture that kept the thumbnail of the whole, and others of its camera; return the picture."""
    whole = picture(40)
    small = folder / "small.jpg"
    whole.resize((160, 120)).save(small, quality=80)
    mine, theirs = folder / "mine", folder / "theirs"
    mine.mkdir()
    theirs.mkdir()
    whole.crop((200, 150, 500, 375)).save(mine / "crop.jpg", exif=with_thumbnail(taken(), small.read_bytes()))
    picture(41).save(mine / "plain.jpg", exif=taken(serial="000000", place=None))
    for seed in (42, 43):
        picture(seed).save(theirs / f"{seed}.jpg", exif=taken())
    submissions = [submitted(who.france, mine, case="FR-1"), submitted(who.new_zealand, theirs, case="NZ-1")]
    examined(submissions)
    return content_of(submissions[0], "crop.jpg")


def test_when_where_and_with_what(tmp_path: Path) -> None:
    who = cast()
    shown = evidence(who, tmp_path)
    page = at_the_desk(who.camille).get(f"/contents/{shown.pk}/").content.decode()
    assert "2015-07-04 12:11:10 UTC+02:00" in page
    assert "taken for the local time of the place" in page
    assert "Monte-Carlo, Monaco" in page
    assert "A border is near. Perhaps: France." in page
    assert "Lantern Works L2, 330045321" in page
    assert "Files of it that you may see: 3. Submissions: 2." in page
    assert "The embedded thumbnail shows something else" in page
    plain = Content.objects.get(exhibits__path__endswith="plain.jpg")
    page = at_the_desk(who.camille).get(f"/contents/{plain.pk}/").content.decode()
    assert "The zone is not known" in page
    assert "gives no serial number that tells one camera from others" in page
    assert "embedded thumbnail" not in page


def test_countries_are_named_in_the_language_of_the_reader() -> None:
    for language, name in (("en", "Germany"), ("fr", "Allemagne"), ("es", "Alemania"), ("ar", "ألمانيا")):
        with translation.override(language):
            assert country_name("DE") == name
            assert country_name("??") == "??"


def test_a_thumbnail_that_differs_is_revealed_like_any_picture(desk: Watched, tmp_path: Path) -> None:
    who = cast()
    shown = evidence(who, tmp_path)
    desk.sign_in(who.camille)
    desk.go(f"/contents/{shown.pk}/")
    tile = desk.page.locator(".origin .thumbnail .tile")
    expect(tile).to_have_attribute("aria-pressed", "false")
    assert desk.pictures() == []
    tile.click()
    expect(tile.locator("img.clear")).to_have_count(1)
    assert len(desk.pictures()) == 1
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag22aa", "best-practice"], "resultTypes": ["violations"]}
    assert Axe().run(desk.page, options=options).response["violations"] == []
