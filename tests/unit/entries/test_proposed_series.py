"""Series that accepted leads propose: worked out by jobs, kept as rows, shown only as far as all of it holds now."""

from itertools import pairwise
from pathlib import Path

import pytest

from desk import content_of, lead_between
from fanal.casework.entries.actions import Evidence, decline_series, open_entry, undo_deed
from fanal.casework.entries.models import ProposedSeries
from fanal.casework.entries.proposed import Proposed, proposed_series
from fanal.casework.entries.queries import entries_with
from fanal.casework.evidence.models import Content, Submission, Visibility
from fanal.casework.evidence.visibility import change_visibility
from fanal.casework.leads.actions import judge, withdraw
from fanal.core.access.actions import admit_agency
from fanal.core.access.asking import asking
from fanal.core.access.models import Agency
from fanal.core.jobs.actions import defer
from fanal.kit.actor import SYSTEM
from labour import all_done
from world import Cast, cast, folder_of_pictures, submitted

pytestmark = pytest.mark.django_db

MOST = 9


@pytest.fixture
def who(fresh_data: Path) -> Cast:
    """The people."""
    return cast()


@pytest.fixture
def shared(who: Cast, tmp_path: Path) -> list[Content]:
    """Five contents of New Zealand that all connected agencies see."""
    made = submitted(who.new_zealand, folder_of_pictures(tmp_path / "shared", range(5)))
    return sorted((content_of(made, f"{seed:04}.jpg") for seed in range(5)), key=lambda content: content.pk)


def ids(contents: list[Content]) -> list[int]:
    return [content.pk for content in contents]


def shown(agency: Agency) -> list[list[int]]:
    """What a page shows now, whatever jobs wait."""
    with asking(agency.pk):
        return [list(one.contents) for one in proposed_series(agency, MOST)]


def proposed(agency: Agency) -> list[Proposed]:
    """What a page shows once all jobs are done."""
    all_done("alerts", "match", "housekeeping")
    with asking(agency.pk):
        return proposed_series(agency, MOST)


def test_series_are_proposed_from_accepted_leads(who: Cast, shared: list[Content]) -> None:
    leads = [lead_between(one, other, 4) for one, other in pairwise(shared)]
    assert proposed(who.france) == []
    for lead in leads[:2]:
        judge(lead.pk, "same", who.camille)
    (one,) = proposed(who.france)
    assert one.contents == ids(shared[:3])
    assert [accepted.lead for accepted in one.leads] == sorted(lead.pk for lead in leads[:2])
    assert one.techniques == [("pdq/1", 2)]
    assert [one.contents for one in proposed(who.new_zealand)] == [ids(shared[:3])], "its material is in it"
    assert proposed(who.britain) == [], "it sees it, but it is no concern of its"
    judge(lead_between(shared[0], shared[2], 9).pk, "different", who.mere)
    (group,) = (one.contents for one in proposed(who.france))
    assert len(group) == 2
    made = open_entry("series", "FR-S-1", who.camille, group, Evidence(lead=leads[0].pk))
    assert proposed(who.france) == []
    assert entries_with(who.new_zealand, group[0]) == [made]


def test_what_an_agency_declined_is_not_proposed_to_it_again(who: Cast, shared: list[Content]) -> None:
    for one, other in pairwise(shared[:3]):
        judge(lead_between(one, other, 4).pk, "same", who.camille)
    deed = decline_series(ids(shared[:3]), who.camille)
    assert proposed(who.france) == []
    assert len(proposed(who.new_zealand)) == 1, "each agency decides for itself"
    judge(lead_between(shared[2], shared[3], 4).pk, "same", who.mere)
    assert proposed(who.france) == [], "most of it was declined"
    undo_deed(deed.pk, who.camille)
    assert [one.contents for one in proposed(who.france)] == [ids(shared[:4])]
    decline_series(ids(shared[:2]), who.camille)
    judge(lead_between(shared[3], shared[4], 4).pk, "same", who.mere)
    assert [one.contents for one in proposed(who.france)] == [ids(shared)], "most of it is new"


