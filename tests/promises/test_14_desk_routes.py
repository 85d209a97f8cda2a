"""Promise 14 at the desk: what cannot be logged is not shown, and no byte of a picture leaves before its leaf."""

import threading
from base64 import b32decode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.db import connections
from django.http import HttpResponse
from django.test import Client

from abroad import notice_requests
from audited import everything_stored
from broken_audit import BREAKAGES, TURN, second_connection
from desk import at_the_desk, story
from fanal.casework.alerts.models import Alert
from fanal.casework.dispatch.actions import choose_digest, register_webhook
from fanal.casework.dispatch.models import Delivery, Digest, Webhook
from fanal.casework.dispatch.signing import word_for
from fanal.casework.entries.actions import open_entry
from fanal.casework.entries.models import Entry
from fanal.casework.evidence.models import Submission, Visibility
from fanal.casework.evidence.visibility import change_visibility
from fanal.casework.leads.actions import judge, search_region
from fanal.casework.leads.findings import Box
from fanal.casework.leads.models import Lead, RegionSearch
from fanal.casework.registry.actions import Words, judge_sighting, keep_clue, withdraw_clue
from fanal.casework.registry.models import Clue, Sighting
from fanal.casework.retention.models import Hold, Rule
from fanal.casework.sharing.actions import claim
from fanal.casework.sharing.models import Claim
from fanal.core.access.actions import enrol_user
from fanal.core.access.models import Agency, Factor, Session, SignInAttempt, User
from fanal.core.access.people import reset
from fanal.core.access.tokens import make_token
from fanal.core.approvals.models import Proposal
from fanal.core.audit.actions import sign_checkpoint
from fanal.core.audit.models import Leaf
from fanal.doors.web.urls import urlpatterns
from fanal.kit import clock
from fanal.kit.actor import SYSTEM
from labour import all_done
from rooms import case_requests
from world import PASSWORD, Cast, cast, enrolled, folder_of_pictures, submitted

pytestmark = pytest.mark.django_db(transaction=True)

Ask = Callable[[Client], HttpResponse]
BOX = {"x": "0.2", "y": "0.2", "width": "0.5", "height": "0.5"}
COUNTS_ONLY = {"submission-progress"}
"""Shows numbers of a page that was logged, nothing of a file."""


@dataclass(frozen=True)
class Scene:
    """What the routes are asked about."""

    who: Cast
    submission: Submission
    leads: list[Lead]
    search: RegionSearch
    clues: list[Clue]
    sightings: list[Sighting]
    alert: Alert
    claim: Claim
    entries: list[Entry]
    proposals: list[Proposal]
    kept: Submission
    cases: Mapping[str, Ask]
    notices: Mapping[str, Ask]
    ada: User
    """Administrator of France."""
    vera: User
    """Somebody of the central desk."""
    robot: User
    """A machine of France."""
    colleague: User
    """Somebody of France whose account is changed."""
    link: str
    """The secret of an invitation."""
    rule: Rule
    hold: Hold
    webhooks: list[Webhook]
    delivery: Delivery

    def secrets(self) -> Iterator[bytes]:
        """Yield what tells something of the evidence: reasons, names, references and pixels."""
        yield from (lead.why.encode() for lead in self.leads)
        yield from (b"Bottle with a hexagon", b"Haute-Lisane")
        yield from (b"IMG_00", b"NZ-1", b"FR-1", b"FR-S-", b"FR-V-", b"data:image", b"\xff\xd8\xff\xe0\x00\x10JFIF")


