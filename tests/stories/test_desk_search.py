"""An officer draws a box around a thing, with the keyboard alone, and sees where else it is."""

from pathlib import Path
from uuid import uuid4

import pytest
from PIL import Image
from playwright.sync_api import expect

from browser import Watched
from desk import at_the_desk, content_of, examined
from fanal.casework.evidence.models import Content, Submission, Visibility
from fanal.casework.leads.actions import search_region
from fanal.casework.leads.findings import Box
from fanal.casework.leads.matching import of_part
from fanal.casework.leads.models import RegionSearch
from fanal.casework.leads.queries import hits_of, visible_search
from fanal.core.access.models import User
from fanal.core.audit.models import Leaf
from fanal.kit import clock
from fanal.kit.errors import Invalid, NotFound
from leaves import leaves
from world import Cast, cast, submitted

pytestmark = pytest.mark.django_db(transaction=True)

MIDDLE = Box(0.25, 0.25, 0.5, 0.5)
Scene = tuple[Cast, Content]


def folder_with(folder: Path, seed: int, other: int) -> Path:
    """Fill a folder with a scene into which a part of another is pasted, a little smaller."""
    folder.mkdir()
    scene, thing = Image.fromarray(leaves(seed)), Image.fromarray(leaves(other))
    scene.paste(thing.crop((160, 120, 480, 360)).resize((280, 210)), (40, 60))
    scene.save(folder / f"scene_{seed}.jpg", quality=92)
    return folder


@pytest.fixture
def scene(fresh_data: Path, tmp_path: Path) -> Scene:
    """New Zealand and Australia have scenes that share a thing with France's picture; Australia keeps its own."""
    who = cast()
    theirs = submitted(who.new_zealand, folder_with(tmp_path / "nz", 21, 20), case="NZ-1")
    kept = submitted(who.australia, folder_with(tmp_path / "au", 22, 20), case="AU-1", visibility=Visibility.OWN)
    folder = tmp_path / "fr"
    folder.mkdir()
    Image.fromarray(leaves(20)).save(folder / "mine.jpg", quality=92)
    ours = submitted(who.france, folder, case="FR-1")
    examined([theirs, kept, ours])
    return who, content_of(ours, "mine.jpg")


def answer(search: RegionSearch) -> None:
    """Do what a worker does with a search."""
    hits = of_part(search.content_id, (search.x, search.y, search.width, search.height))
    done = RegionSearch.State.DONE
    RegionSearch.objects.filter(pk=search.pk).update(hits=hits, state=done, finished_at=clock.now())


def hits_for(user: User, search: RegionSearch) -> list[str]:
    """Return the names under which an officer's agency knows what was found."""
    found = hits_of(user.agency, visible_search(user.agency, search.pk))
    return [hit.content.exhibits.get().path for hit in found if hit.accepted]


def test_a_box_finds_the_scenes_that_share_what_it_shows_and_only_those_one_may_see(scene: Scene) -> None:
    who, mine = scene
    asked = search_region(mine.pk, MIDDLE, who.camille)
    answer(asked)
    asked.refresh_from_db()
    assert len([hit for hit in asked.hits if hit["accepted"]]) == 2
    assert [path.rsplit("/", 1)[-1] for path in hits_for(who.camille, asked)] == ["scene_21.jpg"]
    with pytest.raises(NotFound):
        visible_search(who.new_zealand, asked.pk)


def test_a_search_whose_picture_is_seen_no_more_says_that_and_nothing_else(scene: Scene) -> None:
    who, _ = scene
    theirs = Content.objects.get(exhibits__submission__agency=who.new_zealand)
    asked = search_region(theirs.pk, MIDDLE, who.camille)
    answer(asked)
    camille, edith = at_the_desk(who.camille), at_the_desk(who.edith)
    assert camille.get(f"/searches/{asked.pk}/").status_code == 200
    nowhere = edith.get(f"/searches/{uuid4()}/").content
    Submission.objects.filter(agency=who.new_zealand).update(visibility=Visibility.OWN)
    gone = camille.get(f"/searches/{asked.pk}/")
    assert gone.status_code == 404
    assert b"You may see the picture of this search no more." in gone.content
    assert b"previews" not in gone.content
    assert b"mine.jpg" not in gone.content
    assert str(asked.pk).encode() in camille.get("/searches/").content
    assert str(asked.pk).encode() not in edith.get("/searches/").content
    # To others it is what does not exist, as ever.
    others = edith.get(f"/searches/{asked.pk}/").content
    assert b"There is no such search." in nowhere
    assert b"There is no such search." in others
    assert b"no more" not in others


def test_what_may_not_be_seen_cannot_be_searched_by(scene: Scene) -> None:
    who, mine = scene
    kept = Content.objects.get(exhibits__submission__agency=who.australia)
    with pytest.raises(NotFound):
        search_region(kept.pk, MIDDLE, who.camille)
    with pytest.raises(Invalid):
        search_region(mine.pk, Box(0.9, 0.9, 0.3, 0.3), who.camille)
    assert not RegionSearch.objects.exists()


def test_a_box_drawn_by_keyboard_alone(desk: Watched, scene: Scene) -> None:
    who, mine = scene
    desk.sign_in(who.camille)
    desk.go(f"/contents/{mine.pk}/")
    page = desk.page
    desk.press("b")
    expect(page.locator(".sheet rect")).to_be_visible()
    for key in ("ArrowLeft", "ArrowUp", "Shift+ArrowRight", "Shift+ArrowDown"):
        page.locator(".sheet").press(key)
    page.locator(".sheet").press("Enter")
    expect(page.get_by_role("heading", name="Searching")).to_be_visible()
    asked = RegionSearch.objects.get()
    assert (round(asked.x, 2), round(asked.y, 2), round(asked.width, 2), round(asked.height, 2)) == (
        0.28,
        0.28,
        0.42,
        0.42,
    )
    assert Leaf.objects.filter(action="leads.region_searched").count() == 1

    answer(asked)
    expect(page.get_by_role("heading", name="Seen in 1 file")).to_be_visible()
    expect(page.locator(".hit")).to_contain_text("points of it lie alike")
    page.locator(".hit [data-reveal]").click()
    expect(page.locator(".hit .marks:visible circle").first).to_be_visible()
    desk.go("/searches/")
    expect(page.locator(".searches li")).to_have_count(1)
