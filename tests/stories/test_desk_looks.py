"""Every page of the desk: nothing that axe finds wrong, narrow as a phone, quiet on the wire, in every language."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import transaction
from playwright.sync_api import expect

from browser import Opening, Watched
from desk import content_of, examined, shared_bytes, story
from fanal.casework.alerts.models import Alert
from fanal.casework.entries.actions import Subject, judge_country, link_entries, open_entry, state
from fanal.casework.entries.facts import stated_age, stated_state
from fanal.casework.entries.models import Entry
from fanal.casework.leads.actions import judge, withdraw
from fanal.casework.leads.findings import Box
from fanal.casework.leads.models import Lead
from fanal.casework.readings.actions import write
from fanal.casework.registry.actions import Words, keep_clue
from fanal.casework.registry.events import CluesSighted
from fanal.casework.registry.models import Clue, Sighting
from fanal.casework.retention.actions import lay_hold, propose_deletion
from fanal.casework.retention.models import Rule
from fanal.casework.sharing.actions import claim
from fanal.kit import clock
from fanal.kit.events import tell
from labour import all_done
from lettering import page_print
from world import Cast, cast, enrolled, folder_of_pictures, submitted

pytestmark = pytest.mark.django_db(transaction=True)

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OF_COLOUR = ["color-contrast"]
"""What can go wrong in one theme and not in the other."""


def clue_seen(who: Cast, lead: Lead) -> Sighting:
    """Keep a part of the first picture of a lead, and propose that it is seen in the second."""
    words = Words("Bottle", "A hexagon on its label.", ["soap", "bathroom"], ["FR", "BE"])
    clue = keep_clue(lead.left_id, Box(0.2, 0.2, 0.4, 0.5), "reference", words, who.camille, shared=True)
    Clue.objects.filter(pk=clue.pk).update(state=Clue.State.READY)
    corners = [[0.1, 0.1], [0.6, 0.1], [0.6, 0.6], [0.1, 0.6]]
    detail = {"points": [[0.3, 0.3, 0.2, 0.2], [0.5, 0.5, 0.4, 0.4]], "here": corners, "there": corners}
    return Sighting.objects.create(
        clue=clue,
        content_id=lead.right_id,
        technique="local/1",
        confidence=0.97,
        why="11 points of it lie alike.",
        detail=detail,
        created_at=clock.now(),
    )


def registered(who: Cast, leads: Sequence[Lead]) -> tuple[Entry, Entry]:
    """Open a series and a victim with all that can be stated of it; two accepted leads propose another series."""
    series = open_entry("series", "FR-S-2026-1", who.camille, [leads[0].left_id, leads[0].right_id])
    victim = open_entry("victim", "NZ-V-2015-0441", who.mere, [leads[1].left_id])
    link_entries(victim.pk, series.pk, "same", who.camille)
    state(victim.pk, stated_age("6", "8", "2015-03-01", known=False), who.mere)
    state(victim.pk, stated_state("identified", "2015-03-04", "FR", "FR-09-77"), who.camille)
    judge_country(Subject(entry=series.pk), "FR", "confirmed", who.camille)
    judge_country(Subject(entry=series.pk), "BE", "rejected", who.camille)
    judge(leads[2].pk, "same", who.mere)
    return series, victim


def pages(who: Cast, folder: Path) -> Mapping[str, str]:
    """Build a day's evidence and return the addresses of all kinds of pages, by what they show."""
    _, ours, leads = story(who, folder)
    judge(leads[1].pk, "unsure", who.camille, "look again by daylight")
    judge(leads[2].pk, "same", who.camille)
    withdraw(leads[2].pk, who.camille)
    packed = folder_of_pictures(folder / ("a very long name of a folder " * 4), range(40, 41))
    (packed / f"{'holiday' * 20}.jpg").write_bytes(b"no picture at all")
    shelf = submitted(who.france, packed, case="FR-2026-0000000000000000000000000000000000-long")
    examined([shelf])
    with transaction.atomic():
        write(leads[0].left_id, (page_print("Port Lanterne", "+33 5 61 65 12 34"),))
    same = shared_bytes(content_of(shelf, "0040.jpg"))
    luc = enrolled(who.france, "luc")
    seen = clue_seen(who, leads[0])
    with transaction.atomic():
        tell(CluesSighted(sightings=(seen.pk,)))
    claim(leads[0].left_id, who.mere)
    claim(leads[0].left_id, who.camille, "We know the bottle.")
    all_done("alerts")
    Alert.objects.filter(agency=who.france, kind="lead").update(escalated_at=clock.now(), handed_to=luc)
    lay_hold(f"submission:{ours.pk}", "CJ-9", "An appeal.", who.camille)
    Rule.objects.create(agency=who.france, months=12, made_by=luc, made_at=clock.now())
    for one in (who.camille, luc):
        subject = f"content:{content_of(shelf, '0040.jpg' if one == luc else 'holiday.jpg').pk}"
        propose_deletion(subject, "court", "TA-2026-77", "The court of Foix orders it.", one)
    series, victim = registered(who, leads)
    box = "x=0.2&y=0.2&width=0.5&height=0.5"
    return {
        "today": "/",
        "alerts": "/alerts/",
        "check": "/check/",
        "submissions": "/submissions/",
        "submission": f"/submissions/{ours.pk}/",
        "submission with what cannot be read": f"/submissions/{shelf.pk}/",
        "content": f"/contents/{leads[0].left_id}/",
        "leads": "/leads/",
        "text": "/text/?q=lanterne",
        "no leads": "/leads/?state=different",
        "lead": f"/leads/{leads[0].pk}/",
        "lead with history": f"/leads/{leads[2].pk}/",
        "lead of equal bytes": f"/leads/{same.pk}/",
        "clues": "/clues/",
        "no clues": "/clues/?kind=withdrawn",
        "clue": f"/clues/{seen.clue_id}/",
        "sighting": f"/sightings/{seen.pk}/",
        "content with a clue": f"/contents/{leads[0].right_id}/",
        "keep a clue": f"/contents/{leads[0].left_id}/clues/new/?kind=clue&{box}",
        "mark as everywhere": f"/contents/{leads[0].left_id}/clues/new/?kind=ubiquitous&{box}",
        "registry": "/registry/",
        "no entries": "/registry/?kind=object",
        "series": f"/registry/{series.pk}/",
        "victim": f"/registry/{victim.pk}/",
        "open an entry": f"/registry/new/?contents={leads[0].left_id}",
        "approvals": "/approvals/",
        "retention": "/retention/?until=2126-01-01",
        "not found": "/contents/999999/",
    }


