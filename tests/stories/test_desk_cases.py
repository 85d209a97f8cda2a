"""Three agencies work on a series in one room, through the browser and the API; of a fourth nobody there ever hears."""

import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from playwright.sync_api import expect

from browser import Opening, Watched
from desk import at_the_desk, content_of, examined, story
from fanal.casework.cases import actions, contributions, participation
from fanal.casework.cases.models import Case, Document, NoteText
from fanal.casework.entries.actions import open_entry
from fanal.casework.entries.models import Entry
from fanal.casework.evidence.models import Content, Visibility
from fanal.casework.sharing.actions import claim
from fanal.core.audit.models import Leaf
from labour import all_done
from rooms import Room, furnished, room_addresses, room_of_two
from world import Cast, cast, enrolled, folder_of_pictures, submitted

pytestmark = pytest.mark.django_db(transaction=True)

NOWHERE = UUID("01990000-0000-7000-8000-000000000000")


@pytest.fixture
def who(fresh_data: Path) -> Cast:
    """The people."""
    return cast()


@pytest.fixture
def series(who: Cast, tmp_path: Path) -> Entry:
    """A series of New Zealand, of pictures that France has too."""
    theirs, _, _ = story(who, tmp_path)
    return open_entry("series", "NZ-S-2015-1", who.mere, [content_of(theirs, f"00{seed}.jpg").pk for seed in (40, 41)])


def test_three_agencies_open_join_write_hand_over_decide_and_close(
    open_page: Opening, who: Cast, series: Entry
) -> None:
    mere, camille = open_page(), open_page(theme="light")
    mere.sign_in(who.mere)
    mere.go(f"/registry/{series.pk}/")
    mere.press("u")
    expect(mere.page.get_by_label("Title")).to_be_focused()
    expect(mere.page.get_by_label("Title")).to_have_value("Series NZ-S-2015-1")
    mere.page.keyboard.press("Enter")
    expect(mere.page.locator(".message")).to_contain_text("Opened as NZ-")
    case = Case.objects.get()
    expect(mere.page.get_by_role("link", name="NZ-S-2015-1").first).to_be_visible()
    for code in ("FR", "AU"):
        mere.page.get_by_text("Invite…").click()
        mere.page.get_by_label("Agency").select_option(code)
        mere.page.get_by_role("button", name="Invite", exact=True).click()
        expect(mere.page.locator(".message")).to_contain_text("Invited.")
    _joins(camille, who, case)
    _writes(camille, case)
    _hands_over(mere, camille, case)
    _closes(camille, case)
    assert [text.text for text in NoteText.objects.order_by("pk")] == ["We know the bottle."]
    told = list(
        Leaf.objects.filter(subject=f"case:{case.pk}", action__startswith="cases.").values_list("action", flat=True)
    )
    assert {"cases.opened", "cases.joined", "cases.noted", "cases.accepted", "cases.decided", "cases.closed"} <= set(
        told
    )


def _joins(camille: Watched, who: Cast, case: Case) -> None:
    all_done("alerts")
    camille.sign_in(who.camille)
    camille.press("i")
    expect(camille.page.get_by_role("heading", name="Invited to a case")).to_be_visible()
    camille.page.get_by_role("link", name=case.reference).click()
    expect(camille.page.get_by_role("heading", name="Your agency is invited")).to_be_visible()
    camille.press("y")
    expect(camille.page.locator(".message")).to_contain_text("Your agency takes part")


def _writes(camille: Watched, case: Case) -> None:
    page = camille.page
    camille.press("w")
    page.keyboard.type("We know the bottle.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".message")).to_contain_text("Written down.")
    expect(page.locator(".written").first).to_contain_text("We know the bottle.")
    camille.press("z")
    expect(page.locator(".message")).to_contain_text("Taken back.")
    expect(page.locator(".written.withdrawn")).to_have_count(1)
    camille.press("z")
    expect(page.locator(".written.withdrawn")).to_have_count(0)
    camille.press("b")
    page.keyboard.type("Send the serial number")
    page.get_by_label("By whom").select_option("NZ/mere")
    page.get_by_role("button", name="Set the task").click()
    expect(page.locator(".task")).to_contain_text("Send the serial number")
    page.get_by_text("Attach a file…").click()
    page.locator("input[type=file]").set_input_files(
        {"name": "shops.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"}
    )
    page.get_by_role("button", name="Attach", exact=True).click()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="shops.pdf").first.click()
    assert downloading.value.suggested_filename == "shops.pdf"
    assert Path(downloading.value.path()).read_bytes() == b"%PDF"


def _hands_over(mere: Watched, camille: Watched, case: Case) -> None:
    mere.go(f"/cases/{case.pk}/")
    mere.page.get_by_role("button", name="Done").click()
    expect(mere.page.locator(".message")).to_contain_text("Done.")
    mere.page.get_by_text("Hand the lead over…").click()
    mere.page.locator("form:has-text('Offer the lead') [name=to]").select_option("FR")
    mere.page.get_by_role("button", name="Offer the lead").click()
    expect(mere.page.locator(".message")).to_contain_text("Offered.")
    camille.press("s")
    expect(camille.page.get_by_role("heading", name="Waits for you")).to_be_visible()
    camille.page.get_by_role("link", name=case.reference).first.click()
    camille.press("y")
    expect(camille.page.locator(".message")).to_contain_text("Your agency leads the case.")


