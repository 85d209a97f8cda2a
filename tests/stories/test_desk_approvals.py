"""An officer proposes, a supervisor agrees: more see a submission; then it is deleted by order. By keyboard."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from browser import Watched
from desk import examined
from fanal.casework.evidence.models import Exhibit, Visibility
from fanal.casework.evidence.queries import visible_submissions
from fanal.casework.retention.models import Deletion, Hold
from world import cast, enrolled, folder_of_pictures, submitted

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_submission_is_shown_to_more_and_then_deleted(desk: Watched, tmp_path: Path) -> None:
    who = cast()
    ariane = enrolled(who.france, "ariane", "supervisor")
    ours = submitted(who.france, folder_of_pictures(tmp_path / "a", range(2)), visibility=Visibility.OWN, case="FR-7")
    examined([ours])
    page = desk.page
    desk.sign_in(who.camille)
    desk.go(f"/submissions/{ours.pk}/")
    page.locator("summary", has_text="Change who sees it").focus()
    page.keyboard.press("Enter")
    page.get_by_label("All connected agencies").check()
    page.get_by_label("Why").fill("All of them look for this room.")
    page.keyboard.press("Enter")
    expect(page.get_by_text("waits for a second officer")).to_be_visible()
    assert not visible_submissions(who.britain).exists()
    _sign_out(desk)

    desk.sign_in(ariane)
    desk.press("d")
    expect(page.get_by_role("heading", name="Show the submission FR-7 to: All connected agencies.")).to_be_visible()
    page.get_by_role("button", name="Agree").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Agreed, and done.")).to_be_visible()
    assert visible_submissions(who.britain).get() == ours
    _sign_out(desk)

    desk.sign_in(who.camille)
    desk.go(f"/retention/?subject=submission:{ours.pk}")
    page.get_by_label("File number of the order").fill("TA-2026-77")
    page.locator("#order-reason").fill("The court of Foix orders it.")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Delete for good: FR-7, 2 files. Order of a court: TA-2026-77")).to_be_visible()
    _sign_out(desk)

    desk.sign_in(ariane)
    desk.go(f"/retention/?subject=submission:{ours.pk}")
    page.get_by_label("File number of who wants it").fill("CJ-9")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Held. It is not deleted")).to_be_visible()
    desk.go("/approvals/")
    page.get_by_role("button", name="Agree").click()
    expect(page.get_by_text("A legal hold is laid on this")).to_be_visible()
    assert (Exhibit.objects.count(), Hold.objects.count()) == (2, 1)
    desk.go("/retention/")
    page.get_by_role("button", name="Lift").click()
    desk.go("/approvals/")
    page.get_by_role("button", name="Agree").click()
    expect(page.get_by_text("Agreed, and done.")).to_be_visible()
    assert (Exhibit.objects.count(), Deletion.objects.get().reference) == (0, "TA-2026-77")
    desk.go("/retention/")
    expect(page.get_by_text("Camille, Ariane")).to_be_visible()


def _sign_out(desk: Watched) -> None:
    desk.page.get_by_role("button", name="Sign out").click()
    desk.page.wait_for_url(desk.address + "/sign-in/**")
