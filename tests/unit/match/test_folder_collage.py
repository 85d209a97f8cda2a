"""A collage and its pictures: each finds the other, and the sentence says where."""

import numpy as np

from fanal.engine.fingerprint.prints import Cell
from fanal.engine.match.explain import Reason, explain_cell, explain_pictures, reason_from
from fanal.engine.match.frames.technique import Pdq
from fanal.engine.match.link import Link
from fanal.engine.match.orientation import Orientation
from pdq_reference import landscape


def collage(*scenes: int) -> np.ndarray:
    """Return pictures of 200 pixels beside each other on a white page."""
    pixels = np.full((220, 10 + 210 * len(scenes), 3), 255, np.uint8)
    for place, scene in enumerate(scenes):
        pixels[10:210, 10 + 210 * place : 210 + 210 * place] = landscape(scene, 400, 400)[::2, ::2]
    return pixels


def links(query: np.ndarray, reference: np.ndarray) -> list[Link]:
    comparer = Pdq().comparer()
    comparer.put(7, tuple(Pdq().of_picture(reference)))
    return [found.link for found in comparer.search(tuple(Pdq().of_picture(query)))]


def test_a_collage_finds_its_picture_and_says_where() -> None:
    (link,) = links(collage(1, 2, 3), landscape(2, 400, 400))
    assert link.accepted
    assert link.why.cell == Cell(34, 5, 31, 91)
    assert str(link.why).startswith("In a part of this picture (34–65 % across, 5–96 % down): the same picture")


def test_a_picture_finds_the_collage_that_shows_it() -> None:
    (link,) = links(landscape(3, 400, 400), collage(1, 2, 3))
    assert link.accepted
    assert str(link.why).startswith("In a part of the other picture (67–98 % across")
    assert link.reversed.why.cell == link.why.cell_there
    assert str(link.reversed.why).startswith("In a part of this picture")


def test_a_mirrored_picture_of_a_collage_is_found() -> None:
    (link,) = links(collage(1, 2), landscape(2, 400, 400)[:, ::-1].copy())
    assert link.orientation is Orientation.MIRRORED
    assert ": the same picture, mirrored" in str(link.why)


def test_a_collage_finds_no_stranger_and_its_copy_as_a_whole() -> None:
    assert links(collage(1, 2, 3), landscape(4, 400, 400)) == []
    (link,) = links(collage(1, 2, 3), collage(1, 2, 3))
    assert link.why.cell is None


def test_parts_of_two_collages_make_no_link() -> None:
    assert links(collage(1, 2, 3), collage(4, 5, 3)) == []


def test_a_contact_sheet_finds_its_film() -> None:
    comparer = Pdq().comparer()
    comparer.put(7, tuple(Pdq().of_film((float(t), landscape(t, 400, 400)) for t in range(5))))
    (found,) = comparer.search(tuple(Pdq().of_picture(collage(2, 3))))
    assert "the picture is shown in the film at 0:0" in str(found.link.why)
    assert found.link.why.cell is not None


def test_a_reason_keeps_its_cells() -> None:
    reason = explain_cell(explain_pictures(4, Orientation.SAME), here=Cell(0, 50, 33, 50), there=None)
    assert reason_from(reason.plain()) == reason
    assert reason_from(Reason(reason.kind, 4).plain()).cell is None
