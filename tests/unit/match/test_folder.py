"""Comparing files with a folder: what is linked, how, and what is not."""

from dataclasses import replace

import numpy as np
import pytest

from fanal.engine.fingerprint.digest import Digests
from fanal.engine.fingerprint.image import image_prints
from fanal.engine.fingerprint.prints import Print
from fanal.engine.match.files.answers import Match
from fanal.engine.match.files.folder import Folder
from fanal.engine.match.files.seen import Fault, Knowledge, Seen
from fanal.engine.match.orientation import Orientation, homography
from pdq_reference import landscape

WIDTH, HEIGHT = 383, 257


def digests(name: str) -> Digests:
    return Digests(name.encode(), name.encode(), name.encode(), len(name))


def picture(name: str, pixels: np.ndarray, content: str = "") -> Seen:
    known = Knowledge("image", "image/png", pixels.shape[1], pixels.shape[0], None, image_prints(pixels))
    return Seen(name, f"/{name}", digests(content or name), known)


def film(name: str, scenes: list[int], start: float = 0.0) -> Seen:
    """Return a film that shows one invented landscape after another, a second each."""
    prints = tuple(
        replace(image_prints(landscape(scene, HEIGHT, WIDTH))[0], time=start + second)
        for second, scene in enumerate(scenes)
    )
    return Seen(name, f"/{name}", digests(name), Knowledge("video", "video/mp4", WIDTH, HEIGHT, len(scenes), prints))


def ask(folder: list[Seen], query: Seen) -> list[Match]:
    return list(Folder(folder).ask(query).matches)


BASE = landscape(1, HEIGHT, WIDTH)