def test_what_may_not_be_seen_any_more_is_not_shown_even_before_it_is_worked_out_anew(
    who: Cast, shared: list[Content], tmp_path: Path
) -> None:
    held = submitted(who.britain, folder_of_pictures(tmp_path / "other", range(50, 51)))
    chain = [*shared[:3], content_of(held, "0050.jpg")]
    for one, other in pairwise(chain):
        judge(lead_between(one, other, 4).pk, "same", who.camille)
    assert [one.contents for one in proposed(who.france)] == [sorted(ids(chain))]
    change_visibility(held.pk, Visibility.OWN, [], "It is ours.", who.edith)
    assert shown(who.france) == []
    assert [one.contents for one in proposed(who.france)] == [ids(shared[:3])]
    change_visibility(Submission.objects.exclude(pk=held.pk).get().pk, Visibility.OWN, [], "It is ours.", who.mere)
    assert shown(who.france) == []
    assert proposed(who.france) == []
    assert [one.contents for one in proposed(who.new_zealand)] == [ids(shared[:3])]


def test_what_was_taken_back_or_judged_different_since_is_not_shown(who: Cast, shared: list[Content]) -> None:
    leads = [lead_between(one, other, 4) for one, other in pairwise(shared[:3])]
    for lead in leads:
        judge(lead.pk, "same", who.camille)
    assert len(proposed(who.france)) == 1
    withdraw(leads[1].pk, who.camille)
    assert shown(who.france) == []
    assert [one.contents for one in proposed(who.france)] == [ids(shared[:2])]
    judge(leads[1].pk, "same", who.camille)
    assert [one.contents for one in proposed(who.france)] == [ids(shared[:3])]
    judge(lead_between(shared[0], shared[2], 9).pk, "different", who.mere)
    assert shown(who.france) == []
    assert [len(one.contents) for one in proposed(who.france)] == [2]


def test_what_was_opened_as_a_series_comes_back_when_that_is_undone(who: Cast, shared: list[Content]) -> None:
    judge(lead_between(shared[0], shared[1], 4).pk, "same", who.camille)
    assert len(proposed(who.france)) == 1
    made = open_entry("series", "FR-S-1", who.camille, ids(shared[:2]))
    assert shown(who.france) == []
    assert proposed(who.france) == proposed(who.new_zealand) == []
    assert ProposedSeries.objects.filter(settled=True).count() == 2
    undo_deed(made.deed_id, who.camille)
    assert len(proposed(who.france)) == len(proposed(who.new_zealand)) == 1


def test_the_largest_come_first_and_no_more_than_asked_for(who: Cast, shared: list[Content]) -> None:
    for first, second in (shared[:2], shared[2:4], shared[3:5]):
        judge(lead_between(first, second, 4).pk, "same", who.camille)
    assert [one.contents for one in proposed(who.france)] == [ids(shared[2:]), ids(shared[:2])]
    with asking(who.france.pk):
        assert [one.contents for one in proposed_series(who.france, 1)] == [ids(shared[2:])]
        assert [one.contents for one in proposed_series(who.france, 1, ids(shared[:2]))] == [ids(shared[:2])]
    decline_series(ids(shared[2:]), who.camille)
    with asking(who.france.pk):
        assert [one.contents for one in proposed_series(who.france, 1)] == [ids(shared[:2])]


def test_a_series_is_proposed_to_whoever_delivers_one_of_its_files_later(
    who: Cast, shared: list[Content], tmp_path: Path
) -> None:
    judge(lead_between(shared[0], shared[1], 4).pk, "same", who.camille)
    assert proposed(who.britain) == []
    submitted(who.britain, folder_of_pictures(tmp_path / "late", range(5)))
    assert [one.contents for one in proposed(who.britain)] == [ids(shared[:2])]


def test_an_agency_is_given_the_rows_of_its_own_alone(who: Cast, shared: list[Content]) -> None:
    judge(lead_between(shared[0], shared[1], 4).pk, "same", who.camille)
    all_done("alerts")
    assert ProposedSeries.objects.count() == 2
    for agency, rows in ((who.france, 1), (who.new_zealand, 1), (who.britain, 0)):
        with asking(agency.pk):
            assert [row.agency for row in ProposedSeries.objects.all()] == [agency] * rows
            assert ProposedSeries.objects.update(settled=True) == 0


def test_what_nobody_told_of_is_worked_out_by_the_hour(who: Cast, shared: list[Content]) -> None:
    apart = admit_agency(code="XK", name="A unit apart", country="XK", actor=SYSTEM, connected=False)
    judge(lead_between(shared[0], shared[1], 4).pk, "same", who.camille)
    assert len(proposed(who.france)) == 1
    ProposedSeries.objects.all().delete()
    defer("entries.propose_all")
    assert len(proposed(who.france)) == 1
    assert proposed(apart) == []
