"""Published vectors: what others measured on the same files."""

from itertools import combinations
from pathlib import Path

import pytest

from fanal.engine.fingerprint.prints import Print
from fanal.engine.media.examine import examine
from fanal.engine.media.findings import Findings
from pdq_reference import distance
from shared import shared

GATE, RADIUS = 50, 31


def read(path: Path) -> Findings:
    with path.open("rb") as file:
        return examine(file, path.name)


def test_every_pixel_mode_decodes_and_is_the_same_picture() -> None:
    paths = sorted(shared("conformance", "pdq", "modes").iterdir())
    findings = [read(path) for path in paths]
    assert len(findings) >= 13
    assert all(
        [one.technique for one in each.prints] == ["pdq/1", "local/1"] and len(each.previews) == 2 for each in findings
    )
    good = [each.prints[0].data for each in findings if (each.prints[0].quality or 0) >= GATE]
    assert all(distance(one, other) <= RADIUS for one, other in combinations(good, 2))


def whole_seconds(frames: list[Print]) -> list[int]:
    """Return the whole seconds in which frames lie; shots that begin within one have a frame as well."""
    return sorted({int(found.time or 0.0) for found in frames})


@pytest.mark.parametrize("name", ["doorknob-hd-no-bar", "pattern-sd-grey-bar", "pattern-sd-with-small-logo-bar"])
def test_frames_of_film_agree_with_vpdq(name: str) -> None:
    """Frames of quality under 50 are left out: nearly black ones, whose bits are decided by rounding alone."""
    folder = shared("conformance", "vpdq")
    published: dict[float, tuple[int, bytes]] = {}
    for line in (folder / f"{name}.vpdq.txt").read_text(encoding="ascii").splitlines():
        _, said, digits, seconds = line.split(",")
        published[float(seconds)] = int(said), bytes.fromhex(digits)
    findings = read(folder / f"{name}.mp4")
    compared = 0
    frames = [found for found in findings.prints if found.technique == "pdq/1"]
    for found in frames:
        nearest = min(published, key=lambda seconds: abs(seconds - (found.time or 0.0)))
        assert abs(nearest - (found.time or 0.0)) < 0.017
        quality, hash_ = published[nearest]
        if quality >= GATE:
            compared += 1
            assert distance(found.data, hash_) <= 10
            assert abs((found.quality or 0) - quality) <= 3
    assert compared >= 2
    firsts = [
        min(found.time or 0.0 for found in frames if int(found.time or 0.0) == second)
        for second in whole_seconds(frames)
    ]
    assert firsts == pytest.approx(range(int(max(published)) + 1), abs=0.05)