def in_language(one: Watched, language: str) -> None:
    """Change the language of the desk."""
    one.page.locator("#language").select_option(language)
    expect(one.page.locator("html")).to_have_attribute("lang", language)


def wrong(one: Watched) -> list[str]:
    """Return what axe finds wrong with the page, in the dark and in the light."""
    found = _found(one, RULES)
    one.press("t")
    found += _found(one, OF_COLOUR)
    one.press("t")
    return found


def _found(one: Watched, rules: Sequence[str]) -> list[str]:
    options = {"runOnly": rules, "resultTypes": ["violations"]}
    violations = Axe().run(one.page, options=options).response["violations"]
    return [f"{fault['id']}: {fault['nodes'][0]['html'][:160]}" for fault in violations]


@pytest.mark.parametrize("language", ["en", "ar", "fr", "es"])
def test_axe_finds_nothing_wrong(desk: Watched, tmp_path: Path, language: str) -> None:
    who = cast()
    addresses = pages(who, tmp_path)
    if language in {"fr", "es"}:
        addresses = {name: addresses[name] for name in ("today", "submission", "lead with history")}
    desk.go("/sign-in/")
    found = {"sign-in": wrong(desk)}
    desk.sign_in(who.camille)
    in_language(desk, language)
    for name, address in addresses.items():
        desk.go(address)
        found[name] = wrong(desk)
    if language == "en":
        desk.go(addresses["lead"])
        desk.press("r")
        expect(desk.page.locator("#compare img.clear")).to_have_count(2)
        desk.press("?")
        found["help"] = _found(desk, RULES)
    assert {page: faults for page, faults in found.items() if faults} == {}


@pytest.mark.parametrize("language", ["en", "ar"])
def test_nothing_is_wider_than_a_phone(open_page: Opening, tmp_path: Path, language: str) -> None:
    who = cast()
    addresses = pages(who, tmp_path)
    one = open_page(width=320, height=640)
    one.sign_in(who.camille)
    in_language(one, language)
    for name, address in addresses.items():
        one.go(address)
        one.page.locator("main details").evaluate_all("all => all.forEach(one => { one.open = true; })")
        assert one.page.evaluate("document.documentElement.scrollWidth") <= 320, name
        small = one.page.locator("button:visible, a:visible, select:visible").evaluate_all(TOO_SMALL)
        assert small == [], name


TOO_SMALL = """all => all.filter(one => {
  const box = one.getBoundingClientRect();
  return !one.matches(".skip, p a, bdi a, td a") && (box.width < 24 || box.height < 24);
}).map(one => one.outerHTML.slice(0, 120))"""
"""What is smaller than 24 pixels a side (WCAG 2.5.8), but for links in running text."""


def test_the_policy_forbids_what_the_pages_do_not_need(desk: Watched, tmp_path: Path) -> None:
    who = cast()
    addresses = pages(who, tmp_path)
    desk.sign_in(who.camille)
    for name, address in addresses.items():
        answer = desk.page.goto(desk.address + address)
        assert answer is not None
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy, name
        assert "unsafe" not in policy, name
        assert answer.headers["referrer-policy"] == "same-origin"
        inline = desk.page.locator("script:not([src]), style, [style], [onclick], [onload], [onsubmit]")
        assert inline.evaluate_all("all => all.filter(one => one.id !== 'compare').length") == 0, name


def test_a_sheet_of_style_is_served_with_every_page_and_kept(desk: Watched) -> None:
    who = cast()
    desk.sign_in(who.camille)
    colour = desk.page.locator("body").evaluate("body => getComputedStyle(document.documentElement).backgroundColor")
    assert colour == "rgb(20, 24, 29)"
    desk.press("t")
    desk.go("/leads/")
    colour = desk.page.locator("body").evaluate("body => getComputedStyle(document.documentElement).backgroundColor")
    assert colour == "rgb(245, 246, 248)"