def routes(scene: Scene) -> Mapping[str, Ask]:
    """Return a request for every named route of the desk."""
    lead, judged = scene.leads[0].pk, scene.leads[1].pk
    content, submission = scene.leads[0].left_id, scene.submission.pk
    clue, gone = (f"/clues/{one.pk}/" for one in scene.clues)
    seen, settled = (f"/sightings/{one.pk}/" for one in scene.sightings)
    person = {"username": scene.who.camille.username, "password": PASSWORD}
    return {
        "today": lambda client: client.get("/"),
        "alerts": lambda client: client.get("/alerts/"),
        "alert-hand-over": lambda client: client.post(f"/alerts/{scene.alert.pk}/hand-over/", {"to": "camille"}),
        "alert-acknowledge": lambda client: client.post(f"/alerts/{scene.alert.pk}/acknowledge/", {"answer": "Yes."}),
        "check": lambda client: client.post("/check/", {"digests": "00" * 32}),
        "claim": lambda client: client.post(f"/contents/{scene.leads[1].left_id}/claim/", {"note": "Ours."}),
        "claim-renew": lambda client: client.post(f"/claims/{scene.claim.pk}/renew/"),
        "claim-release": lambda client: client.post(f"/claims/{scene.claim.pk}/release/"),
        "sign-in": lambda client: client.post("/sign-in/", person),
        "sign-out": lambda client: client.post("/sign-out/"),
        "language": lambda client: client.post("/language/", {"language": "fr"}),
        "submissions": lambda client: client.get("/submissions/"),
        "submission": lambda client: client.get(f"/submissions/{submission}/"),
        "submission-progress": lambda client: client.get(f"/submissions/{submission}/progress/"),
        "content": lambda client: client.get(f"/contents/{content}/"),
        "preview": lambda client: client.get(f"/contents/{content}/previews/1/"),
        "search-region": lambda client: client.post(f"/contents/{content}/search/", BOX),
        "searches": lambda client: client.get("/searches/"),
        "search": lambda client: client.get(f"/searches/{scene.search.pk}/"),
        "text": lambda client: client.get("/text/?q=lanterne"),
        "clue-new": lambda client: client.post(
            f"/contents/{content}/clues/new/", {**BOX, "kind": "clue", "title": "A"}
        ),
        "clues": lambda client: client.get("/clues/"),
        "clue": lambda client: client.get(clue),
        "clue-withdraw": lambda client: client.post(f"{clue}withdraw/"),
        "clue-restore": lambda client: client.post(f"{gone}restore/"),
        "sighting": lambda client: client.get(seen),
        "sighting-judge": lambda client: client.post(f"{seen}judge/", {"verdict": "same"}),
        "sighting-withdraw": lambda client: client.post(f"{settled}withdraw/"),
        "leads": lambda client: client.get("/leads/?state=any&scope=all"),
        "lead": lambda client: client.get(f"/leads/{lead}/"),
        "judge": lambda client: client.post(f"/leads/{lead}/judge/", {"verdict": "same"}),
        "withdraw": lambda client: client.post(f"/leads/{judged}/withdraw/"),
        "approvals": lambda client: client.get("/approvals/"),
        "proposal-agree": lambda client: client.post(f"/approvals/{scene.proposals[0].pk}/agree/"),
        "proposal-refuse": lambda client: client.post(f"/approvals/{scene.proposals[1].pk}/refuse/"),
        "proposal-withdraw": lambda client: client.post(f"/approvals/{scene.proposals[2].pk}/withdraw/"),
        "submission-visibility": lambda client: client.post(
            f"/submissions/{scene.kept.pk}/visibility/", {"visibility": "all_connected", "reason": "All."}
        ),
        **_of_retention(scene),
        "alert-mail": lambda client: client.post("/alerts/mail/", {"every": "day", "address": "c@unit.example"}),
        "alert-mail-confirm": lambda client: client.get(f"/alerts/mail/confirm/{_word(scene)}/"),
        **_of_webhooks(scene),
        "central": lambda client: client.get("/central/"),
        "central-hand-over": lambda client: client.post("/central/AU/hand-over/", {"to": "sue"}),
        "central-escalate": lambda client: client.post("/central/AU/escalate/"),
        **_of_the_registry(scene, content),
        **scene.cases,
        **scene.notices,
        **_of_accounts(scene),
    }


