"""The life of an account: a link that works once, a door that shuts at once, nobody who changes their own rights."""

import json
import re
from pathlib import Path

import pytest
from django.test import Client

from desk import at_the_desk
from fanal.core.access.models import Invitation, Role, Session, Token, User
from fanal.core.access.people import change_role, invite, reset, restore, suspend
from fanal.core.access.queries import actor_of, user_by_name
from fanal.core.audit.models import Leaf
from fanal.doors.cli import app
from fanal.kit import clock
from fanal.kit.actor import Actor
from fanal.kit.errors import Conflict, Invalid, NotFound, Refused
from programs import Program, program
from ready import Ready
from world import PASSWORD, Cast, cast, enrolled

pytestmark = pytest.mark.django_db(transaction=True)

NEW = "another lantern on a shore"


@pytest.fixture
def who(fresh_data: Path) -> Cast:
    """The cast."""
    return cast()


@pytest.fixture
def ada(who: Cast) -> User:
    """The administrator of France."""
    return enrolled(who.france, "ada", "administrator")


def link_in(page: bytes) -> str:
    """Return the address of the link that a page shows."""
    (found,) = re.findall(r"http://testserver(/welcome/[\w-]+/)", page.decode())
    return str(found)


def logged(*actions: str) -> list[dict[str, object]]:
    """Return entries of the log with these verbs, in order."""
    return [json.loads(entry) for entry in Leaf.objects.filter(action__in=actions).values_list("entry", flat=True)]


def test_who_is_invited_chooses_a_password_once(who: Cast, ada: User) -> None:
    desk = at_the_desk(ada)
    given = {"username": "odile", "name": "Odile", "role": "supervisor"}
    link = link_in(desk.post("/people/invite/", given).content)
    assert Client().post("/sign-in/", {"username": "odile", "password": PASSWORD}).status_code == 401

    guest = Client()
    page = guest.get(link)
    assert (page.status_code, page.headers["Referrer-Policy"]) == (200, "same-origin")
    assert guest.post(link, {"password": NEW, "again": "something else"}).status_code == 422
    assert guest.post(link, {"password": "short", "again": "short"}).status_code == 422
    assert guest.post(link, {"password": NEW, "again": NEW}).headers["Location"] == "/"
    assert guest.get("/leads/").status_code == 200
    assert Client().get(link).status_code == Client().post(link, {"password": NEW, "again": NEW}).status_code == 404

    odile = user_by_name("odile")
    assert (odile.agency, odile.role) == (who.france, "supervisor")
    told = logged("access.user_enrolled", "access.invited", "access.invitation_used")
    verbs = [one["action"] for one in told if one["subject"] == f"user:{odile.pk}"]
    assert verbs == ["access.user_enrolled", "access.invited", "access.invitation_used"]
    assert not Leaf.objects.filter(entry__contains=link.split("/")[2]).exists()


def test_a_link_lapses_and_a_later_one_takes_its_place(who: Cast, ada: User) -> None:
    first = reset(who.camille, actor_of(ada))
    second = reset(who.camille, actor_of(ada))
    assert Client().get(f"/welcome/{first}/").status_code == 404
    assert Client().get(f"/welcome/{second}/").status_code == 200
    Invitation.objects.update(expires_at=clock.now())
    assert Client().get(f"/welcome/{second}/").status_code == 404
    suspended = reset(who.camille, actor_of(ada))
    suspend(who.camille, actor_of(ada))
    assert Client().get(f"/welcome/{suspended}/").status_code == 404


def test_who_is_suspended_is_out_of_every_session_program_and_stream_at_once(who: Cast, ada: User) -> None:
    desk, asking = at_the_desk(who.camille), program(who.camille)
    opened = iter(asking.get("/alerts/stream"))
    assert next(opened) == b"retry: 2000\n\n"

    assert at_the_desk(ada).post(f"/people/{who.camille.pk}/suspend/").status_code == 302
    assert desk.get("/leads/").status_code == 302
    assert asking.get("/me").status_code == 401
    assert list(opened) == []
    assert not Session.objects.filter(user=who.camille).exists()

    assert at_the_desk(ada).post(f"/people/{who.camille.pk}/restore/").status_code == 302
    assert desk.get("/leads/").status_code == 302
    assert at_the_desk(who.camille).get("/leads/").status_code == 200


def test_a_stream_ends_when_its_token_is_revoked(who: Cast) -> None:
    asking = program(who.camille)
    opened = iter(asking.get("/alerts/stream"))
    assert next(opened) == b"retry: 2000\n\n"
    Token.objects.update(revoked_at=clock.now())
    assert list(opened) == []


