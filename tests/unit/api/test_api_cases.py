"""Cases for programs: what the desk does in a room, on what was looked at, with a scope of its own."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse

from desk import content_of, story
from fanal.casework.entries.actions import open_entry
from programs import Program, program
from world import Cast, cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def who(fresh_data: Path) -> Cast:
    return cast()


def read(answer: HttpResponse, status: int = 200) -> dict[str, Any]:
    """Return what was answered."""
    assert answer.status_code == status, answer.content
    return dict(json.loads(answer.content))


def put(who: Program, path: str, body: Mapping[str, object], version: str) -> HttpResponse:
    """Change something that was looked at."""
    return who.ask("PUT", path, json.dumps(body).encode(), {"Idempotency_Key": path + version, "If_Match": version})


def test_three_agencies_work_in_a_case_and_the_fourth_knows_of_none(who: Cast, tmp_path: Path) -> None:
    theirs, _, _ = story(who, tmp_path)
    victim = open_entry("victim", "NZ-2015-0441", who.mere, [content_of(theirs, "0040.jpg").pk])
    mere, camille, jack, edith = (program(one) for one in (who.mere, who.camille, who.jack, who.edith))
    case = read(mere.post("/cases", {"title": "A girl in a room", "entry": str(victim.pk)}), 201)["case"]
    at = f"/cases/{case}"
    for code in ("FR", "AU"):
        read(mere.post(f"{at}/invitations", {"agency": code}))
    assert read(camille.get(at))["joined"] is False
    assert camille.get(f"{at}/notes").status_code == 404
    for one in (camille, jack):
        read(one.post(f"{at}/answer", {"joins": True}))
    note = read(camille.post(f"{at}/notes", {"text": "We know the bottle."}), 201)["id"]
    read(put(camille, f"{at}/notes/{note}", {"text": "We know the bottle well."}, '"1"'))
    assert put(camille, f"{at}/notes/{note}", {"text": "Ours"}, '"1" ').status_code == 412
    read(jack.post(f"{at}/leave"))
    assert jack.get(at).status_code == 404
    read(mere.post(f"{at}/invitations", {"agency": "AU"}))
    read(jack.post(f"{at}/answer", {"joins": False}))
    read(mere.post(f"{at}/invitations", {"agency": "AU"}))
    read(jack.post(f"{at}/answer", {"joins": True}))
    texts = read(jack.get(f"{at}/notes"))["items"][0]["texts"]
    assert [text["text"] for text in texts] == ["We know the bottle well.", "We know the bottle."]
    task = read(mere.post(f"{at}/tasks", {"title": "Ask the shop", "to": "FR", "officer": "camille"}), 201)["id"]
    read(camille.post(f"{at}/tasks/{task}/done", {"done": True}, If_Match='"1"'))
    assert read(jack.get(f"{at}/tasks"))["items"][0]["state"] == "done"
    _handed_over_and_closed(mere, camille, at)
    verbs = [one["verb"] for one in read(jack.get(f"{at}/timeline"))["items"]]
    assert verbs[:5] == ["closed", "decided", "accepted", "offered", "done"]
    assert read(jack.get(f"{at}/links"))["items"][0]["thing"] == str(victim.pk)
    for path in (at, f"{at}/notes", f"{at}/timeline"):
        assert edith.get(path).status_code == 404
    assert read(edith.get("/cases"))["items"] == []


def _handed_over_and_closed(mere: Program, camille: Program, at: str) -> None:
    version = mere.get(at).headers["ETag"]
    assert mere.post(f"{at}/offers", {"to": "FR"}).status_code == 428
    read(mere.post(f"{at}/offers", {"to": "FR"}, If_Match=version), 201)
    assert read(camille.get(at))["offered_to"] == "FR"
    read(camille.post(f"{at}/offer-answer", {"answer": "accept"}))
    assert mere.post(f"{at}/close", {"outcome": "x"}, If_Match=version).status_code == 412, "another leads meanwhile"
    read(camille.post(f"{at}/decisions", {"what": "France goes on alone", "why": "The shops are there"}), 201)
    version = camille.get(at).headers["ETag"]
    assert read(camille.post(f"{at}/close", {"outcome": "Safe."}, If_Match=version))["case"] in at
    assert camille.post(f"{at}/notes", {"text": "Late"}).status_code == 409


def test_lists_come_in_pages_and_files_bit_by_bit(who: Cast) -> None:
    camille = program(who.camille)
    at = f"/cases/{read(camille.post('/cases', {'title': 'A case'}), 201)['case']}"
    for number in range(3):
        read(camille.post(f"{at}/notes", {"text": f"Note {number}"}), 201)
    first = read(camille.get(f"{at}/notes?limit=2"))
    rest = read(camille.get(f"{at}/notes?limit=2&cursor={first['next']}"))
    assert [one["texts"][0]["text"] for one in first["items"] + rest["items"]] == ["Note 2", "Note 1", "Note 0"]
    first = read(camille.get(f"{at}/timeline?limit=2"))
    rest = read(camille.get(f"{at}/timeline?limit=2&cursor={first['next']}"))
    assert [one["verb"] for one in first["items"] + rest["items"]] == ["noted", "noted", "noted", "opened"]
    data = bytes(range(256)) * 20_000
    sent = [read(camille.ask("POST", f"{at}/files?name=plan.bin", data), 201)["id"] for _ in range(2)]
    assert sent[0] == sent[1], "sent again, it is the same"
    answer = camille.get(f"{at}/files/{sent[0]}")
    assert (b"".join(answer), answer["Content-Type"]) == (data, "application/octet-stream")
    assert answer["Content-Length"] == str(len(data))
    assert camille.ask("POST", f"{at}/files?name=big.bin", b"x" * ((20 << 20) + 1)).status_code == 422


def test_a_case_needs_a_scope_of_its_own(who: Cast) -> None:
    others = program(who.camille, "read", "judge", "submit")
    assert others.get("/cases").status_code == 403
    assert others.post("/cases", {"title": "A case"}).status_code == 403
    assert program(who.camille, "case").get("/cases").status_code == 200
