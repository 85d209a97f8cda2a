"""A sign in a picture is read by a worker, found by an officer, and shown where it stands."""

import threading
from pathlib import Path

import pytest
from django.db import transaction
from playwright.sync_api import expect

from browser import Watched
from desk import content_of, examined
from fanal.casework.evidence.models import Exhibit
from fanal.casework.readings import queries
from fanal.casework.readings.actions import write
from fanal.casework.readings.jobs import catch_up
from fanal.casework.readings.models import Reading
from fanal.core.audit.models import Leaf
from fanal.core.jobs.queries import unfinished
from fanal.core.jobs.registry import Attempt
from fanal.core.jobs.worker import run_worker
from fanal.doors.web import texts
from lettering import page_print, sign
from world import cast, folder_of_pictures, submitted

pytestmark = pytest.mark.django_db(transaction=True)


def work() -> None:
    """Do all waiting jobs; in a thread, for the browser keeps this one's event loop."""
    worker = threading.Thread(target=run_worker, kwargs={"until_idle": True})
    worker.start()
    worker.join(900)
    assert not worker.is_alive()


@pytest.fixture
def reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """Switch reading on, as it is where the extra is installed."""
    monkeypatch.setenv("FANAL_TEXT", "on")


def test_a_sign_is_read_found_and_shown_where_it_stands(
    desk: Watched, fresh_data: Path, tmp_path: Path, reading: None
) -> None:
    who = cast()
    folder = tmp_path / "signs"
    folder.mkdir()
    sign("Port Lanterne", "+33 5 61 65 12 34").save(folder / "quay.png")
    ours = submitted(who.france, folder, case="FR-7")
    work()
    content = content_of(ours, "quay.png")
    assert Reading.objects.get(content=content).lines == 2

    desk.sign_in(who.camille)
    desk.press("x")
    page = desk.page
    expect(page.get_by_role("heading", name="Text in pictures and films")).to_be_visible()
    desk.press("/")
    page.keyboard.type("port lantern")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Read in 1 file")).to_be_visible()
    expect(page.locator(".hit img.clear")).to_have_count(0)
    page.locator(".hit [data-reveal]").click()
    expect(page.locator(".hit .marks polygon")).to_have_count(1)
    expect(page.locator(".hit .marks")).to_be_visible()
    logged = Leaf.objects.filter(action="readings.searched").latest("index")
    assert "port lantern" in str(logged.entry)

    page.locator(".hit [data-open]").click()
    expect(page.locator("#boxed .marks")).to_be_hidden()
    desk.press("w")
    expect(page.locator("#boxed .marks")).to_be_visible()
    expect(page.locator("#boxed .marks polygon")).to_have_count(2)
    expect(page.get_by_text("has the prefix of this country")).to_be_visible()
    desk.press("w")
    expect(page.locator("#boxed .marks")).to_be_hidden()


def test_of_many_files_the_newest_are_first_and_older_ones_follow(
    desk: Watched, fresh_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = cast()
    for module in (queries, texts):
        monkeypatch.setattr(module, "MOST_FILES", 2)
    ours = submitted(who.france, folder_of_pictures(tmp_path / "quays", range(3)), case="FR-7")
    examined([ours])
    contents = sorted(Exhibit.objects.filter(submission=ours).values_list("content", flat=True))
    for number, content in enumerate(contents):
        with transaction.atomic():
            write(content, [page_print(f"Port Lanterne {number}")])

    desk.sign_in(who.camille)
    desk.go("/text/?q=port+lanterne")
    page = desk.page
    expect(page.get_by_role("heading", name="Read in many files: the newest first")).to_be_visible()
    expect(page.locator(".lines")).to_have_text(["Port Lanterne 2", "Port Lanterne 1"])
    desk.press("n")
    expect(page.locator(".lines")).to_have_text(["Port Lanterne 0"])
    expect(page.get_by_role("link", name="Older")).to_have_count(0)
    logged = Leaf.objects.filter(action="readings.searched").latest("index")
    assert f'"contents":["{contents[0]}"]' in logged.entry
    desk.go("/text/?q=port&before=9" + 30 * "9")
    expect(page.locator(".lines")).to_have_count(2)


def test_what_was_submitted_before_is_read_later(
    fresh_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = cast()
    folder = tmp_path / "signs"
    folder.mkdir()
    sign("Port Lanterne").save(folder / "quay.png")
    (folder / "broken.gif").write_bytes(b"GIF89a\x01")
    submitted(who.france, folder, case="FR-7")
    work()
    assert not Reading.objects.exists()
    catch_up(Attempt(0, 0, 0, 30.0))
    assert unfinished(["read"]) == 0
    monkeypatch.setenv("FANAL_TEXT", "on")
    catch_up(Attempt(0, 0, 0, 30.0))
    catch_up(Attempt(0, 0, 0, 30.0))
    assert unfinished(["read"]) == 1
    work()
    assert [one.lines for one in Reading.objects.all()] == [1]
