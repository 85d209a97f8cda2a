"""What is drawn over the pictures of a lead lies where the preview shows it, however the camera was held."""

import pytest

from fanal.casework.evidence.models import Content
from fanal.casework.leads.models import Lead
from fanal.doors.web.marks import marks_of

POINTS = [[0.0, 0.0, 0.5, 0.5], [0.25, 0.5, 0.0, 1.0]]
WHOLE = [[0, 0], [1, 0], [1, 1], [0, 1]]


def content(**facts: int) -> Content:
    return Content(family="image", media_type="image/jpeg", width=800, height=400, facts=facts)


def lead(left: Content, right: Content) -> Lead:
    said = {"technique": "local/1", "detail": {"points": POINTS, "here": WHOLE, "there": []}}
    return Lead(left=left, right=right, findings=[{"technique": "pdq/1", "detail": {}}, said])


def test_points_lie_where_the_picture_has_them() -> None:
    marks = marks_of(lead(content(), content()))
    assert marks is not None
    left, right = marks
    assert (left.width, left.height) == (1000, 500)
    assert [(dot.x, dot.y) for dot in left.dots] == [(0, 0), (250, 250)]
    assert [(dot.x, dot.y) for dot in right.dots] == [(500, 250), (0, 500)]
    assert left.outline == "0.0,0.0 1000.0,0.0 1000.0,500.0 0.0,500.0"
    assert right.outline == ""
    assert [dot.label for dot in left.dots] == ["1", "2"]


@pytest.mark.parametrize(
    ("orientation", "size", "first"),
    [
        (3, (1000, 500), (1000, 500)),
        (6, (500, 1000), (500, 0)),
        (8, (500, 1000), (0, 1000)),
        (2, (1000, 500), (1000, 0)),
    ],
)
def test_a_picture_that_is_shown_turned_has_its_points_turned(
    orientation: int, size: tuple[float, float], first: tuple[float, float]
) -> None:
    marks = marks_of(lead(content(orientation=orientation), content()))
    assert marks is not None
    assert (marks[0].width, marks[0].height) == size
    assert (marks[0].dots[0].x, marks[0].dots[0].y) == first


def test_nothing_is_drawn_over_films_or_without_points() -> None:
    film = Content(family="video", media_type="video/mp4", width=800, height=400, duration=4.0, facts={})
    bare = Lead(left=content(), right=content(), findings=[{"technique": "pdq/1", "detail": {}}])
    assert [marks_of(one) for one in (lead(film, content()), bare)] == [None, None]