def _of_accounts(scene: Scene) -> Mapping[str, Ask]:
    chosen, new = {"name": "laptop", "scope": ["read"]}, "another lantern on a shore"
    held = make_token(scene.who.camille, name="old", scopes=["read"], lasts=timedelta(days=1), actor=SYSTEM)[0]
    person = {"username": "odile", "name": "Odile", "role": "officer"}
    sign_checkpoint()
    proved = Leaf.objects.filter(agency=str(scene.who.france.pk))[0].index
    return {
        "log": lambda client: client.get("/log/"),
        "log-export": lambda client: client.get("/log/export/?action=access.signed_in"),
        "log-proof": lambda client: client.get(f"/log/{proved}/proof/"),
        "account": lambda client: client.get("/account/"),
        "account-token": lambda client: client.post("/account/tokens/", chosen),
        "account-session-end": lambda client: client.post("/account/sessions/end/", {"session": _elsewhere(scene)}),
        "token-revoke": lambda client: client.post(f"/tokens/{held.pk}/revoke/"),
        "factor-app": lambda client: client.post("/account/app/", {"code": _code(client)}),
        "factor-recovery": lambda client: client.post("/account/recovery/"),
        "factor-remove": lambda client: client.post(f"/account/factors/{_factor(scene)}/remove/"),
        "people-factor": lambda client: client.post("/people/factor/", {"required": "no"}),
        "people": lambda client: client.get("/people/"),
        "people-invite": lambda client: client.post("/people/invite/", person),
        "people-token": lambda client: client.post(f"/people/{scene.robot.pk}/token/", chosen),
        "people-change": lambda client: client.post(f"/people/{scene.colleague.pk}/suspend/"),
        "welcome": lambda client: client.post(f"/welcome/{scene.link}/", {"password": new, "again": new}),
        "account-password": lambda client: client.post(
            "/account/password/", {"old": PASSWORD, "new": new, "again": new}
        ),
    }


AFTER_OTHERS = {"factor-app", "factor-remove"}
"""Asked with a broken log in `tests/unit/access/test_factors.py`: they need something to be set up before."""
WEBHOOKS = (
    *("webhooks", "webhook-try", "delivery-again", "webhook-pause", "webhook-on", "webhook-secret", "webhook-remove"),
)
CENTRAL = ("central", "central-hand-over", "central-escalate")
BY_ADMINISTRATOR = {"people", "people-factor", "people-invite", "people-token", "people-change", *WEBHOOKS}


IN_A_BROWSER = {
    *("sign-in-second", "sign-in-passkey", "sign-in-passkey-wanted"),
    *("factor-passkey", "factor-passkey-wanted"),
    *("provider", "provider-back", "provider-out", "provider-link", "provider-remove"),
}
"""Steps of signing in and of making a passkey, which need a browser's answer: `tests/stories/test_desk_factors.py`; and
of signing in by a provider, which need one: `tests/unit/access/test_provider.py` breaks the log there.
"""


def _code(client: Client) -> str:
    """Return what an authenticator app that was set up just now shows."""
    secret = client.get("/account/app/").context["secret"]
    return TOTP(b32decode(secret), 6, SHA1(), 30).generate(int(clock.now().timestamp())).decode()


def _factor(scene: Scene) -> UUID:
    """Return a second factor of Camille's."""
    kept = {"kind": "app", "sealed": b"", "made_at": clock.now()}
    return Factor.objects.get_or_create(user=scene.who.camille, defaults=kept)[0].pk


def _word(scene: Scene) -> str:
    """Return the word that confirms the address of Camille's digest."""
    return word_for(scene.who.camille.pk, Digest.objects.get().address)


def _elsewhere(scene: Scene) -> str:
    """Return another session of Camille's."""
    going = Session.objects.filter(user=scene.who.camille).order_by("began_at").first()
    return str(going.id) if going else ""


def _of_retention(scene: Scene) -> Mapping[str, Ask]:
    subject = {"subject": f"submission:{scene.submission.pk}", "reference": "TA-1", "reason": "The court orders it."}
    return {
        "retention": lambda client: client.get("/retention/"),
        "retention-order": lambda client: client.post("/retention/orders/", {**subject, "ground": "court"}),
        "retention-hold": lambda client: client.post("/retention/holds/", subject),
        "retention-rule": lambda client: client.post("/retention/rules/", {"months": "12"}),
        "rule-end": lambda client: client.post(f"/retention/rules/{scene.rule.pk}/end/"),
        "hold-lift": lambda client: client.post(f"/retention/holds/{scene.hold.pk}/lift/"),
    }


