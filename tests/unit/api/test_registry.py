"""The registry, claims and alerts for programs: everything that the desk does with them, on what was looked at."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse

from desk import content_of, examined, story
from fanal.casework.alerts.queries import alerts_of
from fanal.casework.evidence.models import Content
from fanal.core.audit.models import Leaf
from labour import all_done
from programs import Program, program
from world import Cast, cast, enrolled, folder_of_pictures, submitted

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def who(fresh_data: Path) -> Cast:
    return cast()


@pytest.fixture
def pictures(who: Cast, tmp_path: Path) -> list[Content]:
    """Two pictures of France that all may see."""
    made = submitted(who.france, folder_of_pictures(tmp_path / "phone", range(2)))
    examined([made])
    return [content_of(made, f"IMG_{seed:04}.jpg") for seed in range(2)]


def read(answer: HttpResponse, status: int = 200) -> dict[str, Any]:
    """Return what was answered."""
    assert answer.status_code == status, answer.content
    return dict(json.loads(answer.content))


def named(content: Content) -> str:
    """Return a content's digest as programs write it."""
    return bytes(content.sha256 or b"").hex()


def changed(by: Program, entry: object, what: str, body: object, status: int = 201) -> dict[str, Any]:
    """Change an entry as it is."""
    version = by.get(f"/entries/{entry}").headers["ETag"]
    return read(by.post(f"/entries/{entry}/{what}", body, If_Match=version), status)


def opened(by: Program, kind: str, reference: str, *contents: Content) -> object:
    """Open an entry."""
    body = {"kind": kind, "reference": reference, "contents": [named(one) for one in contents]}
    return read(by.post("/entries", body), 201)["entry"]


def test_an_entry_is_opened_stated_of_linked_and_read_by_whom_it_concerns(who: Cast, pictures: list[Content]) -> None:
    camille, mere = program(who.camille), program(who.mere)
    victim = opened(camille, "victim", "FR-V-1", *pictures)
    series = opened(camille, "series", "FR-S-1")
    changed(camille, victim, "links", {"entry": series})
    changed(camille, victim, "facts", {"about": "age", "youngest": 6, "oldest": 8, "on": "2015-03-01"})
    shown = read(mere.get(f"/entries/{victim}"))
    assert (shown["kind"], shown["reference"], shown["agency"], shown["contents"]) == ("victim", "FR-V-1", "FR", 2)
    assert shown["linked"] == [], "a series without anything that she sees is not there for her"
    (linked,) = read(camille.get(f"/entries/{victim}"))["linked"]
    assert linked["reference"] == "FR-S-1"
    assert [one["value"]["youngest"] for one in shown["facts"]] == [6]
    assert [one["verb"] for one in shown["history"]] == ["stated", "opened"]
    first = read(mere.get(f"/entries/{victim}/timeline?limit=1"))
    rest = read(mere.get(f"/entries/{victim}/timeline?cursor={first['next']}"))
    listed = [one["content"] for page in (first, rest) for one in page["items"]]
    assert sorted(listed) == sorted(map(named, pictures))
    assert rest["next"] is None
    assert len(read(mere.get("/entries?kind=victim"))["items"]) == 1


def test_a_change_is_of_what_was_looked_at(who: Cast, pictures: list[Content]) -> None:
    camille, mere = program(who.camille), program(who.mere)
    series = opened(camille, "series", "FR-S-1", pictures[0])
    path, body = f"/entries/{series}/links", {"contents": [named(pictures[1])]}
    seen = camille.get(f"/entries/{series}").headers["ETag"]
    assert mere.get(f"/entries/{series}").headers["ETag"] == seen
    assert camille.post(path, body).status_code == 428
    done = read(camille.post(path, body, key="a key of mine", If_Match=seen), 201)
    assert read(camille.post(path, body, key="a key of mine", If_Match=seen), 201) == done
    assert read(mere.post(path, body, If_Match=seen), 412)["code"] == "changed"
    assert camille.post(path, {}, If_Match=seen).status_code == 422
    read(camille.post(f"/deeds/{done['deed']}/undo"))
    assert camille.post(f"/deeds/{done['deed']}/undo").status_code == 409
    assert mere.post(f"/deeds/{done['deed']}/undo").status_code == 404
    assert read(camille.get(f"/entries/{series}"))["contents"] == 1


