"""Promise 11 at the API: every route, every role, and what is an agency's own, shared, another's or not there.

The routes are those of the OpenAPI document: one without a row here fails. What is another's is answered byte for byte
as what is not there, and no list, count or cursor changes when another agency keeps something for itself.
"""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.http import HttpResponse

from abroad import NOTICE_ROWS, answered_notice
from administrator_walls import ADMINISTRATOR_ROWS
from audited import everything_stored
from broken_audit import BREAKAGES
from case_walls import CASE_ROWS
from desk import content_of, examined, lead_between
from fanal.casework.cases import participation
from fanal.casework.dispatch.models import Delivery as Message
from fanal.casework.dispatch.models import Webhook
from fanal.casework.evidence.actions import Delivery, open_submission
from fanal.casework.evidence.models import Submission, Upload, Visibility
from fanal.casework.evidence.uploads import Announced, begin_upload
from fanal.casework.evidence.visibility import WIDEN, Audience
from fanal.casework.leads.findings import Box
from fanal.casework.registry.actions import Words, keep_clue
from fanal.casework.registry.models import Clue, Sighting
from fanal.casework.retention.models import Hold, Rule
from fanal.core.access.actions import enrol_user
from fanal.core.access.models import Role, Scope, Token, User
from fanal.core.access.queries import actor_of
from fanal.core.access.roles import Right, may
from fanal.core.approvals.actions import propose, withdraw
from fanal.core.approvals.models import Proposal
from fanal.core.audit.models import Leaf
from fanal.doors.api.urls import api
from fanal.kit import clock
from fanal.kit.actor import SYSTEM
from programs import Program, program
from rooms import furnished
from walls import ABSENT, NOTHING, REGISTRY_ROWS, VERSIONED, Row, Things, alerted, claimed, opened, sending, stated
from world import PASSWORD, Cast, cast, enrolled, folder_of_pictures, submitted

pytestmark = pytest.mark.django_db(transaction=True)

Ask = Callable[["Program", "Things"], HttpResponse]
REFUSED = 403
FIRST_WAY = next(iter(BREAKAGES))
"""The one in which all that is stored is looked at after each route; in the others, after all of them."""
DROPPING = "DELETE /uploads/{upload}"
COUNTS_ONLY = {"GET /uploads/{upload}", "HEAD /uploads/{upload}"}
"""Tell a caller how far their own upload is, and nothing of a file."""
SECRETS = (b"foreign", b"Foreign", b"FOREIGN")
"""In every name, title and path of what is not for France."""


def judged(who: Program, of: Things) -> HttpResponse:
    """Judge a lead as it is; one that cannot be looked at, as if it were new."""
    version = who.get(f"/leads/{of.lead}").headers.get("ETag", '"1-0-0"')
    return who.post(f"/leads/{of.lead}/judgements", {"verdict": "same"}, If_Match=version)


def shown_as_it_is(who: Program, of: Things) -> HttpResponse:
    """Have a submission shown to whom it is shown already: to nobody else."""
    sent = json.dumps({"visibility": "own"}).encode()
    return who.ask("PATCH", f"/submissions/{of.submission}", sent, {"Idempotency_Key": str(uuid4())})


OPENING = {"label": "phone", "origin": "a laptop", "hash_only": True}
FILES = {"files": [{"path": "a", "size": 1, "sha256": "ab" * 32, "sha1": "ab" * 20, "md5": "ab" * 16}]}

ORDERING = {"ground": "rule", "reason": "Its time is over."}
"""Of what no rule speaks: so it is refused, and never waits for anyone."""

FILE = {"path": "a", "size": 9, "sha256": "ab" * 32}
PIECE = {"Upload_Offset": "5", "Content_Digest": f"sha-256=:{b64encode(sha256(b'x').digest()).decode()}:"}