def _of_webhooks(scene: Scene) -> Mapping[str, Ask]:
    on, off, gone = (f"/webhooks/{one.pk}/" for one in scene.webhooks)
    again = f"/webhooks/deliveries/{scene.delivery.pk}/again/"
    return {
        "webhooks": lambda client: client.post("/webhooks/", {"address": "https://desk.example/new"}),
        "webhook-try": lambda client: client.post(f"{on}try/"),
        "webhook-pause": lambda client: client.post(f"{on}pause/"),
        "webhook-secret": lambda client: client.post(f"{off}secret/"),
        "webhook-on": lambda client: client.post(f"{off}switch-on/"),
        "webhook-remove": lambda client: client.post(f"{gone}remove/"),
        "delivery-again": lambda client: client.post(again),
    }


def _of_the_registry(scene: Scene, content: int) -> Mapping[str, Ask]:
    series, _, victim = (f"/registry/{one.pk}/" for one in scene.entries)
    first, second, person = (str(one.pk) for one in scene.entries)
    pair = f"{scene.leads[0].left_id},{scene.leads[0].right_id}"
    age = {"about": "age", "youngest": "6", "on": "2015-03-01"}
    country = {"country": "FR", "verdict": "confirmed"}
    return {
        "entries": lambda client: client.get("/registry/"),
        "entry": lambda client: client.get(series),
        "entry-new": lambda client: client.post("/registry/new/", {"kind": "place", "reference": "FR-P-1"}),
        "entry-link": lambda client: client.post("/registry/link/", {"entry": person, "other": first}),
        "series-decline": lambda client: client.post("/registry/decline/", {"contents": pair}),
        "entry-state": lambda client: client.post(f"{victim}state/", age),
        "entry-country": lambda client: client.post(f"{series}country/", country),
        "content-country": lambda client: client.post(f"/contents/{content}/country/", country),
        "entry-split": lambda client: client.post(f"{series}split/", {"contents": str(content), "reference": "FR-S-9"}),
        "entry-merge": lambda client: client.post(f"{series}merge/", {"other": second}),
        "deed-undo": lambda client: client.post(f"/registry/deeds/{scene.entries[2].deed_id}/undo/"),
    }


