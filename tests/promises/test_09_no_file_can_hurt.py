"""Promise 9: no file can hurt the server."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from fanal.engine.media.refusals import Refusal
from hostile.bombs import bombs
from hostile.corpus import MUTATIONS, malformed
from hostile.wellformed import whole_files

SEED = int(os.environ.get("FANAL_SEED", "9"))
COUNT = 20_000 if os.environ.get("FANAL_SOAK") else 2_000
MOST_SECONDS = 20.0
MOST_BYTES = 512 << 20
PATIENCE = 3_000 if COUNT > 2_000 else 600

_TESTS = Path(__file__).resolve().parent.parent


class Ends(NamedTuple):
    """How all files ended, and what was left behind."""

    files: list[dict[str, Any]]
    children_left: int
    peak_child_bytes: int


@pytest.fixture(scope="module")
def ends() -> Ends:
    """Run every file once, through the sandbox of a server of its own."""
    sys.stdout.write(f"seed {SEED}, {COUNT} malformed files\n")
    ran = subprocess.run(
        [sys.executable, "-m", "hostile.gauntlet", str(SEED), str(COUNT)],
        env={**os.environ, "PYTHONPATH": str(_TESTS)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert ran.returncode == 0, f"the server died: {ran.stderr[-2000:]}"
    *files, last = (json.loads(line) for line in ran.stdout.splitlines())
    return Ends(files, last["children_left"], last["peak_child_bytes"])


def test_the_corpus_is_what_the_promise_asks_for() -> None:
    assert len(whole_files()) >= 12
    assert len(MUTATIONS) >= 15
    assert len(bombs()) >= 40
    assert max(len(bomb.data) for bomb in bombs()) < 32 << 20
    assert [sample.data for sample in malformed(SEED, 50)] == [sample.data for sample in malformed(SEED, 50)]


def test_the_server_lives_and_every_file_has_an_end(ends: Ends) -> None:
    assert len(ends.files) == COUNT + len(bombs())
    typed = {refusal.name for refusal in Refusal}
    for file in ends.files:
        first, *_ = file["ends"]
        assert first in typed or first.startswith("findings:"), file


def test_no_file_takes_longer_than_its_limit(ends: Ends) -> None:
    slowest = max(ends.files, key=lambda file: float(file["seconds"]))
    assert slowest["seconds"] <= MOST_SECONDS, slowest


def test_no_decoder_grows_beyond_its_limit(ends: Ends) -> None:
    assert 0 < ends.peak_child_bytes <= MOST_BYTES


def test_nothing_is_left_running(ends: Ends) -> None:
    assert ends.children_left == 0


def test_the_wall_heard_no_answer_against_the_protocol(ends: Ends) -> None:
    """An honest decoder may die of a file, but what it says is always well said."""
    assert [file for file in ends.files if Refusal.PROTOCOL.name in file["ends"]] == []


def test_bombs_are_refused_for_what_they_are(ends: Ends) -> None:
    by_name = {file["name"]: file["ends"] for file in ends.files}
    for name, refusal in {
        "pixels.png": Refusal.TOO_MANY_PIXELS,
        "pixels.jpg": Refusal.TOO_MANY_PIXELS,
        "pixels.tiff": Refusal.TOO_MANY_PIXELS,
        "pixels.bmp": Refusal.TOO_MANY_PIXELS,
        "canvas.webp": Refusal.TOO_MANY_PIXELS,
        "canvas.gif": Refusal.TOO_MANY_PIXELS,
        "members.zip": Refusal.TOO_MANY_MEMBERS,
        "overlap.zip": Refusal.MALFORMED,
    }.items():
        assert by_name[name][0] == refusal.name, name
    assert "unpacked:ENCRYPTED" in by_name["locked.zip"]
    assert "member:TOO_MUCH_OUTPUT" in by_name["bzip2.zip"]
    assert "member:TOO_MUCH_OUTPUT" in by_name["zeros.bz2"]


def test_playlists_are_never_followed(ends: Ends) -> None:
    for file in ends.files:
        if file["name"].startswith(("hls-", "concat", "dash", "sdp", "late", "reach", "laughs")):
            assert file["ends"] == ["findings:other"], file
