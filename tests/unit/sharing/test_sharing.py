"""Sharing: hit or no hit and nothing more, only where the owner allows it; and nobody works on the same unknowingly."""

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from desk import at_the_desk, content_of, examined, lead_between, story
from fanal.casework.alerts.queries import alerts_after
from fanal.casework.evidence.models import Visibility
from fanal.casework.leads.actions import judge
from fanal.casework.sharing import actions
from fanal.casework.sharing.errors import AskedTooMuch
from fanal.casework.sharing.models import Claim, Question
from fanal.casework.sharing.queries import Answer, Contact, claims_on, visible_claims
from fanal.core.access.models import Agency
from fanal.core.access.queries import operator_of
from fanal.core.audit.models import Leaf
from fanal.kit import clock
from fanal.kit.errors import Conflict, Invalid, NotFound
from labour import all_done
from world import Cast, cast, folder_of_pictures, submitted

pytestmark = pytest.mark.django_db

NOBODYS = hashlib.sha256(b"nobody has this").digest()


@pytest.fixture
def who(fresh_data: Path, tmp_path: Path) -> Cast:
    """France shows what it has; New Zealand and Australia keep theirs to themselves, and New Zealand answers."""
    people = cast()
    for agency, name, visibility in (
        (people.france, "fr", Visibility.ALL_CONNECTED),
        (people.new_zealand, "nz", Visibility.OWN),
        (people.australia, "au", Visibility.OWN),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.bin").write_bytes(name.encode())
        submitted(agency, tmp_path / name, visibility=visibility)
    actions.disclose(people.new_zealand, answers=True, contact="desk@nz.example", actor=operator_of(people.new_zealand))
    return people


def digest_of(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


def asked(agency: Agency, *digests: bytes) -> list[Answer]:
    return list(actions.ask(agency, digests, operator_of(agency)))


def told(agency: Agency) -> list[tuple[str, str, int]]:
    return [(one.kind, one.other.code, one.count) for one in alerts_after(agency, 0)]


def test_what_is_seen_or_answered_for_is_a_hit_with_a_contact_and_all_else_is_no_hit(who: Cast) -> None:
    answers = asked(who.britain, digest_of("fr"), digest_of("nz"), digest_of("au"), NOBODYS)
    assert [answer.contacts for answer in answers] == [
        (Contact("FR", "FR", ""),),
        (Contact("NZ", "NZ", "desk@nz.example"),),
        (),
        (),
    ]
    assert [answer.known for answer in answers] == [True, True, False, False]


def test_what_may_not_be_told_is_answered_as_what_is_not_there_by_the_same_questions(who: Cast) -> None:
    kept = []
    for digest in (digest_of("au"), NOBODYS):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            (answer,) = asked(who.britain, digest)
        kept.append((answer.contacts, [query["sql"].split()[0] for query in queries if "audit" not in query["sql"]]))
    assert kept[0] == kept[1]


def test_both_sides_of_a_hit_are_logged_and_the_owner_is_told_once(who: Cast) -> None:
    first = Leaf.objects.count()
    asked(who.britain, digest_of("nz"), digest_of("fr"), NOBODYS)
    asked(who.britain, digest_of("nz"))
    leaves = list(Leaf.objects.filter(index__gte=first).values_list("action", "subject"))
    assert leaves.count(("sharing.asked", f"agency:{who.britain.pk}")) == 2
    assert leaves.count(("sharing.answered", f"agency:{who.new_zealand.pk}")) == 2
    all_done("alerts")
    assert told(who.new_zealand) == [("asked", "GB", 1)]
    assert told(who.france) == [], "what all may see, anyone may look up"


def test_an_agency_that_takes_its_word_back_answers_nothing_again(who: Cast) -> None:
    actions.disclose(who.new_zealand, answers=False, contact="", actor=operator_of(who.new_zealand))
    assert [answer.known for answer in asked(who.britain, digest_of("nz"))] == [False]
    assert [answer.known for answer in asked(who.new_zealand, digest_of("nz"))] == [True], "one's own is known"
    with pytest.raises(Invalid):
        actions.disclose(who.new_zealand, answers=True, contact=" ", actor=operator_of(who.new_zealand))


def test_an_agency_may_ask_so_much_an_hour(who: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "MOST_AN_HOUR", 3)
    asked(who.britain, digest_of("nz"), NOBODYS)
    with pytest.raises(AskedTooMuch):
        asked(who.britain, NOBODYS, NOBODYS)
    asked(who.france, NOBODYS, NOBODYS)
    Question.objects.update(at=clock.now() - timedelta(hours=2))
    asked(who.britain, NOBODYS, NOBODYS)
    for wrong in ((), (b"short",), (NOBODYS,) * (actions.MOST_AT_ONCE + 1)):
        with pytest.raises(Invalid):
            asked(who.britain, *wrong)


def test_claims_are_seen_by_who_sees_the_content_and_hold_until_they_end(who: Cast, tmp_path: Path) -> None:
    _, _, leads = story(who, tmp_path / "story")
    content = leads[0].left_id
    made = actions.claim(content, who.camille, "We know the bottle.")
    assert [one.agency.code for one in claims_on(who.australia, content)] == ["FR"]
    with pytest.raises(Conflict):
        actions.claim(content, who.camille)
    with pytest.raises(NotFound):
        actions.release(made.pk, who.mere)
    assert actions.renew(made.pk, who.camille, timedelta(days=200)).lapses_at > made.lapses_at
    actions.release(made.pk, who.camille)
    assert not claims_on(who.australia, content).exists()
    assert Claim.objects.get().ended_by == who.camille
    actions.claim(content, who.camille)
    assert Claim.objects.count() == 2, "what ended is kept"


def test_a_claim_on_what_is_hidden_is_nobody_elses_to_see(who: Cast, tmp_path: Path) -> None:
    hidden = submitted(who.new_zealand, folder_of_pictures(tmp_path / "x", range(1)), visibility=Visibility.OWN)
    examined([hidden])
    content = content_of(hidden, "0000.jpg").pk
    actions.claim(content, who.mere)
    assert visible_claims(who.new_zealand).count() == 1
    assert visible_claims(who.france).count() == 0
    with pytest.raises(NotFound):
        actions.claim(content, who.camille)


def test_both_sides_are_told_when_work_meets_also_on_what_was_judged_the_same(who: Cast, tmp_path: Path) -> None:
    theirs, ours, leads = story(who, tmp_path / "story")
    judge(leads[0].pk, "same", who.camille)
    actions.claim(leads[0].left_id, who.mere)
    actions.claim(leads[0].right_id, who.camille)
    actions.claim(leads[1].left_id, who.jack)
    lead_between(content_of(theirs, "0040.jpg"), content_of(ours, "0041.jpg"), 9)
    all_done("alerts")
    assert ("meeting", "FR", 1) in told(who.new_zealand)
    assert ("meeting", "NZ", 1) in told(who.france)
    assert told(who.australia) == []


def test_a_claim_lapses_by_itself_and_its_agency_is_told(who: Cast, tmp_path: Path) -> None:
    _, _, leads = story(who, tmp_path / "story")
    made = actions.claim(leads[0].left_id, who.jack, lasts=timedelta(days=1))
    with transaction.atomic():
        assert actions.lapse() == 0
    long_ago = clock.now() - timedelta(days=3)
    Claim.objects.filter(pk=made.pk).update(made_at=long_ago, lapses_at=long_ago + timedelta(days=1))
    with transaction.atomic():
        assert actions.lapse() == 1
        assert actions.lapse() == 0
    all_done("alerts")
    assert told(who.australia) == [("lapsed", "AU", 1)]
    with pytest.raises(NotFound):
        actions.renew(made.pk, who.jack)


def test_the_desk_claims_releases_and_asks(who: Cast, tmp_path: Path) -> None:
    _, _, leads = story(who, tmp_path / "story")
    content = leads[0].left_id
    desk = at_the_desk(who.camille)
    assert desk.post(f"/contents/{content}/claim/", {"note": "We know the bottle."}).status_code == 302
    page = at_the_desk(who.mere).get(f"/contents/{content}/").content.decode()
    assert "We know the bottle." in page
    claim = Claim.objects.get()
    assert at_the_desk(who.mere).post(f"/claims/{claim.pk}/release/").status_code == 404
    assert desk.post(f"/claims/{claim.pk}/renew/").status_code == 302
    assert desk.post(f"/claims/{claim.pk}/release/").status_code == 302
    asked_page = desk.post("/check/", {"digests": f"{digest_of('nz').hex()}\n{NOBODYS.hex()}"}).content.decode()
    assert "desk@nz.example" in asked_page
    assert desk.post("/check/", {"digests": "no digest"}).status_code == 422