ROWS: Mapping[str, Row] = {
    "GET /me": Row(lambda who, _: who.get("/me"), shared=None, right=None),
    "GET /agencies": Row(lambda who, _: who.get("/agencies"), shared=None),
    "GET /submissions": Row(lambda who, _: who.get("/submissions"), shared=None),
    "POST /submissions": Row(
        lambda who, _: who.post("/submissions", OPENING), own=201, shared=None, right=Right.SUBMIT
    ),
    "GET /submissions/{submission}": Row(lambda who, of: who.get(f"/submissions/{of.submission}")),
    "PATCH /submissions/{submission}": sending(shown_as_it_is, own=409),
    "POST /submissions/{submission}/digests": sending(
        lambda who, of: who.post(f"/submissions/{of.submission}/digests", FILES), own=409
    ),
    "POST /submissions/{submission}/close": sending(lambda who, of: who.post(f"/submissions/{of.submission}/close")),
    "POST /submissions/{submission}/conclude": sending(
        lambda who, of: who.post(f"/submissions/{of.submission}/conclude")
    ),
    "POST /submissions/{submission}/files": sending(
        lambda who, of: who.post(f"/submissions/{of.submission}/files", FILE), own=409
    ),
    "GET /uploads/{upload}": sending(lambda who, of: who.get(f"/uploads/{of.upload}")),
    "HEAD /uploads/{upload}": sending(lambda who, of: who.ask("HEAD", f"/uploads/{of.upload}")),
    "PUT /uploads/{upload}/bytes": sending(
        lambda who, of: who.ask("PUT", f"/uploads/{of.upload}/bytes", b"x", PIECE), own=409
    ),
    "POST /uploads/{upload}/complete": sending(lambda who, of: who.post(f"/uploads/{of.upload}/complete"), own=409),
    "DELETE /uploads/{upload}": sending(lambda who, of: who.ask("DELETE", f"/uploads/{of.upload}"), own=204),
    "GET /alerts/stream": Row(lambda who, _: who.get("/alerts/stream"), shared=None),
    "GET /contents/{sha256}": Row(lambda who, of: who.get(f"/contents/{of.sha256}")),
    "GET /leads": Row(lambda who, _: who.get("/leads"), shared=None),
    "GET /leads/{lead}": Row(lambda who, of: who.get(f"/leads/{of.lead}")),
    "POST /leads/{lead}/judgements": Row(judged, own=201, shared=201, right=Right.JUDGE),
    "GET /clues": Row(lambda who, _: who.get("/clues"), shared=None),
    "GET /clues/{clue}": Row(lambda who, of: who.get(f"/clues/{of.clue}")),
    "GET /clues/{clue}/sightings": Row(lambda who, of: who.get(f"/clues/{of.clue}/sightings")),
    "GET /sightings/{sighting}": Row(lambda who, of: who.get(f"/sightings/{of.sighting}")),
    "POST /check": Row(lambda who, of: who.post("/check", {"sha256": [of.sha256]}), right=Right.CHECK),
    "GET /log": Row(lambda who, _: who.get("/log"), shared=None, right=Right.LOG),
    "GET /log/state": Row(lambda who, _: who.get("/log/state"), shared=None, right=Right.LOG),
    "GET /log/{index}/proof": Row(lambda who, _: who.get("/log/0/proof"), own=ABSENT, shared=None, right=Right.LOG),
    "GET /alerts": Row(lambda who, _: who.get("/alerts"), shared=None),
    "GET /retention/rules": Row(lambda who, _: who.get("/retention/rules"), shared=None),
    "GET /retention/holds": Row(lambda who, _: who.get("/retention/holds"), shared=None),
    "GET /retention/due": Row(lambda who, _: who.get("/retention/due?until=2126-01-01T00:00:00Z"), shared=None),
    "GET /retention/deletions": Row(lambda who, _: who.get("/retention/deletions"), shared=None),
    "POST /retention/rules": Row(
        lambda who, _: who.post("/retention/rules", {"months": 12}), own=201, shared=None, right=Right.APPROVE
    ),
    "POST /retention/rules/{rule}/end": Row(
        lambda who, of: who.post(f"/retention/rules/{of.rule}/end"), own=200, shared=ABSENT, right=Right.APPROVE
    ),
    "POST /retention/holds": sending(
        lambda who, of: who.post("/retention/holds", {"subject": f"submission:{of.submission}", "reference": "R-1"}),
        own=201,
    ),
    "POST /retention/holds/{hold}/lift": Row(
        lambda who, of: who.post(f"/retention/holds/{of.hold}/lift"), own=200, shared=ABSENT, right=Right.APPROVE
    ),
    "POST /retention/orders": sending(
        lambda who, of: who.post("/retention/orders", {**ORDERING, "subject": f"submission:{of.submission}"}), own=409
    ),
    "GET /proposals": Row(lambda who, _: who.get("/proposals"), shared=None),
    "GET /proposals/{proposal}": Row(lambda who, of: who.get(f"/proposals/{of.proposal}"), shared=ABSENT),
    "POST /proposals/{proposal}/agreement": Row(
        lambda who, of: who.post(f"/proposals/{of.proposal}/agreement"), own=409, shared=ABSENT, right=Right.APPROVE
    ),
    "POST /proposals/{proposal}/refusal": Row(
        lambda who, of: who.post(f"/proposals/{of.proposal}/refusal"), own=409, shared=ABSENT, right=Right.APPROVE
    ),
    "POST /proposals/{proposal}/withdrawal": sending(
        lambda who, of: who.post(f"/proposals/{of.proposal}/withdrawal"), own=409
    ),
    "GET /central": Row(lambda who, _: who.get("/central"), shared=None, right=Right.OVERSEE),
    "POST /central/agencies/{code}/escalate": Row(
        lambda who, _: who.post("/central/agencies/AU/escalate"), own=409, shared=None, right=Right.OVERSEE
    ),
    "POST /central/agencies/{code}/hand-over": Row(
        lambda who, _: who.post("/central/agencies/AU/hand-over", {"to": "x"}),
        own=422,
        shared=None,
        right=Right.OVERSEE,
    ),
    **REGISTRY_ROWS,
    **NOTICE_ROWS,
    **CASE_ROWS,
    **ADMINISTRATOR_ROWS,
}