@pytest.fixture(autouse=True)
def no_use_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have no session change by being used, however long the test takes."""
    monkeypatch.setattr("fanal.core.access.sessions.USE_NOTED_EVERY", timedelta(days=1))


@pytest.fixture
def scene(fresh_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """Two submissions, three leads, one of them judged."""
    monkeypatch.setenv("FANAL_WEBHOOKS", "public")
    who = cast()
    _, ours, leads = story(who, tmp_path)
    judge(leads[1].pk, "same", who.camille)
    search = search_region(leads[0].left_id, Box(0.2, 0.2, 0.5, 0.5), who.camille)
    clues = [kept(leads[0], title, who) for title in ("Bottle with a hexagon", "Uniform of Haute-Lisane")]
    sightings = [seen_at(clues[0], lead) for lead in leads[:2]]
    judge_sighting(sightings[1].pk, "same", who.camille)
    withdraw_clue(clues[1].pk, who.camille)
    all_done("alerts")
    alert = Alert.objects.get(agency=who.france, kind="lead")
    entries = [
        open_entry(kind, f"FR-{kind[0].upper()}-{number}", who.camille, [leads[0].left_id][: 2 - number])
        for number, kind in enumerate(("series", "series", "victim"), start=1)
    ]
    claimed = claim(leads[0].left_id, who.camille)
    User.objects.filter(pk=who.camille.pk).update(role="supervisor")
    luc = enrolled(who.france, "luc")
    hidden = [
        submitted(who.france, folder_of_pictures(tmp_path / name, range(1)), visibility=Visibility.OWN, case="FR-1")
        for name in ("one", "two", "three", "four")
    ]
    waits = [
        change_visibility(one.pk, Visibility.ALL_CONNECTED, [], "All.", by)
        for one, by in zip(hidden[:3], (luc, luc, who.camille), strict=True)
    ]
    now = clock.now()
    rule = Rule.objects.create(agency=who.france, months=12, made_by=luc, made_at=now)
    subject = f"submission:{hidden[3].pk}"
    hold = Hold.objects.create(agency=who.france, subject=subject, reference="FR-1", by=luc, at=now)
    proposals = [one for one in waits if one is not None]
    cases = case_requests(who, leads[0].left_id)
    notices = notice_requests(leads[0].right_id, entries[1:], who.camille)
    enrolled(who.australia, "sue", "supervisor")
    waiting(who.australia, 10_001)
    waiting(who.australia, 10_002, escalated_at=clock.now())
    ada, vera, robot, colleague = (
        enrol_user(username=name, display_name=name, agency=who.france, password=PASSWORD, actor=SYSTEM, role=role)
        for name, role in (("ada", "administrator"), ("vera", "central"), ("robot", "service"), ("colette", "officer"))
    )
    link = reset(enrol_user(username="new", display_name="New", agency=who.france, password=None, actor=SYSTEM), SYSTEM)
    known = (who, ours, leads, search, clues, sightings, alert, claimed, entries)
    hooks = [register_webhook(f"https://desk.example/{number}", ada)[0] for number in range(3)]
    Webhook.objects.filter(pk=hooks[1].pk).update(off_at=clock.now())
    sent = Delivery.objects.create(webhook=hooks[0], body="{}", state="arrived", made_at=clock.now())
    choose_digest("hour", "camille@unit.example", who.camille)
    made = (rule, hold, hooks, sent)
    return Scene(*known, proposals, hidden[3], cases, notices, ada, vera, robot, colleague, link, *made)


def waiting(agency: Agency, number: int, **late: datetime) -> Alert:
    """Have an alert wait in an agency."""
    times = {"caused_at": clock.now(), "told_at": clock.now(), "grown_at": clock.now(), **late}
    return Alert.objects.create(number=number, agency=agency, other=agency, kind="lead", key=str(number), **times)


def kept(lead: Lead, title: str, who: Cast) -> Clue:
    """Keep a part of a picture as a clue."""
    words = Words(title, countries=["FR"])
    return keep_clue(lead.left_id, Box(0.2, 0.2, 0.5, 0.5), "clue", words, who.camille, shared=True)


def seen_at(clue: Clue, lead: Lead) -> Sighting:
    """Propose that a clue is seen in the second picture of a lead."""
    corners = [[0.1, 0.1], [0.6, 0.1], [0.6, 0.6]]
    detail = {"points": [[0.3, 0.3, 0.2, 0.2]], "here": corners, "there": corners}
    return Sighting.objects.create(
        clue=clue,
        content_id=lead.right_id,
        technique="local/1",
        confidence=0.97,
        why="11 points of it lie alike.",
        detail=detail,
        created_at=clock.now(),
    )


def test_every_route_is_asked(scene: Scene) -> None:
    assert set(routes(scene)) | IN_A_BROWSER == {pattern.name for pattern in urlpatterns}


def test_every_route_refuses_while_the_log_is_broken(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    # That a session is used is noted once a minute, and this may take longer than one.
    monkeypatch.setattr("fanal.core.access.sessions.USE_NOTED_EVERY", timedelta(days=1))
    at_the_desk(scene.who.camille)  # elsewhere
    asked = routes(scene)
    asking = dict.fromkeys(BY_ADMINISTRATOR, at_the_desk(scene.ada))
    asking |= dict.fromkeys(CENTRAL, at_the_desk(scene.vera))
    for kind, broken in BREAKAGES.items():
        SignInAttempt.objects.all().delete()
        client = at_the_desk(scene.who.camille)
        with broken():
            refuses(scene, asked, client, asking, kind)
    SignInAttempt.objects.all().delete()
    client = at_the_desk(scene.who.camille)
    leaves = Leaf.objects.count()
    # The same requests, in the order of a day, once the log is whole again.
    day = (
        "today",
        "alerts",
        "alert-hand-over",
        "alert-acknowledge",
        "check",
        "claim",
        "claim-renew",
        "claim-release",
        "submissions",
        "submission",
        "content",
        "preview",
        "search-region",
        "searches",
        "search",
        "text",
        "clue-new",
        "approvals",
        "proposal-agree",
        "proposal-refuse",
        "proposal-withdraw",
        "submission-visibility",
        "retention",
        "retention-order",
        "retention-rule",
        "rule-end",
        "hold-lift",
        "retention-hold",
        "alert-mail",
        "alert-mail-confirm",
        *WEBHOOKS,
        *CENTRAL,
    )
    judged = ("sighting", "sighting-judge", "sighting-withdraw", "leads", "lead", "judge", "withdraw")
    others = (*_of_the_registry(scene, 0), *scene.cases, *scene.notices, *_of_accounts(scene))
    for name in (*day, "clues", "clue", *judged, "clue-withdraw", "clue-restore", *others):
        by = asking.get(name, client if name != "welcome" else Client())
        assert asked[name](by).status_code in {200, 302}, name
        leaves, known = Leaf.objects.count(), leaves
        assert leaves > known, f"{name} is not logged"


def refuses(scene: Scene, asked: Mapping[str, Ask], client: Client, asking: Mapping[str, Client], kind: str) -> None:
    """See that every page refuses, shows nothing and leaves nothing behind."""
    before = everything_stored()
    for name in asked.keys() - COUNTS_ONLY - {"language", "sign-in", "sign-out", "account-password"} - AFTER_OTHERS:
        answer = asked[name](asking.get(name, client))
        assert answer.status_code == 503, f"{name}: {kind}"
        assert answer["Content-Type"].startswith("text/html")
        body = b"".join(answer) if answer.streaming else answer.content
        assert [secret for secret in scene.secrets() if secret in body] == [], name
    assert everything_stored() == before, f"something was left behind: {kind}"
    # The attempt counts, or a broken log would let anyone guess; and who wants to leave is never kept signed in.
    sessions = Session.objects.count()
    assert asked["sign-in"](Client()).status_code == 503
    assert asked["account-password"](client).status_code == 503
    assert Session.objects.count() == sessions
    assert asked["sign-out"](client).status_code == 503
    assert Session.objects.count() == sessions - 1


def test_counts_tell_nothing_of_a_file(scene: Scene) -> None:
    body = routes(scene)["submission-progress"](at_the_desk(scene.who.camille)).content
    assert [secret for secret in scene.secrets() if secret in body] == []


def test_every_picture_that_is_served_has_a_leaf_of_its_own(scene: Scene) -> None:
    client = at_the_desk(scene.who.camille)
    for lead in scene.leads:
        for content in (lead.left_id, lead.right_id):
            before = Leaf.objects.count()
            answer = client.get(f"/contents/{content}/previews/1/")
            assert answer["Content-Type"] == "image/jpeg"
            assert answer["Cache-Control"] == "no-store"
            assert answer.content[6:10] == b"JFIF"
            (leaf,) = Leaf.objects.filter(index__gte=before)
            assert (leaf.action, leaf.subject) == ("media.served", f"content:{content}")
            assert leaf.agency == str(scene.who.france.pk)


def test_no_byte_leaves_before_its_leaf(scene: Scene) -> None:
    client, arrived = at_the_desk(scene.who.camille), threading.Event()
    answers: list[int] = []

    def ask() -> None:
        answers.append(client.get(f"/contents/{scene.leads[0].left_id}/previews/1/").status_code)
        arrived.set()
        connections.close_all()

    asking = threading.Thread(target=ask)
    before = Leaf.objects.count()
    with second_connection() as other:
        other.execute("SELECT pg_advisory_lock(%s)", [TURN])
        asking.start()
        assert not arrived.wait(0.5), "the picture did not wait for its turn to be logged"
        assert Leaf.objects.count() == before
        other.execute("SELECT pg_advisory_unlock(%s)", [TURN])
        asking.join(300)
    assert answers == [200]
    assert Leaf.objects.count() == before + 1
