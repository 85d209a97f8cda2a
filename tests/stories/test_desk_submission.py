"""An officer submits a folder in the terminal and watches it at the desk while a worker examines it."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from browser import Watched
from fanal.casework.evidence.actions import Delivery, close_submission, open_submission
from fanal.casework.evidence.models import Submission, Visibility
from fanal.core.access.queries import operator_of
from world import Cast, cast, folder_of_pictures, submitted

pytestmark = pytest.mark.django_db(transaction=True)


def worker(*arguments: str) -> "subprocess.Popen[bytes]":
    """Start `fanal worker` on the tests' own database and data folder."""
    command = [str(Path(sys.executable).with_name("fanal")), "worker", *arguments]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ))


def delivered(who: Cast, folder: Path) -> Submission:
    """Submit pictures, an edited copy of one of them, and an archive."""
    folder_of_pictures(folder, range(60, 66))
    folder_of_pictures(folder / "sent", range(60, 61), edit=True)
    with zipfile.ZipFile(folder / "backup.zip", "w") as archive:
        for seed in (70, 71):
            inside = folder_of_pictures(folder.parent / "packed", range(seed, seed + 1)) / f"IMG_{seed:04}.jpg"
            archive.write(inside, f"DCIM/{inside.name}")
    return submitted(who.france, folder, case="FR-77", visibility=Visibility.OWN)


def test_progress_is_seen_while_a_worker_runs(desk: Watched, tmp_path: Path) -> None:
    who = cast()
    delivered(who, tmp_path / "laptop")
    desk.sign_in(who.camille)
    page = desk.page
    page.get_by_role("link", name="FR-77").click()
    progress = page.locator("#progress")
    expect(progress).to_contain_text("Examining")
    expect(progress.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "0")
    running = worker("--until-idle", "--concurrency", "1")
    try:
        expect(progress).to_contain_text("Complete", timeout=600_000)
        assert running.wait(300) == 0
    finally:
        running.kill()
        running.wait()
    expect(progress).to_contain_text("10 files")
    expect(progress).to_contain_text("10 done")

    page.get_by_role("link", name="Show what has come in").click()
    expect(page.locator("[data-reveal]:not([disabled])")).to_have_count(9)
    expect(page.locator("#progress")).to_contain_text("1 leads")
    page.get_by_role("link", name="2 files inside").click()
    expect(page.locator("[data-reveal]")).to_have_count(2)
    expect(page.get_by_role("link", name="IMG_0070.jpg")).to_be_visible()
    page.get_by_role("link", name="With leads").click()
    expect(page.locator("[data-reveal]")).to_have_count(2)


def test_an_empty_desk_says_what_to_do(desk: Watched) -> None:
    who = cast()
    desk.sign_in(who.camille)
    expect(desk.page.get_by_text("Nothing waits.")).to_be_visible()
    expect(desk.page.get_by_text("fanal submit FOLDER --agency FR")).to_be_visible()
    delivery = Delivery(agency=who.france, label="a disk", origin="disk", case_reference="FR-1")
    submission = open_submission(delivery, operator_of(who.france))
    desk.go(f"/submissions/{submission.pk}/")
    expect(desk.page.get_by_text("Nothing has come in yet.")).to_be_visible()
    progress = desk.page.locator("#progress")
    expect(progress).to_contain_text("Receiving")
    expect(progress.get_by_role("progressbar")).not_to_have_attribute("aria-valuenow", "0")
    close_submission(submission, operator_of(who.france))
    expect(progress).to_contain_text("Empty: all of it was deleted, or nothing came.")
