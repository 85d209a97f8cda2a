"""Tokens of programs: shown once, good for a time and for what they are for, of no use once they are revoked."""

import hashlib
import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from fanal.core.access.models import Token
from fanal.core.access.people import restore, suspend
from fanal.core.access.tokens import make_token, revoke_token, tokens_of, valid_token
from fanal.core.audit.models import Leaf
from fanal.doors.cli import app
from fanal.kit.actor import SYSTEM
from fanal.kit.errors import Invalid
from programs import Program, program, secret_of
from ready import Ready
from world import cast

pytestmark = pytest.mark.django_db(transaction=True)


def test_only_the_digest_of_a_token_is_kept(fresh_data: Path) -> None:
    secret = secret_of(cast().camille)
    (kept,) = Token.objects.values_list("digest", flat=True)
    assert bytes(kept) == hashlib.sha256(secret.encode()).digest()
    assert secret.startswith("fanal_")
    assert len(secret) > 40
    assert [leaf for leaf in Leaf.objects.all() if secret in leaf.entry] == []


def test_a_token_is_good_for_a_time_until_it_is_revoked_and_while_its_person_may_sign_in(fresh_data: Path) -> None:
    user = cast().camille
    asking, short = program(user), program(user)
    assert asking.get("/me").status_code == 200
    Token.objects.order_by("-made_at").filter(pk=tokens_of()[-1].pk).update(expires_at="2020-01-01T00:00Z")
    assert short.get("/me").status_code == 401
    suspend(user, SYSTEM)
    assert asking.get("/me").status_code == 401
    restore(user, SYSTEM)
    assert asking.get("/me").status_code == 200
    first = tokens_of(user.agency)[0]
    assert first.used_at is not None
    revoke_token(first.pk, SYSTEM)
    revoke_token(first.pk, SYSTEM)
    assert asking.get("/me").status_code == 401
    assert Leaf.objects.filter(action="access.token_revoked").count() == 1
    assert valid_token("fanal_\udce9") is None


def test_a_token_has_scopes_a_name_and_an_end(fresh_data: Path) -> None:
    user = cast().camille
    wrongs: tuple[dict[str, object], ...] = (
        {"scopes": []},
        {"scopes": ["all"]},
        {"name": ""},
        {"lasts": timedelta(days=400)},
    )
    for wrong in wrongs:
        asked: dict[str, object] = {"name": "laptop", "scopes": ["read"], "lasts": timedelta(days=1), **wrong}
        with pytest.raises(Invalid):
            make_token(user, actor=SYSTEM, **asked)  # type: ignore[arg-type]


def test_the_operator_makes_lists_and_revokes_tokens(fresh_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cast()

    def fanal(*arguments: str) -> str:
        capsys.readouterr()
        assert app.run(Ready(), ["token", *arguments]) == 0  # type: ignore[arg-type]  # it is prepared
        return capsys.readouterr().out

    secret = fanal("make", "camille", "--name", "laptop", "--scope", "read").strip()
    assert Program(secret).get("/agencies").status_code == 200
    assert Program(secret).post("/check", {"sha256": ["ab" * 32]}).status_code == 403
    (told,) = (json.loads(line) for line in fanal("list", "--agency", "FR", "--json").splitlines())
    assert (told["username"], told["name"], told["scopes"]) == ("camille", "laptop", ["read"])
    fanal("revoke", told["token"])
    assert Program(secret).get("/agencies").status_code == 401


def test_the_description_and_addresses_that_are_not_there(fresh_data: Path) -> None:
    client = Client()
    described = client.get("/api/v1/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    for path in ("/api/v1/nothing", "/api/v2/leads", "/api/v1/leads/not-an-id"):
        answer = client.get(path)
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_pages_follow_one_another_and_cursors_are_checked(fresh_data: Path) -> None:
    asking = program(cast().camille)
    made = [
        json.loads(asking.post("/submissions", {"label": str(number), "origin": str(number)}).content)["id"]
        for number in range(5)
    ]
    seen, cursor = [], ""
    while True:
        page = json.loads(asking.get(f"/submissions?limit=2{cursor}").content)
        seen += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == made[::-1]
    for wrong in ("x", "bm90LWFuLWlk", "%00"):
        assert asking.get(f"/submissions?cursor={wrong}").status_code == 422


def test_who_judges_says_what_they_looked_at(fresh_data: Path, tmp_path: Path) -> None:
    from desk import story

    who = cast()
    _, _, leads = story(who, tmp_path)
    camille, path = program(who.camille), f"/leads/{leads[0].pk}"
    seen = camille.get(path).headers["ETag"]
    said = {"verdict": "same", "note": "The lamp."}
    assert camille.post(f"{path}/judgements", said).status_code == 428
    assert camille.post(f"{path}/judgements", said, If_Match=seen).status_code == 201
    stale = program(who.mere).post(f"{path}/judgements", {"verdict": "different"}, If_Match=seen)
    assert (stale.status_code, json.loads(stale.content)["code"]) == (412, "changed")
    now = camille.get(path)
    assert now.headers["ETag"] != seen
    (judgement,) = json.loads(now.content)["judgements"]
    assert (judgement["verdict"], judgement["note"], judgement["agency"]) == ("same", "The lamp.", "FR")
