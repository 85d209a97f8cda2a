"""Leads: one a pair, and what officers say of it: reversible, and never forgotten."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction

from fanal.casework.evidence.models import Content, Visibility
from fanal.casework.leads import matching
from fanal.casework.leads.actions import judge, propose, withdraw
from fanal.casework.leads.findings import Finding, Proposal
from fanal.casework.leads.models import Judgement, Lead
from fanal.casework.leads.queries import history_of, leads_concerning, leads_of_content, visible_lead, visible_leads
from fanal.core.access.models import User
from fanal.engine.fingerprint.digest import TECHNIQUE as EXACT
from fanal.engine.match.orientation import Orientation
from fanal.kit import clock
from fanal.kit.errors import Conflict, Invalid, NotFound
from world import Cast, cast, submitted

pytestmark = pytest.mark.django_db


def given(agency: str, who: Cast, folder: Path, visibility: Visibility, **files: bytes) -> None:
    folder.mkdir(parents=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    submitted(getattr(who, agency), folder, visibility=visibility)


@pytest.fixture
def who(fresh_data: Path, tmp_path: Path) -> Cast:
    """France and Australia show what they have; New Zealand keeps its own to itself."""
    people = cast()
    given("france", people, tmp_path / "fr", Visibility.ALL_CONNECTED, one=b"one", both=b"both")
    given("australia", people, tmp_path / "au", Visibility.ALL_CONNECTED, two=b"two", both=b"both")
    given("new_zealand", people, tmp_path / "nz", Visibility.OWN, three=b"three")
    return people


def content(name: str) -> int:
    return Content.objects.filter(exhibits__path=name).distinct().get().pk


def proposal(one: str, two: str, technique: str = "pdq/1", distance: int = 4) -> Proposal:
    finding = Finding(technique, distance, 0.9, "They look alike.", {"orientation": 0})
    return Proposal((content(one), content(two)), (finding,))


def proposed(*proposals: Proposal) -> int:
    with transaction.atomic():
        return propose(proposals)


def lead(one: str = "one", two: str = "two") -> Lead:
    proposed(proposal(one, two))
    return Lead.objects.get()


def test_a_pair_has_one_lead_whichever_way_round_and_however_many_techniques_speak(who: Cast) -> None:
    assert proposed(proposal("one", "two"), proposal("two", "one")) == 1
    assert proposed(proposal("two", "one", distance=9)) == 0
    assert proposed(proposal("one", "two", technique="video/1")) == 0
    made = Lead.objects.get()
    assert made.left_id < made.right_id
    assert [(said["technique"], said["distance"]) for said in made.findings] == [("pdq/1", 4), ("video/1", 4)]


def test_the_surest_finding_leads_even_if_it_comes_later(who: Cast) -> None:
    lead()
    surer = Finding("local/1", None, 0.99, "Many points lie alike.")
    proposed(Proposal((content("one"), content("two")), (surer,)))
    made = Lead.objects.get()
    assert (made.technique, made.confidence, made.why) == ("local/1", 0.99, "Many points lie alike.")
    assert [said["technique"] for said in made.findings] == ["local/1", "pdq/1"]


def test_what_was_judged_different_does_not_come_back_with_another_technique(who: Cast) -> None:
    made = lead()
    judge(made.pk, "different", who.camille)
    assert proposed(proposal("one", "two", technique="local/1")) == 0
    (kept,) = Lead.objects.all()
    assert (kept.pk, kept.state, len(kept.findings)) == (made.pk, "different", 2)


def test_the_last_judgement_counts_and_all_are_kept(who: Cast) -> None:
    made = lead()
    for verdict, by in (("same", who.camille), ("different", who.jack), ("unsure", who.edith)):
        judge(made.pk, verdict, by, note=f"says {by.display_name}")
        made.refresh_from_db()
        assert made.state == verdict
    said = [(judgement.verdict, judgement.by.display_name) for judgement in history_of(made)]
    assert said == [("unsure", "Edith"), ("different", "Jack"), ("same", "Camille")]


def test_the_last_judgement_counts_also_where_a_clock_is_slow(who: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    made = lead()
    judge(made.pk, "same", who.camille)
    an_hour_ago = clock.now() - timedelta(hours=1)
    monkeypatch.setattr(clock, "now", lambda: an_hour_ago)
    judge(made.pk, "different", who.jack)
    made.refresh_from_db()
    assert made.state == "different"
    assert [judgement.verdict for judgement in history_of(made)] == ["different", "same"]


def test_any_note_is_kept_or_refused_in_words(who: Cast) -> None:
    made = lead()
    assert judge(made.pk, "same", who.camille, note="nul\0 and \u202eא").note == "nul and \u202eא"
    with pytest.raises(Invalid, match="note"):
        judge(made.pk, "same", who.camille, note="x" * 2001)


def test_what_is_taken_back_uncovers_what_was_said_before(who: Cast) -> None:
    made = lead()
    judge(made.pk, "same", who.camille)
    judge(made.pk, "different", who.camille)
    states = []
    for _ in range(2):
        withdraw(made.pk, who.camille)
        made.refresh_from_db()
        states.append(made.state)
    assert states == ["same", "open"]
    assert [bool(judgement.withdrawn_at) for judgement in history_of(made)] == [True, True]
    with pytest.raises(Conflict):
        withdraw(made.pk, who.camille)


def test_nobody_takes_back_what_another_agency_said(who: Cast) -> None:
    made = lead()
    judge(made.pk, "same", who.camille)
    with pytest.raises(Conflict):
        withdraw(made.pk, who.jack)
    judge(made.pk, "different", who.jack)
    withdraw(made.pk, who.camille)
    made.refresh_from_db()
    assert made.state == "different"


@pytest.mark.parametrize("verdict", ["same", "different", "unsure"])
def test_a_pair_that_was_judged_is_never_proposed_anew(who: Cast, verdict: str) -> None:
    made = lead()
    judge(made.pk, verdict, who.camille)
    assert proposed(proposal("one", "two")) == 0
    made.refresh_from_db()
    assert (Lead.objects.count(), made.state) == (1, verdict)


def test_other_words_are_no_judgement(who: Cast) -> None:
    with pytest.raises(Invalid):
        judge(lead().pk, "maybe", who.camille)
    assert Judgement.objects.count() == 0


def test_a_lead_is_seen_by_who_sees_both_sides(who: Cast) -> None:
    shown = lead()
    proposed(proposal("one", "three"))
    hidden = Lead.objects.exclude(pk=shown.pk).get()
    both = {shown.pk, hidden.pk}

    def seen(officer: User) -> set[object]:
        return set(visible_leads(officer.agency).values_list("pk", flat=True))

    assert seen(who.mere) == both
    assert seen(who.camille) == seen(who.jack) == seen(who.edith) == {shown.pk}
    assert leads_concerning(who.edith.agency).count() == 0
    assert [found.pk for found in leads_concerning(who.mere.agency)] == [hidden.pk]
    assert leads_of_content(who.camille.agency, content("one")).count() == 1
    with pytest.raises(NotFound) as foreign:
        visible_lead(who.jack.agency, hidden.pk)
    with pytest.raises(NotFound) as absent:
        visible_lead(who.jack.agency, who.jack.agency.pk)
    assert vars(foreign.value) == vars(absent.value)
    with pytest.raises(NotFound):
        judge(hidden.pk, "same", who.jack)


def test_equal_bytes_in_two_agencies_are_a_lead_of_a_content_with_itself(who: Cast) -> None:
    everything = list(Content.objects.values_list("pk", flat=True))
    (found,) = matching.equal(everything)
    assert found.contents == (content("both"), content("both"))
    (said,) = found.findings
    assert (said.technique, said.distance) == (EXACT, 0)
    assert said.detail["orientation"] == int(Orientation.SAME)
    assert proposed(found) == 1
    assert visible_leads(who.france).count() == visible_leads(who.britain).count() == 1


def test_equal_bytes_show_nobody_what_another_agency_keeps_to_itself(who: Cast, tmp_path: Path) -> None:
    given("new_zealand", who, tmp_path / "nz2", Visibility.OWN, one=b"one")
    proposed(*matching.equal([content("one")]))
    assert visible_leads(who.new_zealand).count() == 1
    assert visible_leads(who.france).count() == visible_leads(who.britain).count() == 0
