"""The central desk sees which countries do not answer, and has that go on, by keys alone."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect
from test_desk_looks import TOO_SMALL, in_language, wrong

from abroad import NOBODYS_KEY, morocco
from browser import Opening
from desk import content_of, examined
from fanal.casework.alerts.models import Alert
from fanal.casework.entries.actions import open_entry, state
from fanal.casework.entries.facts import stated_state
from fanal.casework.notices.actions import Written, begin, bring_in_recipient, compare_key, seal, sent, write
from fanal.casework.notices.models import Notice
from fanal.core.access.models import User
from fanal.kit import clock
from world import Cast, cast, enrolled, folder_of_pictures, submitted

pytestmark = pytest.mark.django_db(transaction=True)


def a_day(tmp_path: Path) -> tuple[Cast, User]:
    """Have alerts wait, some answered, a notice away, and victims known and unknown; return who is there."""
    who = cast()
    vera = enrolled(who.britain, "vera", "central")
    enrolled(who.france, "luc", "supervisor")
    made = submitted(who.new_zealand, folder_of_pictures(tmp_path, range(1)), case="SECRET-1")
    examined([made])
    content = content_of(made, ".jpg").pk
    for number in range(3):
        open_entry("victim", f"NZ-V-{number}", who.mere, [content])
    found = open_entry("victim", "NZ-V-9", who.mere, [content])
    state(found.pk, stated_state("identified", "2015-03-01", "FR"), who.camille)
    compare_key(bring_in_recipient(morocco(), "Rabat desk, +212 5 37 00 00 00", NOBODYS_KEY, "fr").pk, who.mere)
    notice = begin("MA", who.mere, contents=[content])
    write(notice.pk, Written("A room.", "Whose?", "desk", "en"), who.mere)
    seal(notice.pk, who.mere)
    sent(notice.pk, "by hand", who.mere)
    Notice.objects.update(sent_at=clock.now() - timedelta(days=12), reminded=1)
    number = Alert.objects.count()
    for agency, hours, taken in (
        (who.france, 30, None),
        (who.france, 3, None),
        (who.australia, 5, None),
        (who.new_zealand, 50, 4),
        (who.new_zealand, 49, 20),
    ):
        number += 1
        told = clock.now() - timedelta(hours=hours)
        times = {"caused_at": told - timedelta(seconds=20 * number), "told_at": told, "grown_at": told}
        late = {"escalated_at": told + timedelta(hours=24)} if hours == 30 else {}
        done = {"acknowledged_at": told + timedelta(hours=taken)} if taken else {}
        kind = {"kind": "lead", "key": f"k{number}", "count": 1}
        Alert.objects.create(number=number, agency=agency, other=agency, **kind, **times, **late, **done)
    return who, vera


def test_who_does_not_answer_is_escalated_and_handed_over_by_keys(open_page: Opening, tmp_path: Path) -> None:
    _, vera = a_day(tmp_path)
    desk, office = open_page(), open_page()
    desk.sign_in(vera)
    desk.press("r")
    expect(desk.page.get_by_role("heading", name="Central desk")).to_be_visible()
    first = desk.page.locator("article.alert").first
    expect(first.get_by_role("heading")).to_contain_text("France")
    expect(first).to_contain_text("2 alerts wait")
    expect(first).to_contain_text("Late: 1")
    expect(desk.page.get_by_text("SECRET")).to_have_count(0)
    assert desk.page.locator(".totals dd").all_text_contents() == ["1", "3"]
    expect(desk.page.get_by_role("row", name="Morocco").first).to_contain_text("12 d")
    first.get_by_role("button", name="Escalate in FR").press("Enter")
    expect(desk.page.get_by_text("They stand first there now: 1.")).to_be_visible()
    first.get_by_role("button", name="Hand over what is late").press("Enter")
    expect(desk.page.get_by_text("Handed over: 2.")).to_be_visible()
    office.sign_in(User.objects.get(username="luc"))
    office.press("i")
    expect(office.page.get_by_text("Handed to Luc")).to_have_count(2)
    expect(office.page.get_by_text("The central desk asks for an answer")).to_have_count(1)
    expect(office.page.locator(".top").get_by_role("link", name="Central desk")).to_have_count(0)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_its_page_is_for_everybody_and_for_a_phone(open_page: Opening, tmp_path: Path, language: str) -> None:
    _, vera = a_day(tmp_path)
    one = open_page()
    one.sign_in(vera)
    in_language(one, language)
    one.go("/central/")
    assert wrong(one) == []
    one.page.set_viewport_size({"width": 320, "height": 640})
    assert one.page.evaluate("document.documentElement.scrollWidth") <= 320
    assert one.page.locator("button:visible, a:visible, select:visible").evaluate_all(TOO_SMALL) == []
