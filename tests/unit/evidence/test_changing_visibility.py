"""Who sees a submission is changed: to fewer at once, to more when a second officer agrees; then those are told."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from desk import at_the_desk, content_of, examined, lead_between
from fanal.casework.alerts.queries import alerts_after, pace_of
from fanal.casework.evidence.models import Submission, Visibility
from fanal.casework.evidence.queries import visible_submissions
from fanal.casework.evidence.visibility import Audience, change_visibility
from fanal.core.access.models import Agency, User
from fanal.core.access.queries import agencies
from fanal.core.approvals.actions import agree
from fanal.core.approvals.models import Proposal
from fanal.core.audit.models import Leaf
from fanal.kit.errors import Conflict, Invalid, NotFound
from labour import all_done
from programs import program
from world import Cast, cast, enrolled, folder_of_pictures, submitted

pytestmark = pytest.mark.django_db

OWN, NAMED, ALL = Visibility.OWN, Visibility.NAMED, Visibility.ALL_CONNECTED


@pytest.fixture
def who(fresh_data: Path) -> Cast:
    return cast()


@pytest.fixture
def tui(who: Cast) -> User:
    """A supervisor of New Zealand."""
    return enrolled(who.new_zealand, "tui", "supervisor")


@pytest.fixture
def kept(who: Cast, tmp_path: Path) -> Submission:
    """Three pictures that New Zealand keeps to itself."""
    return submitted(who.new_zealand, folder_of_pictures(tmp_path / "kept", range(3)), visibility=OWN, case="NZ-7")


def seeing() -> set[str]:
    return {agency.code for agency in agencies() if visible_submissions(agency).exists()}


def widened(kept: Submission, to: Visibility, by: User, second: User, *named: Agency) -> Proposal:
    waits = change_visibility(kept.pk, to, named, "They work on it too.", by)
    assert waits is not None
    return agree(waits.pk, second)


def test_an_audience_includes_what_is_smaller(who: Cast) -> None:
    one, two = frozenset({who.france.pk}), frozenset({who.france.pk, who.britain.pk})
    order = [Audience(OWN), Audience(NAMED, one), Audience(NAMED, two), Audience(ALL)]
    for position, smaller in enumerate(order):
        assert all(larger.includes(smaller) for larger in order[position:])
        assert not any(smaller.includes(larger) for larger in order[position + 1 :])
    assert not Audience(NAMED, one).includes(Audience(NAMED, two - one))


def test_more_see_it_when_a_second_officer_agrees(who: Cast, tui: User, kept: Submission) -> None:
    waits = change_visibility(kept.pk, NAMED, [who.france], "They work on it too.", who.mere)
    assert waits is not None
    assert seeing() == {"NZ"}
    agree(waits.pk, tui)
    assert seeing() == {"NZ", "FR"}
    widened(kept, ALL, who.mere, tui)
    assert seeing() == {"NZ", "FR", "AU", "GB"}
    (leaf, _) = Leaf.objects.filter(action="evidence.visibility_widened").order_by("index")
    assert (leaf.subject, leaf.agency) == (f"submission:{kept.pk}", str(who.new_zealand.pk))


def test_fewer_see_it_at_once(who: Cast, tui: User, kept: Submission) -> None:
    widened(kept, ALL, who.mere, tui)
    assert change_visibility(kept.pk, NAMED, [who.france, who.britain], "", who.mere) is None
    assert seeing() == {"NZ", "FR", "GB"}
    assert change_visibility(kept.pk, NAMED, [who.britain], "", who.mere) is None
    assert change_visibility(kept.pk, OWN, [], "", who.mere) is None
    assert seeing() == {"NZ"}
    assert Leaf.objects.filter(action="evidence.visibility_narrowed").count() == 3


def test_others_instead_are_more_too(who: Cast, tui: User, kept: Submission) -> None:
    widened(kept, NAMED, who.mere, tui, who.france)
    assert change_visibility(kept.pk, NAMED, [who.britain], "Britain leads.", who.mere) is not None
    assert seeing() == {"NZ", "FR"}


def test_what_was_agreed_is_what_was_shown_to_who_agreed(who: Cast, tui: User, kept: Submission) -> None:
    widened(kept, NAMED, who.mere, tui, who.france, who.britain)
    waits = change_visibility(kept.pk, ALL, [], "All.", who.mere)
    assert waits is not None
    change_visibility(kept.pk, OWN, [], "", who.mere)
    with pytest.raises(Conflict, match="changed meanwhile"):
        agree(waits.pk, tui)
    assert seeing() == {"NZ"}


def test_only_its_own_agency_changes_it_and_says_for_whom(who: Cast, kept: Submission) -> None:
    with pytest.raises(NotFound):
        change_visibility(kept.pk, ALL, [], "Why not.", who.camille)
    with pytest.raises(Conflict, match="exactly these already"):
        change_visibility(kept.pk, OWN, [], "", who.mere)
    for wanted, named in ((NAMED, ()), (NAMED, (who.new_zealand,)), (ALL, (who.france,))):
        with pytest.raises(Invalid):
            change_visibility(kept.pk, wanted, named, "Why not.", who.mere)
    with pytest.raises(Invalid, match="needs a reason"):
        change_visibility(kept.pk, ALL, [], "", who.mere)


def test_those_are_told_whom_it_concerns_now_and_nobody_twice(
    who: Cast, tui: User, kept: Submission, tmp_path: Path
) -> None:
    theirs = submitted(who.france, folder_of_pictures(tmp_path / "fr", range(3), edit=True))
    examined([kept, theirs])
    for seed in range(3):
        lead_between(content_of(kept, f"{seed:04}.jpg"), content_of(theirs, f"{seed:04}.jpg"), 2)
    all_done("alerts")
    told = {agency: alerts_after(agency, 0) for agency in (who.france, who.new_zealand, who.britain)}
    assert [found.count() for found in told.values()] == [0, 1, 0], "France sees nothing of it"
    widened(kept, NAMED, who.mere, tui, who.france)
    all_done("alerts")
    assert [(one.kind, one.other.code, one.count) for one in told[who.france]] == [("lead", "NZ", 3)]
    assert [found.count() for found in told.values()] == [1, 1, 0]
    widened(kept, ALL, who.mere, tui)
    all_done("alerts")
    assert [found.count() for found in told.values()] == [1, 1, 0], "all that concerns them they know"
    pace = pace_of(who.france).told
    assert pace is not None
    assert timedelta() < pace < timedelta(minutes=5), "counted from when it could be told"


def test_programs_and_the_desk_change_it(who: Cast, tui: User, kept: Submission) -> None:
    asking = program(who.mere)
    path, sent = f"/submissions/{kept.pk}", b'{"visibility": "named", "named": ["FR"], "reason": "They ask."}'
    answer = json.loads(asking.ask("PATCH", path, sent, {"Idempotency_Key": "a-key-of-its-own"}).content)
    assert answer["visibility"] == "own"
    agreed = program(tui).post(f"/proposals/{answer['proposal']}/agreement")
    assert json.loads(agreed.content)["state"] == "agreed"
    assert seeing() == {"NZ", "FR"}
    client, address = at_the_desk(who.mere), f"/submissions/{kept.pk}/"
    said = client.post(f"{address}visibility/", {"visibility": "all_connected", "reason": "All."}, follow=True)
    assert b"waits for a second officer" in said.content
    (waits,) = Proposal.objects.filter(state="open")
    assert b"Show the submission NZ-7 to: All connected agencies." in at_the_desk(tui).get("/approvals/").content
    assert at_the_desk(tui).post(f"/approvals/{waits.pk}/agree/").status_code == 302
    assert seeing() == {"NZ", "FR", "AU", "GB"}
    assert client.post(f"{address}visibility/", {"visibility": "own"}).status_code == 302
    assert seeing() == {"NZ"}
    assert client.post(f"{address}visibility/", {"visibility": "nobody"}).status_code == 404
