"""One of each noun, and how the routes of the registry, of claims and of alerts are asked about it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID, uuid4

from django.http import HttpResponse

from fanal.casework.alerts.models import Alert, Kind
from fanal.casework.entries.actions import open_entry, state
from fanal.casework.entries.models import Deed, Entry
from fanal.casework.sharing.models import Claim
from fanal.core.access.models import Agency, User
from fanal.core.access.roles import Right
from fanal.kit import clock
from programs import Program

__all__ = [
    "ABSENT",
    "NOTHING",
    "REGISTRY_ROWS",
    "VERSIONED",
    "Row",
    "Things",
    "alerted",
    "claimed",
    "opened",
    "sending",
    "stated",
]

Ask = Callable[["Program", "Things"], HttpResponse]
ABSENT = 404
LOOKED_AT = ("/entries/{entry}", "/alerts/{alert}", "/cases/{case}")


@dataclass(frozen=True)
class Things:
    """One of each noun; `other` is a second entry of the same kind, `deed` stated something of the first."""

    submission: UUID
    sha256: str
    lead: UUID
    clue: UUID
    sighting: UUID
    upload: UUID
    entry: UUID
    other: UUID
    deed: int
    claim: UUID
    alert: UUID
    proposal: UUID
    notice: UUID
    rule: UUID
    hold: UUID
    case: UUID
    note: UUID
    task: UUID
    decision: UUID
    document: UUID
    person: UUID
    webhook: UUID
    delivery: UUID
    seen: Mapping[str, str] = field(default_factory=dict)
    """Versions that were looked at before; what is not here is looked at when it is changed."""

    def looked_at_by(self, who: Program) -> "Things":
        """Return them with what a change needs to have looked at."""
        versions = {path: who.get(_at(path, self)).headers["ETag"] for path in LOOKED_AT}
        return replace(self, seen=versions)


NOTHING = Things(
    *(UUID(int=1 << 127), "ab" * 32, UUID(int=2 << 120), UUID(int=3 << 120), UUID(int=4 << 120), UUID(int=5 << 120)),
    *(UUID(int=6 << 120), UUID(int=7 << 120), 9_999_999, UUID(int=8 << 120), UUID(int=9 << 120)),
    *(UUID(int=number << 120) for number in range(10, 22)),  # type: ignore[arg-type]  # `seen` has its default
)


@dataclass(frozen=True)
class Row:
    """How a route is asked about one thing, and what is answered when it is the agency's own, and when it is shared.

    `shared` None: the route is about nothing that is anyone's. `right`: what a role needs for it; None: nothing.
    """

    ask: Ask
    own: int = 200
    shared: int | None = 200
    right: Right | None = Right.SEE


def sending(ask: Ask, own: int = 200) -> Row:
    """Return the row of a route that belongs to a delivery under way, which is its agency's alone."""
    return Row(ask, own, ABSENT, Right.SUBMIT)


def judging(ask: Ask, own: int = 201, shared: int | None = 201) -> Row:
    """Return the row of a route by which an officer says or does something."""
    return Row(ask, own, shared, Right.JUDGE)


def opened(owner: User, content: int, name: str) -> tuple[Entry, Entry]:
    """Open two entries with one content."""
    first, second = (open_entry("series", f"{name}-{number}", owner, [content]) for number in (1, 2))
    return first, second


def stated(entry: Entry, by: User) -> int:
    """State to which country an entry belongs; return the deed."""
    return state(entry.pk, "FR", by).pk


def claimed(agency: Agency, by: User, content: int) -> Claim:
    """Have an agency work on a content."""
    now = clock.now()
    return Claim.objects.create(content_id=content, agency=agency, by=by, made_at=now, lapses_at=now.replace(year=2099))


def alerted(agency: Agency, name: str) -> Alert:
    """Tell an agency something."""
    number, now = Alert.objects.count() + 1, clock.now()
    times = {"caused_at": now, "told_at": now, "grown_at": now}
    return Alert.objects.create(number=number, agency=agency, other=agency, kind=Kind.LEAD, key=name, count=1, **times)


def _changing(of_what: str, path: str, body: Callable[[Things], object]) -> Ask:
    """Return a change of something as it is; of what cannot be looked at, as if it were new."""

    def ask(who: Program, of: Things) -> HttpResponse:
        version = of.seen.get(of_what) or who.get(_at(of_what, of)).headers.get("ETag", '"1"')
        return who.post(_at(path, of), body(of), If_Match=version)

    return ask


def _stale(path: str, body: Callable[[Things], object]) -> Ask:
    return lambda who, of: who.post(_at(path, of), body(of), If_Match='"1"')


def _at(path: str, of: Things) -> str:
    return path.format(**vars(of))


def _reading(path: str) -> Ask:
    return lambda who, of: who.get(_at(path, of))


def _posting(path: str, body: Callable[[Things], object]) -> Ask:
    return lambda who, of: who.post(_at(path, of), body(of))


def _linking(verdict: str) -> Callable[[Things], object]:
    return lambda of: {"contents": [of.sha256], "verdict": verdict}


def _named() -> str:
    return f"X-{uuid4().hex[:12]}"


def _merged(who: Program, of: Things) -> HttpResponse:
    """Merge the second entry into the first, and take it back."""
    answer = _changing("/entries/{entry}", "/entries/{entry}/merge", lambda of: {"entry": str(of.other)})(who, of)
    return _taken_back(who, answer)


def _split(who: Program, of: Things) -> HttpResponse:
    """Take the content out, and take that back."""
    parts = lambda of: {"contents": [of.sha256], "reference": _named()}  # noqa: E731
    return _taken_back(who, _changing("/entries/{entry}", "/entries/{entry}/split", parts)(who, of))


