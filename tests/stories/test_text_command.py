"""An officer with a folder and no database: what pictures say, where it points to, and which say the same."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lettering import sign

PHONE = "+33 5 61 65 12 34"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two signs of one shop that look nothing alike, one of another, and a file that is no picture."""
    made = tmp_path_factory.mktemp("signs")
    (made / "there").mkdir()
    sign("Boulangerie Lanterne", PHONE).save(made / "query.png")
    # Small enough that its lettering is not the same thing by how it looks.
    sign("ouvert le dimanche", "tel " + PHONE, "depuis 1923", size=24, turn=90).save(made / "there" / "shop.png")
    sign("Port Lanterne", "+33 5 61 65 12 35").save(made / "there" / "other.png")
    (made / "there" / "broken.gif").write_bytes(b"GIF89a")
    return made


def fanal(folder: Path, *words: object) -> subprocess.CompletedProcess[str]:
    """Type a command."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache")}
    command = [str(Path(sys.executable).parent / "fanal"), *map(str, words), "--json"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=900)


def lines(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    """Return what a command printed."""
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_text_is_printed_with_its_place_and_what_it_points_to(folder: Path) -> None:
    told = {line["path"]: line for line in lines(fanal(folder, "text", folder / "there"))}
    broken, _, shop = (told[name] for name in sorted(told))
    assert broken["error"]["code"].startswith("media.")
    (page,) = shop["pages"]
    assert {line["text"] for line in page["lines"]} == {"ouvert le dimanche", "tel " + PHONE, "depuis 1923"}
    assert {line["direction"] for line in page["lines"]} == {-90}
    assert all(0 <= x <= page["width"] and 0 <= y <= page["height"] for x, y in page["lines"][0]["corners"])
    (pointer,) = shop["pointers"]
    assert (pointer["country"], pointer["quote"]) == ("FR", PHONE)


def test_the_same_number_on_two_signs_is_found_only_when_asked_for(folder: Path) -> None:
    asked = ("match", folder / "query.png", "--against", folder / "there" / "shop.png")
    (plain,) = lines(fanal(folder, *asked))
    assert [found for found in plain["matches"] if found["accepted"]] == []
    (answer,) = lines(fanal(folder, *asked, "--text"))
    (found,) = (one for one in answer["matches"] if one["accepted"])
    assert found["technique"] == "text/1"
    assert found["why"] == f"Both show the text “{PHONE}”, which few others show."