def routes() -> Iterator[str]:
    """Yield every verb and address of the OpenAPI document."""
    for path, verbs in api.get_openapi_schema()["paths"].items():
        for verb in verbs:
            yield f"{verb.upper()} {path.removeprefix('/api/v1')}"


def test_every_route_has_a_row() -> None:
    assert sorted(ROWS) == sorted(routes())


def things(owner: User, folder: Path, seeds: range, visibility: Visibility) -> Things:
    """Have an agency submit two pictures, and link, box and see something in them."""
    name = folder.name.capitalize()
    made = submitted(owner.agency, folder_of_pictures(folder, seeds), visibility=visibility, label=name)
    examined([made])
    first, second = (content_of(made, f"IMG_{seed:04}.jpg") for seed in seeds)
    lead = lead_between(first, second, 4)
    words = Words(f"{name} bottle", countries=["FR"])
    shared = visibility == Visibility.ALL_CONNECTED
    clue = keep_clue(first.pk, Box(0.2, 0.2, 0.5, 0.5), "clue", words, owner, shared=shared)
    seen, sent = _seen(clue, second.pk, name), _upload(owner, name, visibility)
    entry, other = opened(owner, first.pk, f"{name}-{owner.agency.code}".upper())
    claim, alert = claimed(owner.agency, owner, first.pk), alerted(owner.agency, name)
    sha256 = bytes(first.sha256 or b"").hex()
    proposal, told = _proposal(owner, made, name), answered_notice(owner, first.pk, name)
    rule, hold = _retention(owner, made, name)
    of_entries = (entry.pk, other.pk, stated(entry, owner), claim.pk, alert.pk, proposal.pk, told.pk, rule.pk, hold.pk)
    room = furnished(owner, first.pk, f"{name} room")
    if shared and owner.username != "camille":
        guest = User.objects.select_related("agency").get(username="camille")
        participation.invite(room.case.pk, "FR", owner)
        participation.answer_invitation(room.case.pk, guest, joins=True)
    of_room = (room.case.pk, room.note, room.task, room.decision, room.document)
    of_office = administered(owner, name)
    return Things(made.pk, sha256, lead.pk, clue.pk, seen.pk, sent.pk, *of_entries, *of_room, *of_office)