def _taken_back(who: Program, answer: HttpResponse) -> HttpResponse:
    if answer.status_code == 201:
        who.post(f"/deeds/{json.loads(answer.content)['deed']}/undo")
    return answer


def _claim(who: Program, of: Things) -> HttpResponse:
    """Claim it, and let it go again, so that the next one can."""
    answer = who.post("/claims", {"content": of.sha256})
    if answer.status_code == 201:
        who.post(f"/claims/{json.loads(answer.content)['claim']}/release")
    return answer


def _released(who: Program, of: Things) -> HttpResponse:
    """Release it; it holds again for the next one."""
    answer = who.post(f"/claims/{of.claim}/release")
    Claim.objects.filter(pk=of.claim).update(ended_at=None, ended_by=None)
    return answer


def _undone(who: Program, of: Things) -> HttpResponse:
    """Undo it; it counts again for the next one."""
    answer = who.post(f"/deeds/{of.deed}/undo")
    Deed.objects.filter(pk=of.deed).update(undone_at=None, undone_by=None)
    return answer


def _kept(who: Program, of: Things) -> HttpResponse:
    """Keep a box of one's own as a clue, and withdraw it."""
    answer = who.post("/clues", {"content": of.sha256, "box": [0.1, 0.1, 0.5, 0.5], "title": "A mark"})
    if answer.status_code == 201:
        who.post(f"/clues/{json.loads(answer.content)['clue']}/withdraw")
    return answer


def _withdrawn(who: Program, of: Things) -> HttpResponse:
    """Withdraw a clue, and have it looked for again."""
    answer = who.post(f"/clues/{of.clue}/withdraw")
    if answer.status_code == 200:
        who.post(f"/clues/{of.clue}/restore")
    return answer


COUNTRY = {"country": "FR", "verdict": "confirmed"}
VERSIONED: Mapping[str, Ask] = {
    "POST /alerts/{alert}/hand-over": _changing(
        "/alerts/{alert}", "/alerts/{alert}/hand-over", lambda _: {"to": "camille"}
    ),
    "POST /alerts/{alert}/acknowledge": _changing(
        "/alerts/{alert}", "/alerts/{alert}/acknowledge", lambda _: {"answer": "Yes."}
    ),
}
"""What can be done once only, done."""
REGISTRY_ROWS: Mapping[str, Row] = {
    "GET /alerts/{alert}": Row(_reading("/alerts/{alert}"), shared=ABSENT),
    "POST /alerts/{alert}/hand-over": judging(
        _stale("/alerts/{alert}/hand-over", lambda _: {"to": "camille"}), own=412, shared=ABSENT
    ),
    "POST /alerts/{alert}/acknowledge": judging(
        _stale("/alerts/{alert}/acknowledge", lambda _: {}), own=412, shared=ABSENT
    ),
    "GET /claims": Row(_reading("/claims"), shared=None),
    "POST /claims": judging(_claim, own=409, shared=201),
    "POST /claims/{claim}/renew": judging(
        _posting("/claims/{claim}/renew", lambda _: {"days": 30}), own=200, shared=ABSENT
    ),
    "POST /claims/{claim}/release": judging(_released, own=200, shared=ABSENT),
    "GET /contents/{sha256}/previews": Row(_reading("/contents/{sha256}/previews")),
    "GET /contents/{sha256}/previews/{position}": Row(_reading("/contents/{sha256}/previews/1")),
    "GET /contents/{sha256}/countries": Row(_reading("/contents/{sha256}/countries")),
    "POST /contents/{sha256}/countries": judging(
        _posting("/contents/{sha256}/countries", lambda _: COUNTRY), own=201, shared=201
    ),
    "POST /clues": judging(_kept, own=201, shared=201),
    "POST /clues/{clue}/withdraw": judging(_withdrawn, own=200, shared=ABSENT),
    "POST /clues/{clue}/restore": judging(_posting("/clues/{clue}/restore", lambda _: {}), own=409, shared=ABSENT),
    "POST /sightings/{sighting}/judgements": judging(
        _posting("/sightings/{sighting}/judgements", lambda _: {"verdict": "same"}), own=201, shared=201
    ),
    "GET /series/proposed": Row(_reading("/series/proposed"), shared=None),
    "POST /series/declined": judging(
        _posting("/series/declined", lambda of: {"contents": [of.sha256]}), own=422, shared=422
    ),
    "GET /entries": Row(_reading("/entries"), shared=None),
    "POST /entries": judging(
        lambda who, _: who.post("/entries", {"kind": "series", "reference": _named()}), own=201, shared=None
    ),
    "GET /entries/{entry}": Row(_reading("/entries/{entry}")),
    "GET /entries/{entry}/timeline": Row(_reading("/entries/{entry}/timeline")),
    "GET /entries/{entry}/countries": Row(_reading("/entries/{entry}/countries")),
    "POST /entries/{entry}/countries": judging(
        _posting("/entries/{entry}/countries", lambda _: COUNTRY), own=201, shared=201
    ),
    "POST /entries/{entry}/links": judging(
        _changing("/entries/{entry}", "/entries/{entry}/links", _linking("same")), own=201, shared=201
    ),
    "POST /entries/{entry}/facts": judging(
        _changing("/entries/{entry}", "/entries/{entry}/facts", lambda _: {"about": "country", "country": "FR"}),
        own=201,
        shared=201,
    ),
    "POST /entries/{entry}/merge": judging(_merged, own=201, shared=201),
    "POST /entries/{entry}/split": judging(_split, own=201, shared=201),
    "POST /deeds/{deed}/undo": judging(_undone, own=200, shared=ABSENT),
}
