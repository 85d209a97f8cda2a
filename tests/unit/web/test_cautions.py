"""A picture that shows too little to be compared by how it looks is said to be so on its page."""

from pathlib import Path

import pytest
from PIL import Image

from desk import at_the_desk, content_of, examined
from leaves import leaves
from world import cast, submitted

pytestmark = pytest.mark.django_db(transaction=True)


def test_only_the_page_of_a_plain_picture_warns(fresh_data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    Image.new("RGB", (640, 480), (120, 130, 140)).save(folder / "wall.png")
    Image.fromarray(leaves(3)).save(folder / "room.png")
    people = cast()
    made = submitted(people.new_zealand, folder)
    examined([made])
    desk = at_the_desk(people.mere)
    said = {name: desk.get(f"/contents/{content_of(made, name).pk}/") for name in ("wall.png", "room.png")}
    assert b"too little structure" in said["wall.png"].content
    assert b"too little structure" not in said["room.png"].content