def test_the_same_bytes_are_found_once_and_surest() -> None:
    folder = [picture("noisy", BASE // 8 * 8), picture("copy", BASE, content="same"), picture("other", landscape(2))]
    found = ask(folder, picture("query", BASE, content="same"))
    assert [(match.reference, match.technique, match.accepted) for match in found] == [
        ("copy", "exact/1", True),
        ("noisy", "pdq/1", True),
    ]
    assert found[0].confidence == 1.0
    assert found[0].why == "The same file, byte for byte: MD5, SHA-1 and SHA-256 are equal."
    assert found[1].confidence < 1.0


def test_a_query_never_matches_itself_but_its_copy_elsewhere() -> None:
    query = picture("query", BASE)
    copy = replace(query, name="copy", place="/elsewhere/copy")
    assert [match.reference for match in ask([query, copy], query)] == ["copy"]


@pytest.mark.parametrize("orientation", Orientation)
def test_every_orientation_is_found_with_its_transform(orientation: Orientation) -> None:
    turns = [
        lambda p: p,
        lambda p: np.rot90(p, 1),
        lambda p: np.rot90(p, 2),
        lambda p: np.rot90(p, 3),
        np.flipud,
        np.fliplr,
        lambda p: p.swapaxes(0, 1),
        lambda p: np.rot90(p, 2).swapaxes(0, 1),
    ]
    turned = np.ascontiguousarray(turns[orientation](BASE))
    (match,) = ask([picture("there", turned)], picture("query", BASE))
    assert match.technique == "pdq/1"
    assert match.accepted
    assert match.transform is not None
    matrix = np.array(match.transform).reshape(3, 3)
    for x, y in ((0, 0), (WIDTH - 1, 0), (17, 101)):
        there_x, there_y, one = matrix @ [x, y, 1]
        assert one == 1
        np.testing.assert_array_equal(turned[round(there_y), round(there_x)], BASE[y, x])
    assert ("mirrored" in match.why) is (orientation >= Orientation.UPSIDE_DOWN)


def test_the_transform_of_a_smaller_copy_scales() -> None:
    matrix = homography(Orientation.SAME, (100, 200), (50, 100))
    np.testing.assert_allclose(matrix @ [99, 199, 1], [49.25, 99.25, 1])


def test_a_region_is_mapped_from_the_whole_picture() -> None:
    part = replace(picture("query", BASE), digests=None, corner=(40, 30))
    (match,) = ask([picture("there", BASE)], part)
    assert list(match.transform or ()) == [1, 0, -40, 0, 1, -30, 0, 0, 1]
    assert match.why == "In the marked part: the same picture: all 256 fingerprint bits agree."


def test_flat_pictures_take_no_part() -> None:
    flat = np.full((HEIGHT, WIDTH), 90, np.uint8)
    assert ask([picture("there", flat)], picture("query", flat)) == []


def test_a_file_that_cannot_be_decoded_is_found_by_its_bytes() -> None:
    broken = Seen("broken", "/broken", digests("same"), fault=Fault("media.malformed", "It is damaged."))
    answer = Folder([replace(broken, place="/b", name="b")]).ask(broken)
    assert [match.technique for match in answer.matches] == ["exact/1"]
    assert answer.plain()["error"] == {"code": "media.malformed", "message": "It is damaged."}


def test_nothing_to_compare_with() -> None:
    assert ask([], picture("query", BASE)) == []
    assert Folder([]).ask(picture("query", BASE)).plain() == {"query": "query", "matches": []}


def test_a_picture_finds_its_film_and_the_second() -> None:
    (match,) = ask([film("film", [5, 6, 1, 7]), film("other", [8, 9])], picture("still", BASE))
    assert (match.reference, match.technique, match.distance) == ("film", "pdq/1", 0)
    assert match.plain()["segments"] == [{"query": [0.0, 0.0], "reference": [2.0, 3.0]}]
    assert match.why == "The picture is shown in the film at 0:02: all 256 fingerprint bits agree."


def test_a_film_finds_its_still() -> None:
    (match,) = ask([picture("still", BASE)], film("film", [5, 6, 1, 7]))
    assert match.plain()["segments"] == [{"query": [2.0, 3.0], "reference": [0.0, 0.0]}]
    assert match.accepted


def test_a_cut_out_of_a_film_finds_its_place() -> None:
    long = film("long", list(range(100, 140)))
    (match,) = ask([long, film("other", list(range(200, 220)))], film("cut", list(range(110, 120))))
    assert (match.reference, match.technique, match.accepted) == ("long", "video/1", True)
    assert match.plain()["segments"] == [{"query": [0.0, 10.0], "reference": [10.0, 20.0]}]
    assert match.why.startswith("The same film from 0:00, there from 0:10: 10 frames, one a second")


def test_a_film_put_together_anew_gives_a_segment_for_each_part() -> None:
    there = film("there", [*range(300, 312), *range(320, 332)])
    (match,) = ask([there], film("remix", [*range(322, 330), *range(302, 310)]))
    assert match.accepted
    assert match.plain()["segments"] == [
        {"query": [0.0, 8.0], "reference": [14.0, 22.0]},
        {"query": [8.0, 16.0], "reference": [2.0, 10.0]},
    ]


def test_one_like_frame_of_two_long_films_is_a_suggestion_only() -> None:
    one, other = film("one", [*range(400, 410), 1, *range(410, 420)]), film("other", [1, *range(420, 440)])
    (match,) = ask([one], other)
    assert not match.accepted
    assert match.confidence <= 0.5
    assert "one frame" in match.why


def test_short_films_need_fewer_frames() -> None:
    (match,) = ask([film("there", [1])], film("query", [1], start=0.5))
    assert match.accepted


def test_a_mirrored_film_is_aligned_in_its_own_orientation() -> None:
    def mirrored(scene: int, second: int) -> Print:
        pixels = np.ascontiguousarray(np.fliplr(landscape(scene, HEIGHT, WIDTH)))
        return replace(image_prints(pixels)[0], time=float(second))

    straight = film("straight", list(range(500, 506)))
    assert straight.knowledge is not None
    prints = tuple(mirrored(scene, second) for second, scene in enumerate(range(500, 506)))
    query = replace(film("query", []), knowledge=replace(straight.knowledge, prints=prints))
    (match,) = ask([straight], query)
    assert match.accepted
    assert match.why.startswith("The same film, mirrored from 0:00")


def test_surer_matches_come_first() -> None:
    folder = [picture(f"{step}", BASE // step * step) for step in (64, 16, 1)]
    confidences = [match.confidence for match in ask(folder, picture("query", BASE))]
    assert confidences == sorted(confidences, reverse=True)
    assert len(confidences) >= 2


def test_a_picture_that_shows_too_little_says_so_and_links_nothing() -> None:
    grey = np.full((HEIGHT, WIDTH), 128, np.uint8)
    answer = Folder([picture("base", BASE), picture("other grey", grey + 9)]).ask(picture("grey", grey))
    assert answer.matches == ()
    assert "too little structure" in answer.plain()["caution"]
    assert "caution" not in Folder([]).ask(picture("base", BASE)).plain()
    assert "caution" not in Folder([]).ask(Seen("text", "/text", digests("text"))).plain()