def test_where_too_many_are_open_a_stream_ends_at_once_and_says_to_come_back_later(
    who: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fanal.doors.api.stream.MOST_AT_ONCE", 0)
    assert list(program(who.camille).get("/alerts/stream")) == [b"retry: 15000\n\n"]


def test_another_role_holds_from_the_next_request(who: Cast, ada: User) -> None:
    desk = at_the_desk(who.camille)
    assert desk.get("/leads/").status_code == 200
    assert at_the_desk(ada).post(f"/people/{who.camille.pk}/role/", {"role": "auditor"}).status_code == 302
    assert desk.get("/leads/").status_code == 403
    (told,) = logged("access.user_changed")
    assert told["detail"] == {"changed": "role", "from": "officer", "to": "auditor"}


def test_an_administrator_changes_nobody_elsewhere_and_not_themselves(who: Cast, ada: User) -> None:
    actor, desk = actor_of(ada), at_the_desk(ada)
    for deed in (
        lambda person: suspend(person, actor),
        lambda person: restore(person, actor),
        lambda person: reset(person, actor),
        lambda person: change_role(person, "officer", actor),
    ):
        with pytest.raises(NotFound, match="no such person"):
            deed(who.mere)
        with pytest.raises(Conflict, match="own rights"):
            deed(ada)
    nobody = "01990000-0000-7000-8000-000000000000"
    theirs, absent = (desk.post(f"/people/{person}/suspend/") for person in (who.mere.pk, nobody))
    assert theirs.status_code == absent.status_code == 404
    with pytest.raises(NotFound):
        invite(agency=who.britain, username="x", display_name="X", role="officer", actor=actor)
    with pytest.raises(Refused, match="operator"):
        change_role(who.camille, Role.CENTRAL, actor)
    with pytest.raises(Invalid):
        change_role(who.camille, "wizard", actor)
    with pytest.raises(Conflict):
        change_role(who.camille, Role.SERVICE, actor)
    change_role(who.camille, Role.CENTRAL, Actor(kind="operator", reference="terminal"))
    with pytest.raises(Refused, match="operator"):
        change_role(who.camille, Role.OFFICER, actor)


def test_who_sees_material_manages_nobody(who: Cast) -> None:
    desk = at_the_desk(who.camille)
    assert desk.get("/people/").status_code == 403
    for path in ("/people/invite/", f"/people/{who.camille.pk}/role/", f"/people/{who.camille.pk}/token/"):
        assert desk.post(path, {"role": "administrator"}).status_code == 403
    assert user_by_name("camille").role == "officer"


def test_an_administrator_gives_tokens_to_machines_alone(who: Cast, ada: User) -> None:
    desk = at_the_desk(ada)
    desk.post("/people/invite/", {"username": "intake", "name": "Intake", "role": "service"})
    machine, asked = user_by_name("intake"), {"name": "server", "scope": ["submit", "read"]}
    (secret,) = re.findall(r'value="(fanal_[\w-]+)"', desk.post(f"/people/{machine.pk}/token/", asked).content.decode())
    told = json.loads(Program(secret).get("/me").content)
    assert (told["role"], told["scopes"]) == ("service", ["read", "submit"])
    assert desk.post(f"/people/{who.camille.pk}/token/", asked).status_code == 403
    assert desk.post(f"/people/{who.mere.pk}/token/", asked).status_code == 404
    (token,) = Token.objects.all()
    assert at_the_desk(who.mere).post(f"/tokens/{token.pk}/revoke/").status_code == 404
    assert desk.post(f"/tokens/{token.pk}/revoke/").headers["Location"] == "/people/"
    assert Program(secret).get("/me").status_code == 401


def test_a_person_sees_and_ends_their_own_sessions(who: Cast) -> None:
    here, there, another = at_the_desk(who.camille), at_the_desk(who.camille), at_the_desk(who.mere)
    named = Session.objects.get(session_key=there.session.session_key).id
    assert str(named) in here.get("/account/").content.decode()
    assert another.post("/account/sessions/end/", {"session": str(named)}).status_code == 404
    assert here.post("/account/sessions/end/", {"session": str(named)}).status_code == 302
    assert there.get("/leads/").status_code == 302
    assert here.get("/leads/").status_code == another.get("/leads/").status_code == 200
    elsewhere = at_the_desk(who.camille)
    here.post("/account/sessions/end/", {"session": "others"})
    assert (elsewhere.get("/leads/").status_code, here.get("/leads/").status_code) == (302, 200)
    assert here.post("/account/sessions/end/", {"session": "?"}).status_code == 422
    assert len(logged("access.session_ended")) == 2


def test_a_person_changes_their_own_password_and_stays(who: Cast) -> None:
    here, there = at_the_desk(who.camille), at_the_desk(who.camille)
    asked = {"old": PASSWORD, "new": NEW, "again": NEW}
    assert here.post("/account/password/", {**asked, "old": "wrong"}).status_code == 403
    assert here.post("/account/password/", {**asked, "again": "?"}).status_code == 422
    assert here.post("/account/password/", {**asked, "new": "short", "again": "short"}).status_code == 422
    assert there.get("/leads/").status_code == 200
    assert here.post("/account/password/", asked).status_code == 302
    assert (here.get("/leads/").status_code, there.get("/leads/").status_code) == (200, 302)
    assert Client().post("/sign-in/", {"username": "camille", "password": NEW}).status_code == 302


def fanal(*words: str) -> int:
    """Run one command line on a house that is prepared."""
    return app.run(Ready(), ["officer", *words])  # type: ignore[arg-type]


def test_the_operator_does_the_same_in_the_terminal(who: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    assert fanal("invite", "odile", "--agency", "FR", "--name", "Odile", "--role", "central") == 0
    link = "/welcome/" + capsys.readouterr().out.strip().split("/welcome/")[1]
    assert Client().post(link, {"password": NEW, "again": NEW}).status_code == 302
    desk = at_the_desk(who.camille)
    assert fanal("sign-out", "camille") == 0
    assert desk.get("/leads/").status_code == 302
    assert fanal("role", "camille", "supervisor") == 0
    assert user_by_name("camille").role == "supervisor"
    assert fanal("role", "camille", "wizard") == 1
    assert fanal("reset", "camille") == 0
    assert Client().post("/sign-in/", {"username": "camille", "password": PASSWORD}).status_code == 401
    assert fanal("invite", "intake", "--agency", "FR", "--name", "Intake", "--role", "service") == 0
    assert "token" in capsys.readouterr().err
