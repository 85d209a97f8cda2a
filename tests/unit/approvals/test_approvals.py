"""Four eyes: a deed is done once, when a second, entitled officer agrees; and the log says so."""

import json
import threading
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import IntegrityError, connections, transaction

from desk import at_the_desk
from fanal.core.access.actions import admit_agency, enrol_user
from fanal.core.access.models import Role, User
from fanal.core.approvals import deeds
from fanal.core.approvals.actions import agree, lapse, propose, refuse, withdraw
from fanal.core.approvals.deeds import Deed, register
from fanal.core.approvals.models import Proposal, State
from fanal.core.approvals.queries import proposals_of, waiting_for
from fanal.core.audit.models import Leaf
from fanal.kit import clock
from fanal.kit.actor import SYSTEM
from fanal.kit.errors import Conflict, Invalid, NotFound, Refused
from programs import program
from world import PASSWORD, Cast, cast, enrolled

pytestmark = pytest.mark.django_db(transaction=True)


class Bell:
    """What the trial deed does: it rings, and is counted."""

    def __init__(self) -> None:
        self.rung: list[str] = []
        self.broken = False

    def ring(self, proposal: Proposal, by: User) -> None:
        """Ring for a proposal."""
        if self.broken:
            raise Conflict("The bell is broken.")
        admit_agency(code=f"B{len(self.rung)}", name=by.username, country="BE", actor=SYSTEM)
        self.rung.append(proposal.subject)


@pytest.fixture
def bell(monkeypatch: pytest.MonkeyPatch) -> Bell:
    """A deed that needs a second officer."""
    made = Bell()
    monkeypatch.setattr(deeds, "_deeds", dict(deeds._deeds))
    register(Deed("trial.ring", lambda proposal: f"Ring for {proposal.subject}.", made.ring))
    return made


@pytest.fixture
def who(fresh_data: Path) -> Cast:
    return cast()


def colleague(who: Cast, name: str, role: str) -> User:
    return enrol_user(username=name, display_name=name, agency=who.france, password=PASSWORD, actor=SYSTEM, role=role)


@pytest.fixture
def ariane(who: Cast) -> User:
    """A supervisor of France."""
    return colleague(who, "ariane", Role.SUPERVISOR)


def asked(who: Cast, subject: str = "bell:1") -> Proposal:
    return propose("trial.ring", subject, by=who.camille, reason="It is noon.")


def logged(proposal: Proposal) -> list[str]:
    return list(
        Leaf.objects.filter(subject=f"proposal:{proposal.pk}").order_by("index").values_list("action", flat=True)
    )


def test_it_is_done_when_a_second_officer_agrees_and_only_once(bell: Bell, who: Cast, ariane: User) -> None:
    proposal = asked(who)
    assert list(waiting_for(ariane)) == [proposal]
    assert bell.rung == []
    assert agree(proposal.pk, ariane).state == State.AGREED
    assert bell.rung == ["bell:1"]
    with pytest.raises(Conflict):
        agree(proposal.pk, ariane)
    assert bell.rung == ["bell:1"]
    assert logged(proposal) == ["approvals.proposed", "approvals.agreed"]
    assert not waiting_for(ariane).exists()