def administered(owner: User, name: str) -> tuple[UUID, UUID, UUID]:
    """Give an agency a person more, an address to which alerts are sent, and a message that arrived there."""
    code, now = owner.agency.code.lower(), clock.now()
    person = enrol_user(username=f"{name}-{code}", display_name=name, agency=owner.agency, password=None, actor=SYSTEM)
    made = {"agency": owner.agency, "after": 0, "made_by": owner, "made_at": now}
    hook = Webhook.objects.create(address=f"https://{name}.example/{code}", **made)
    sent = Message.objects.create(webhook=hook, body=f'{{"{name}": 1}}', state="arrived", made_at=now)
    return person.pk, hook.pk, sent.pk


def _retention(owner: User, submission: Submission, name: str) -> tuple[Rule, Hold]:
    """Make a rule, which is of a basis that nothing has, and a hold on something."""
    now = clock.now()
    rule = Rule.objects.create(agency=owner.agency, legal_basis=name, months=12, made_by=owner, made_at=now)
    subject = f"submission:{submission.pk}"
    hold = Hold.objects.create(agency=owner.agency, subject=subject, reference=f"{name} hold", by=owner, at=now)
    return rule, hold


def _proposal(owner: User, submission: Submission, name: str) -> Proposal:
    """Propose to show a submission to its own agency, which makes no sense and is withdrawn: it waits for nobody."""
    audience = Audience(Visibility.OWN).plain()
    arguments = {"from": audience, "to": audience}
    made = propose(WIDEN.name, f"submission:{submission.pk}", by=owner, reason=f"{name} reason", arguments=arguments)
    return withdraw(made.pk, owner)


def _upload(owner: User, name: str, visibility: Visibility) -> Upload:
    """Begin to send a file of nine bytes, in a submission of its own."""
    delivery = Delivery(agency=owner.agency, label=name, origin=f"{name} upload", visibility=visibility)
    opened = open_submission(delivery, actor_of(owner))
    return begin_upload(owner.agency, opened.pk, Announced(f"{name}.bin", 9, bytes(32)), actor_of(owner))


def _seen(clue: Clue, content: int, name: str) -> Sighting:
    return Sighting.objects.create(
        clue=clue, content_id=content, technique="local/1", confidence=0.97, why=f"{name} why.", created_at=clock.now()
    )


def colleagues(who: Cast) -> Iterator[tuple[User, Program]]:
    """Yield a person of France in each role, with a token for all, as if they had been given it in another role."""
    for role in Role.values:
        person = enrol_user(
            username=f"fr-{role}", display_name=role, agency=who.france, password=PASSWORD, actor=SYSTEM
        )
        asking = program(person)
        Token.objects.filter(user=person).update(scopes=Scope.values)
        User.objects.filter(pk=person.pk).update(role=role)
        person.refresh_from_db()
        yield person, asking


def answered(answer: HttpResponse, of: Things) -> tuple[int, bytes, dict[str, str]]:
    """Return all that an answer tells, but for the digest that was asked about, which a check repeats."""
    return answer.status_code, body_of(answer).replace(of.sha256.encode(), b""), dict(answer.headers)


def body_of(answer: HttpResponse) -> bytes:
    """Return all bytes of an answer, a stream's too."""
    return b"".join(answer) if answer.streaming else answer.content


@pytest.fixture(autouse=True)
def addresses_may_be_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have an operator who lets webhooks be registered."""
    monkeypatch.setenv("FANAL_WEBHOOKS", "public")


@pytest.fixture(autouse=True)
def streams_end_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have no stream wait for what is new."""
    monkeypatch.setattr("fanal.doors.api.stream.LASTS_SECONDS", 0.0)


