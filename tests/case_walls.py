"""How the routes of cases are asked about a case of the agency's own, one that another leads, and one of others."""

import json
from collections.abc import Callable, Mapping
from uuid import uuid4

from django.http import HttpResponse

from fanal.casework.cases.models import Case
from fanal.core.access.roles import Right
from programs import Program
from walls import ABSENT, Row, Things

__all__ = ["CASE_ROWS"]

Ask = Callable[["Program", "Things"], HttpResponse]
ROOM = "/cases/{case}"


def _row(ask: Ask, own: int = 200, shared: int | None = 200) -> Row:
    return Row(ask, own, shared, Right.CASE)


def _at(path: str, of: Things) -> str:
    return path.format(**vars(of))


def _reading(path: str) -> Ask:
    return lambda who, of: who.get(_at(path, of))


def _posting(path: str, body: Callable[[Things], object]) -> Ask:
    return lambda who, of: who.post(_at(path, of), body(of))


def _version(who: Program, of: Things) -> str:
    return of.seen.get(ROOM) or who.get(_at(ROOM, of)).headers.get("ETag", '"1"')


def _put(who: Program, method: str, path: str, body: object, version: str) -> HttpResponse:
    sent = json.dumps(body).encode()
    return who.ask(method, path, sent, {"Idempotency_Key": str(uuid4()), "If_Match": version})


def _renamed(who: Program, of: Things) -> HttpResponse:
    return _put(who, "PATCH", _at(ROOM, of), {"title": "Other words"}, _version(who, of))


def _closed(who: Program, of: Things) -> HttpResponse:
    """Close it; it is open for the next one."""
    answer = who.post(_at(f"{ROOM}/close", of), {"outcome": "Safe."}, If_Match=_version(who, of))
    if answer.status_code == 200:
        who.post(_at(f"{ROOM}/reopen", of), If_Match=_version(who, of))
    return answer


def _invited(who: Program, of: Things) -> HttpResponse:
    """Invite an agency, and withdraw that."""
    answer = who.post(_at(f"{ROOM}/invitations", of), {"agency": "GB"})
    if answer.status_code == 200:
        who.post(_at(f"{ROOM}/invitations", of), {"agency": "GB", "withdraw": True})
    return answer


def _left(who: Program, of: Things) -> HttpResponse:
    """Leave; the agency is there again for the next one."""
    members = Case.objects.filter(pk=of.case).values_list("members", flat=True).first()
    answer = who.post(_at(f"{ROOM}/leave", of))
    if answer.status_code == 200:
        Case.objects.filter(pk=of.case).update(members=members)
    return answer


def _linked(who: Program, of: Things) -> HttpResponse:
    """Link the entry, and take that back."""
    answer = who.post(_at(f"{ROOM}/links", of), {"entry": str(of.entry)})
    if answer.status_code == 201:
        who.post(_at(f"{ROOM}/link/{json.loads(answer.content)['made']}/take-back", of))
    return answer


def _edited(who: Program, of: Things) -> HttpResponse:
    found = json.loads(who.get(_at(f"{ROOM}/notes", of)).content).get("items", [])
    number = next((one["texts"][0]["number"] for one in found if one["id"] == str(of.note)), 1)
    return _put(who, "PUT", _at(f"{ROOM}/notes/{{note}}", of), {"text": "Better"}, f'"{number}"')


def _finished(who: Program, of: Things) -> HttpResponse:
    """Say that it is done, and that it is not."""
    found = json.loads(who.get(_at(f"{ROOM}/tasks", of)).content).get("items", [])
    version = next((one["version"] for one in found if one["id"] == str(of.task)), 1)
    path = _at(f"{ROOM}/tasks/{{task}}/done", of)
    answer = who.post(path, {"done": True}, If_Match=f'"{version}"')
    if answer.status_code == 200:
        who.post(path, {"done": False}, If_Match=f'"{version + 1}"')
    return answer


def _attached(who: Program, of: Things) -> HttpResponse:
    return who.ask("POST", _at(f"{ROOM}/files?name={uuid4().hex}.txt", of), b"a plan")


def _taken_back(who: Program, of: Things) -> HttpResponse:
    """Take the decision back, and put it back."""
    path = f"{ROOM}/decision/{{decision}}"
    answer = who.post(_at(f"{path}/take-back", of))
    if answer.status_code == 200:
        who.post(_at(f"{path}/put-back", of))
    return answer


CASE_ROWS: Mapping[str, Row] = {
    "GET /cases": _row(_reading("/cases"), shared=None),
    "POST /cases": _row(lambda who, _: who.post("/cases", {"title": "A case"}), own=201, shared=None),
    "GET /cases/{case}": _row(_reading(ROOM)),
    "PATCH /cases/{case}": _row(_renamed, shared=409),
    "POST /cases/{case}/close": _row(_closed, shared=409),
    "POST /cases/{case}/reopen": _row(
        lambda who, of: who.post(_at(f"{ROOM}/reopen", of), If_Match=_version(who, of)), own=409, shared=409
    ),
    "POST /cases/{case}/invitations": _row(_invited, shared=409),
    "POST /cases/{case}/answer": _row(_posting(f"{ROOM}/answer", lambda _: {"joins": True}), own=409, shared=409),
    "POST /cases/{case}/leave": _row(_left, own=409),
    "POST /cases/{case}/officers": _row(_posting(f"{ROOM}/officers", lambda _: {"officers": ["camille"]})),
    "POST /cases/{case}/offers": _row(
        lambda who, of: who.post(_at(f"{ROOM}/offers", of), {"to": "GB"}, If_Match=_version(who, of)),
        own=422,
        shared=409,
    ),
    "POST /cases/{case}/offer-answer": _row(
        _posting(f"{ROOM}/offer-answer", lambda _: {"answer": "accept"}), own=ABSENT, shared=ABSENT
    ),
    "GET /cases/{case}/links": _row(_reading(f"{ROOM}/links")),
    "POST /cases/{case}/links": _row(_linked, own=201, shared=201),
    "GET /cases/{case}/timeline": _row(_reading(f"{ROOM}/timeline")),
    "GET /cases/{case}/notes": _row(_reading(f"{ROOM}/notes")),
    "POST /cases/{case}/notes": _row(_posting(f"{ROOM}/notes", lambda _: {"text": "A note"}), own=201, shared=201),
    "PUT /cases/{case}/notes/{note}": _row(_edited, shared=ABSENT),
    "GET /cases/{case}/tasks": _row(_reading(f"{ROOM}/tasks")),
    "POST /cases/{case}/tasks": _row(_posting(f"{ROOM}/tasks", lambda _: {"title": "A task"}), own=201, shared=201),
    "POST /cases/{case}/tasks/{task}/done": _row(_finished, shared=409),
    "GET /cases/{case}/decisions": _row(_reading(f"{ROOM}/decisions")),
    "POST /cases/{case}/decisions": _row(
        _posting(f"{ROOM}/decisions", lambda _: {"what": "This", "why": "For that"}), own=201, shared=201
    ),
    "GET /cases/{case}/files": _row(_reading(f"{ROOM}/files")),
    "POST /cases/{case}/files": _row(_attached, own=201, shared=201),
    "GET /cases/{case}/files/{document}": _row(_reading(f"{ROOM}/files/{{document}}")),
    "POST /cases/{case}/{kind}/{one}/take-back": _row(_taken_back, shared=ABSENT),
    "POST /cases/{case}/{kind}/{one}/put-back": _row(
        _posting(f"{ROOM}/decision/{{decision}}/put-back", lambda _: {}), own=409, shared=ABSENT
    ),
}