def _closes(camille: Watched, case: Case) -> None:
    page = camille.page
    camille.press("e")
    page.keyboard.type("France goes on alone")
    page.get_by_label("Why").fill("The shops are in the south-west.")
    page.get_by_label("Why").press("Control+Enter")
    expect(page.locator(".decision")).to_contain_text("France goes on alone")
    page.get_by_text("Close the case…").click()
    page.get_by_label("What came of it").fill("The child is safe.")
    page.get_by_role("button", name="Close it").click()
    expect(page.locator(".message")).to_contain_text("Closed.")
    expect(page.get_by_text("The child is safe.")).to_be_visible()
    case.refresh_from_db()
    assert (case.state, case.lead.code) == ("closed", "FR")


def test_what_a_fourth_agency_is_told_of_a_case_is_what_does_not_exist(who: Cast, series: Entry) -> None:
    client, pages = at_the_desk(who.edith), ("/cases/?state=any", "/alerts/", f"/registry/{series.pk}/", "/")
    before = [plain(client.get(page), page) for page in pages]
    room = furnished(who.mere, _content(series), "Secret room")
    participation.invite(room.case.pk, "FR", who.mere)
    actions.link(room.case.pk, "entry", series.pk, who.mere)
    all_done("alerts")
    assert [plain(client.get(page), page) for page in pages] == before
    nothing = Room(Case(pk=NOWHERE), NOWHERE, NOWHERE, NOWHERE, NOWHERE, NOWHERE)
    for (here, sent), (there, _) in zip(room_addresses(room), room_addresses(nothing), strict=True):
        one, other = _asked(client, here, sent), _asked(client, there, sent)
        assert one.status_code == 404, here
        assert plain(one, here) == plain(other, there), here
    assert not Leaf.objects.filter(agency=str(who.britain.pk), action__startswith="cases.").exclude(action="cases.seen")


def test_a_link_that_a_participant_may_not_see_shows_them_nothing(who: Cast, series: Entry, tmp_path: Path) -> None:
    hidden = submitted(who.new_zealand, folder_of_pictures(tmp_path / "x", range(1)), visibility=Visibility.OWN)
    examined([hidden])
    case = room_of_two(who.mere, who.camille)
    client, pages = at_the_desk(who.camille), (f"/cases/{case.pk}/", "/cases/", f"/cases/add/?entry={series.pk}")
    before = [plain(client.get(page), page) for page in pages]
    link = actions.link(case.pk, "content", content_of(hidden, "0000.jpg").pk, who.mere)
    assert [plain(client.get(page), page) for page in pages] == before
    contributions.withdraw(case.pk, "link", link.pk, who.mere)
    assert [plain(client.get(page), page) for page in pages] == before


def test_of_two_who_edit_a_note_the_second_sees_both_texts(who: Cast, series: Entry) -> None:
    enrolled(who.france, "luc")
    case = actions.open_case("A case", who.camille)
    note = contributions.note(case.pk, "First", who.camille)
    client, page = at_the_desk(who.camille), f"/cases/{case.pk}/notes/{note.pk}/"
    assert client.post(page, {"text": "Faster", "number": "1"}).status_code == 302
    answer = client.post(page, {"text": "Slower", "number": "1"})
    assert answer.status_code == 412
    body = answer.content.decode()
    assert "A colleague changed this note meanwhile" in body
    assert "Faster</p>" in body
    assert ">Slower</textarea>" in body
    assert client.post(page, {"text": "Both", "number": "2"}).status_code == 302
    assert list(NoteText.objects.order_by("number").values_list("text", flat=True)) == ["First", "Faster", "Both"]


def test_a_file_is_handed_out_and_never_shown(who: Cast, series: Entry) -> None:
    room = furnished(who.mere, _content(series))
    Document.objects.update(name='evil".html')
    answer = at_the_desk(who.mere).get(f"/cases/{room.case.pk}/files/{room.document}/")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == "attachment; filename*=UTF-8''evil%22.html"
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "no-store")
    assert Leaf.objects.filter(action="cases.served", subject=f"case:{room.case.pk}").count() == 1


def test_who_works_on_the_same_is_pointed_to_the_case_that_both_are_in(who: Cast, series: Entry) -> None:
    content = _content(series)
    case = room_of_two(who.mere, who.camille)
    actions.link(case.pk, "entry", series.pk, who.mere)
    claim(content, who.mere)
    claim(content, who.camille)
    claim(content, who.jack)
    page = at_the_desk(who.camille).get(f"/contents/{content}/").content.decode()
    assert page.count(case.reference) == 2, "beside the claim of New Zealand, and once as a case with it"
    assert case.reference not in at_the_desk(who.jack).get(f"/contents/{content}/").content.decode()


def _content(series: Entry) -> int:
    return Content.objects.filter(pk__in=series.links.values("content")).order_by("pk")[0].pk


def _asked(client: Client, address: str, sent: dict[str, str]) -> Any:
    return client.post(address, sent) if sent else client.get(address)


def plain(answer: Any, address: str) -> tuple[int, bytes, dict[str, str]]:
    """Return all of an answer but the address that was asked for and the token drawn anew for each form."""
    body = answer.content.replace(address.replace("&", "&amp;").encode(), b"ADDRESS")
    body = re.sub(rb'(csrfmiddlewaretoken" value="|X-CSRFToken": ")\w+', b"", body)
    headers = {name: value for name, value in answer.items() if name != "Content-Length"}
    return answer.status_code, body, headers