def test_what_is_anothers_is_answered_as_what_is_not_there(fresh_data: Path, tmp_path: Path) -> None:
    who = cast()
    own = things(who.camille, tmp_path / "own", range(10, 12), Visibility.OWN)
    shared = things(who.mere, tmp_path / "shared", range(20, 22), Visibility.ALL_CONNECTED)
    lists = [row for name, row in ROWS.items() if row.shared is None and name.startswith("GET")]
    asking = program(who.camille)
    before = [answered(row.ask(asking, own), own) for row in lists]
    foreign = things(who.mere, tmp_path / "foreign", range(30, 32), Visibility.OWN)
    assert [answered(row.ask(asking, own), own) for row in lists] == before
    for person, asking in colleagues(who):
        for name, row in ROWS.items():
            allowed = row.right is None or may(person, row.right)
            expected = (row.own, row.own if row.shared is None else row.shared) if allowed else (REFUSED, REFUSED)
            statuses = [row.ask(asking, of).status_code for of in (own, shared)]
            assert statuses == list(expected), f"{name} as {person.role}"
            if name == DROPPING and allowed:
                own = replace(own, upload=_upload(who.camille, "Own", Visibility.OWN).pk)
            theirs, nothing = row.ask(asking, foreign), row.ask(asking, NOTHING)
            assert [secret for secret in SECRETS if secret in body_of(theirs)] == [], f"{name} as {person.role}"
            if row.shared is not None:
                told = answered(theirs, foreign)
                assert told == answered(nothing, NOTHING), f"{name} as {person.role}"


def test_nobody_is_told_anything_without_a_token_or_its_scope(fresh_data: Path) -> None:
    who = cast()
    unknown, nosy = Program("fanal_made-up"), program(who.camille, "check")
    for name, row in ROWS.items():
        answer = row.ask(unknown, NOTHING)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer"), name
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert row.ask(nosy, NOTHING).status_code == (200 if name in {"GET /me", "POST /check"} else REFUSED), name


def test_every_route_refuses_while_the_log_is_broken(fresh_data: Path, tmp_path: Path) -> None:
    who = cast()
    own = things(who.camille, tmp_path / "own", range(10, 12), Visibility.OWN)
    who.camille.role = Role.SUPERVISOR  # who may do all that an officer may, and read the log
    who.camille.save(update_fields=["role"])
    asking = program(who.camille)
    ada, cleo = (program(enrolled(who.france, name, name)) for name in ("administrator", "central"))
    by = {Right.PEOPLE: ada, Right.REACH: ada, Right.OVERSEE: cleo}
    Token.objects.update(used_at=clock.now() + timedelta(days=1))  # that it is used is noted before anything else
    judging = {"If_Match": asking.get(f"/leads/{own.lead}").headers["ETag"]}
    asked: dict[str, Ask] = {
        name: row.ask for name, row in ROWS.items() if row.own < 400 and name not in COUNTS_ONLY | {DROPPING}
    }
    asked["POST /leads/{lead}/judgements"] = lambda who, of: who.post(
        f"/leads/{of.lead}/judgements", {"verdict": "same"}, **judging
    )
    asked |= VERSIONED
    asked[DROPPING] = ROWS[DROPPING].ask
    vera = program(enrolled(who.france, "vera", Role.CENTRAL))
    Token.objects.update(used_at=clock.now() + timedelta(days=1))
    asked["GET /central"] = lambda _, of: ROWS["GET /central"].ask(vera, of)
    Submission.objects.filter(pk=own.submission).update(state="receiving")
    looked_at = own.looked_at_by(asking)
    for way, broken in BREAKAGES.items():
        with broken():
            before = everything_stored()
            for name, ask in asked.items():
                answer = ask(by.get(ROWS[name].right or Right.SEE, asking), looked_at)
                refused = answer.status_code, answer.headers["Content-Type"]
                assert refused == (503, "application/problem+json"), f"{name}, {way}"
                assert json.loads(answer.content)["code"] == "audit.unavailable", f"{name}, {way}"
                assert way != FIRST_WAY or everything_stored() == before, f"{name} left something behind"
            assert everything_stored() == before, f"{way}: something was left behind"
    leaves = Leaf.objects.count()
    for name, ask in asked.items():
        assert ask(by.get(ROWS[name].right or Right.SEE, asking), own).status_code < 300, name
        leaves, known = Leaf.objects.count(), leaves
        assert leaves > known, f"{name} is not logged"