def test_entries_are_merged_and_split(who: Cast, pictures: list[Content]) -> None:
    camille = program(who.camille)
    one, other = opened(camille, "series", "FR-S-1", pictures[0]), opened(camille, "series", "FR-S-2", pictures[1])
    changed(camille, one, "merge", {"entry": other})
    assert read(camille.get(f"/entries/{one}"))["contents"] == 2
    parted = changed(camille, one, "split", {"contents": [named(pictures[1])], "reference": "FR-S-3"})["entry"]
    assert [read(camille.get(f"/entries/{each}"))["contents"] for each in (one, parted)] == [1, 1]


def test_a_country_is_told_with_its_reasons_and_confirmed(who: Cast, pictures: list[Content]) -> None:
    camille, path = program(who.camille), f"/contents/{named(pictures[0])}/countries"
    (likely,) = read(camille.get(path))["items"]
    assert (likely["country"], likely["verdict"], likely["routed"]) == ("FR", None, False)
    assert [reason["kind"] for reason in likely["reasons"]] == ["origin"]
    read(camille.post(path, {"country": "BE", "verdict": "confirmed"}), 201)
    told = {one["country"]: one["routed"] for one in read(camille.get(path))["items"]}
    assert told == {"BE": True, "FR": False}


def test_a_box_is_kept_as_a_clue_and_a_look_is_in_the_log_first(who: Cast, pictures: list[Content]) -> None:
    camille, of = program(who.camille), named(pictures[0])
    kept = {"content": of, "box": [0.2, 0.2, 0.4, 0.4], "title": "Bottle", "kind": "reference", "countries": ["FR"]}
    clue = read(camille.post("/clues", kept), 201)["clue"]
    (listed,) = read(program(who.mere).get("/clues?kind=reference"))["items"]
    assert (listed["id"], listed["box"]) == (clue, kept["box"])
    assert camille.post("/clues", {**kept, "box": [0.9, 0.9, 0.4, 0.4]}).status_code == 422
    positions = [one["position"] for one in read(camille.get(f"/contents/{of}/previews"))["items"]]
    before = Leaf.objects.count()
    sent = camille.get(f"/contents/{of}/previews/{positions[0]}")
    assert (sent.headers["Content-Type"], sent.headers["Cache-Control"]) == ("image/jpeg", "no-store")
    assert sent.content[6:10] == b"JFIF"
    (leaf,) = Leaf.objects.filter(index__gte=before)
    assert (leaf.action, leaf.subject) == ("media.served", f"content:{pictures[0].pk}")


def test_work_is_claimed_renewed_and_released(who: Cast, pictures: list[Content]) -> None:
    camille, mere = program(who.camille), program(who.mere)
    claim = read(camille.post("/claims", {"content": named(pictures[0]), "note": "Ours.", "days": 10}), 201)["claim"]
    assert camille.post("/claims", {"content": named(pictures[0])}).status_code == 409
    (told,) = read(mere.get("/claims"))["items"]
    assert (told["agency"], told["note"], told["content"]) == ("FR", "Ours.", named(pictures[0]))
    assert read(mere.get("/claims?ours=true"))["items"] == []
    assert mere.post(f"/claims/{claim}/release").status_code == 404
    read(camille.post(f"/claims/{claim}/renew", {"days": 40}))
    read(camille.post(f"/claims/{claim}/release"))
    assert read(mere.get("/claims"))["items"] == []


def test_an_alert_is_handed_over_and_answered(who: Cast, tmp_path: Path) -> None:
    story(who, tmp_path)
    all_done("alerts")
    enrolled(who.france, "luc")
    alert, camille = alerts_of(who.france).get(), program(who.camille)
    path = f"/alerts/{alert.pk}"
    seen = camille.get(path).headers["ETag"]
    read(camille.post(f"{path}/hand-over", {"to": "luc"}, If_Match=seen))
    assert camille.post(f"{path}/acknowledge", {}, If_Match=seen).status_code == 412
    now = camille.get(path)
    assert read(now)["handed_to"] == "luc"
    read(camille.post(f"{path}/acknowledge", {"answer": "On it."}, If_Match=now.headers["ETag"]))
    told = read(camille.get(path))
    assert (told["answer"], told["acknowledged_by"]) == ("On it.", "camille")
