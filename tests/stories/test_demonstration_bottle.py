"""The story that Fanal is built for, on the demonstration's pictures: a box around the bottle finds France's."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect

from browser import Watched
from desk import content_of, examined
from fanal.doors.demo.story import plot
from fanal.doors.demo.studio import Box, Order, fulfil
from labour import all_done
from world import cast, submitted

pytestmark = pytest.mark.django_db(transaction=True)

WIDTH, SEED = 672, 2015


@dataclass(frozen=True)
class Drawn:
    """New Zealand's picture of the attic, France's of a shelf, and where the bottle stands in the first."""

    attic: Path
    shelf: Path
    box: Box


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Drawn:
    root, plan = tmp_path_factory.mktemp("demonstration"), plot()
    link = next(one for one in plan.planted if one.first == plan.marked and "bottle with" in one.what)
    plates = {plate.path: plate for plate in plan.plates}
    _, box = fulfil(Order(root, SEED, WIDTH, "attic_bedroom", (plates[link.first],), (), plan.marked))
    fulfil(Order(root, SEED, WIDTH, "wares", (plates[link.second],)))
    assert box is not None
    return Drawn(root / link.first, root / link.second, box)


def test_in_the_terminal(drawn: Drawn, tmp_path: Path) -> None:
    region = ",".join(map(str, drawn.box))
    words = ["match", drawn.attic, "--region", region, "--against", drawn.shelf.parent, "--no-cache", "--json"]
    command = [str(Path(sys.executable).parent / "fanal"), *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (match,) = json.loads(done.stdout)["matches"]
    assert (Path(match["reference"]).name, match["accepted"], match["technique"]) == (drawn.shelf.name, True, "local/1")
    assert match["points"] >= 8
    left, top, wide, high = match["box"]
    assert left >= drawn.box[0] - 2
    assert left + wide <= drawn.box[0] + drawn.box[2] + 2
    assert top + high <= drawn.box[1] + drawn.box[3] + 2
    assert len(match["transform"]) == 9


def test_in_the_browser(desk: Watched, drawn: Drawn, fresh_data: Path) -> None:
    who = cast()
    ours = submitted(who.new_zealand, drawn.attic.parent, case="NZ-2026-0417")
    theirs = submitted(who.france, drawn.shelf.parent, case="FR-CAT-2026")
    examined([ours, theirs])
    page = desk.page
    desk.sign_in(who.mere)
    attic = content_of(ours, drawn.attic.name)
    desk.go(f"/contents/{attic.pk}/")
    desk.press("b")
    sheet = page.locator(".sheet")
    expect(sheet.locator("rect")).to_be_visible()
    frame = sheet.bounding_box()
    assert frame is not None
    assert attic.width is not None
    assert attic.height is not None
    shown = min(frame["width"] / attic.width, frame["height"] / attic.height)
    left = frame["x"] + (frame["width"] - attic.width * shown) / 2
    top = frame["y"] + (frame["height"] - attic.height * shown) / 2
    x, y, wide, high = (value * shown for value in drawn.box)
    page.mouse.move(left + x, top + y)
    page.mouse.down()
    page.mouse.move(left + x + wide, top + y + high, steps=4)
    page.mouse.up()
    page.get_by_role("button", name="Look for this").click()
    expect(page.get_by_role("heading", name="Searching")).to_be_visible()
    all_done("match")
    found = page.locator(".hit").filter(has_text=drawn.shelf.name)
    expect(found).to_contain_text("points of it lie alike")
    expect(found).to_contain_text("Found")
    found.locator("[data-reveal]").click()
    expect(found.locator(".marks:visible circle").nth(7)).to_be_visible()
    expect(found.locator(".marks:visible polygon")).to_be_visible()