def test_of_two_who_agree_at_the_same_moment_one_comes_too_late(bell: Bell, who: Cast, ariane: User) -> None:
    proposal, other = asked(who), colleague(who, "luc", Role.SUPERVISOR)
    outcomes: list[str] = []

    def say(user: User) -> None:
        try:
            outcomes.append(agree(proposal.pk, user).state)
        except Conflict:
            outcomes.append("late")
        connections.close_all()

    threads = [threading.Thread(target=say, args=[user]) for user in (ariane, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["agreed", "late"]
    assert len(bell.rung) == 1


def test_nobody_agrees_alone_or_without_the_right_to(bell: Bell, who: Cast, ariane: User) -> None:
    proposal = asked(who)
    own = propose("trial.ring", "bell:2", by=ariane, reason="Mine.")
    officer = colleague(who, "luc", Role.OFFICER)
    foreign = enrolled(who.new_zealand, "tui", "supervisor")
    for user, refused in ((who.camille, Refused), (officer, Refused), (foreign, NotFound)):
        for settle in (agree, refuse):
            with pytest.raises(refused):
                settle(proposal.pk, user)
    with pytest.raises(Refused, match="A second officer"):
        agree(own.pk, ariane)
    with pytest.raises(Refused, match="Only the officer"):
        withdraw(proposal.pk, ariane)
    assert (bell.rung, list(waiting_for(officer)), list(waiting_for(foreign))) == ([], [], [])
    assert list(waiting_for(ariane)) == [proposal]
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.filter(pk=own.pk).update(state=State.AGREED, settled_by=ariane)


def test_what_the_deed_refuses_leaves_all_as_it_was(bell: Bell, who: Cast, ariane: User) -> None:
    proposal, leaves = asked(who), Leaf.objects.count()
    bell.broken = True
    with pytest.raises(Conflict, match="broken"):
        agree(proposal.pk, ariane)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.settled_by, Leaf.objects.count()) == (State.OPEN, None, leaves)
    bell.broken = False
    agree(proposal.pk, ariane)


def test_it_can_be_refused_and_withdrawn(bell: Bell, who: Cast, ariane: User) -> None:
    first, second = asked(who), asked(who, "bell:2")
    assert refuse(first.pk, ariane, "Not today.").answer == "Not today."
    withdraw(second.pk, who.camille)
    assert [one.state for one in proposals_of(who.france)] == [State.WITHDRAWN, State.REFUSED]
    assert logged(first)[-1] == "approvals.refused"
    assert logged(second)[-1] == "approvals.withdrawn"
    assert bell.rung == []


def test_it_lapses_and_may_then_be_proposed_anew(bell: Bell, who: Cast, ariane: User) -> None:
    proposal = asked(who)
    with pytest.raises(Conflict, match="proposed already"):
        asked(who)
    Proposal.objects.update(lapses_at=clock.now() - timedelta(seconds=1))
    with pytest.raises(Conflict, match="waits no longer"):
        agree(proposal.pk, ariane)
    again = asked(who)
    Proposal.objects.filter(pk=again.pk).update(lapses_at=clock.now() - timedelta(seconds=1))
    with transaction.atomic():
        assert lapse() == 1
        assert lapse() == 0
    assert set(proposals_of(who.france).values_list("state", flat=True)) == {State.LAPSED}
    assert logged(proposal) == logged(again) == ["approvals.proposed", "approvals.lapsed"]


def test_a_proposal_says_why_and_is_of_a_known_kind(bell: Bell, who: Cast) -> None:
    for reason in ("", " \0 ", "a" * 2001):
        with pytest.raises(Invalid):
            propose("trial.ring", "bell:1", by=who.camille, reason=reason)
    with pytest.raises(NotFound):
        propose("trial.unknown", "bell:1", by=who.camille, reason="Why not.")
    auditor = colleague(who, "aude", Role.AUDITOR)
    with pytest.raises(Refused):
        propose("trial.ring", "bell:1", by=auditor, reason="Why not.")


def test_at_the_desk_and_for_programs_it_reads_alike(bell: Bell, who: Cast, ariane: User) -> None:
    first, second = asked(who), asked(who, "bell:2")
    page = at_the_desk(ariane).get("/approvals/").content.decode()
    assert page.index("Ring for bell:2.") < page.index("Ring for bell:1.")
    assert f"/approvals/{first.pk}/agree/" in page
    mine = at_the_desk(who.camille).get("/approvals/").content.decode()
    assert f"/approvals/{first.pk}/withdraw/" in mine
    assert "/agree/" not in mine
    assert "Ring for" not in at_the_desk(who.mere).get("/approvals/?scope=all").content.decode()
    client, asking = at_the_desk(ariane), program(ariane)
    assert client.post(f"/approvals/{first.pk}/agree/").status_code == 302
    told = json.loads(asking.get("/proposals?waiting=true").content)["items"]
    assert [(one["id"], one["sentence"], one["reason"]) for one in told] == [
        (str(second.pk), "Ring for bell:2.", "It is noon.")
    ]
    key = str(uuid4())
    for _ in range(2):
        answer = asking.post(f"/proposals/{second.pk}/agreement", key=key)
        assert json.loads(answer.content) == {"id": str(second.pk), "state": "agreed"}
    assert bell.rung == ["bell:1", "bell:2"]
    assert program(ariane, "read", "submit", "judge").post(f"/proposals/{second.pk}/agreement").status_code == 403
