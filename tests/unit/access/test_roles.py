"""Role by deed: what the table of rights says is what actions, pages and tokens do."""

from collections.abc import Callable, Iterator
from importlib import import_module
from inspect import Parameter, isfunction, signature
from itertools import product
from pathlib import Path
from pkgutil import iter_modules

import pytest
from django.test import Client

import fanal.casework
from fanal.core.access.actions import enrol_user
from fanal.core.access.models import Agency, Role, User
from fanal.core.access.roles import MAY, Right, may, scopes_of
from fanal.core.access.tokens import make_token
from fanal.core.audit.models import Leaf
from fanal.kit.actor import SYSTEM
from fanal.kit.errors import FanalError, Invalid, Refused
from programs import program
from world import PASSWORD, cast

pytestmark = pytest.mark.django_db(transaction=True)

Deed = Callable[..., object]
ACTIONS = ("actions", "contributions", "participation", "visibility", "overseeing")
"""Files with verbs that doors call; what they share among themselves stands in others."""


def deeds() -> Iterator[Deed]:
    """Yield every public action on material that somebody does: whatever takes `by`, a person."""
    for noun, file in product(iter_modules(fanal.casework.__path__), ACTIONS):
        if not (Path(fanal.casework.__path__[0]) / noun.name / f"{file}.py").is_file():
            continue
        name = f"fanal.casework.{noun.name}.{file}"
        for verb in vars(import_module(name)).values():
            if isfunction(verb) and verb.__module__ == name and not verb.__name__.startswith("_"):
                asked = signature(verb).parameters.get("by")
                if asked is not None and asked.annotation in {User, "User"}:
                    yield verb


def name_of(deed: Deed) -> str:
    """Return the noun and the verb."""
    return f"{deed.__module__.split('.')[-2]}.{deed.__name__}"


def colleague(agency: Agency, role: str) -> User:
    """Give an agency a person in a role."""
    return enrol_user(username=role, display_name=role, agency=agency, password=PASSWORD, actor=SYSTEM, role=role)


@pytest.mark.parametrize("deed", list(deeds()), ids=name_of)
def test_an_action_is_refused_to_every_role_that_has_not_its_right(fresh_data: Path, deed: Deed) -> None:
    right = getattr(deed, "right", None)
    assert isinstance(right, Right), f"{name_of(deed)} does not say which right it needs: @needs(Right.…)"
    agency, before = cast().france, Leaf.objects.count()
    needed = [one for one in signature(deed).parameters.values() if one.default is Parameter.empty]
    for role in Role.values:
        person = User(username=role, agency=agency, role=role)
        absent = {one.name: person if one.name == "by" else None for one in needed}
        try:
            deed(**absent)
        except Refused as refused:
            for_the_role = "role" in str(refused)  # or the operator refuses it to everybody
            assert right not in MAY[role] or not for_the_role, f"{role} may"
        except (FanalError, AttributeError, TypeError, ValueError):
            assert right in MAY[role], f"{role} may not, and was only stopped because nothing was there"
        else:
            pytest.fail(f"{role} did something with nothing")
    assert Leaf.objects.count() == before


PAGES = ("/alerts/", "/submissions/", "/leads/", "/clues/", "/registry/", "/searches/", "/text/", "/check/")


@pytest.mark.parametrize("role", Role.values)
def test_a_role_signs_in_and_sees_material_as_the_table_says(fresh_data: Path, role: str) -> None:
    person, client = colleague(cast().france, role), Client()
    came = client.post("/sign-in/", {"username": role, "password": PASSWORD}).status_code
    assert came == (302 if may(person, Right.DESK) else 401)
    if came == 302:
        seen = {client.get(page).status_code for page in (*PAGES, "/contents/1/")}
        assert seen == ({200, 404} if may(person, Right.SEE) else {403})


@pytest.mark.parametrize("role", Role.values)
def test_a_token_is_made_only_for_what_the_role_may(fresh_data: Path, role: str) -> None:
    person = colleague(cast().france, role)
    for scope in ("read", "submit", "judge", "check", "log"):
        if scope in scopes_of(role):
            assert program(person, scope).get("/me").status_code == 200
        else:
            with pytest.raises(Invalid, match="scopes that its person's role may use"):
                program(person, scope)


def test_whoever_gives_rights_away_and_whoever_reads_the_log_see_no_material() -> None:
    for role in (Role.ADMINISTRATOR, Role.AUDITOR):
        assert not MAY[role] & {Right.SEE, Right.SUBMIT, Right.JUDGE, Right.CHECK}
    for other in set(Role.values) - {Role.ADMINISTRATOR}:
        assert Right.PEOPLE not in MAY[other]


def test_a_role_that_nobody_knows_may_nothing(fresh_data: Path) -> None:
    person = User(username="x", agency=cast().france)
    person.role = "wizard"
    assert not [right for right in Right if may(person, right)]
    with pytest.raises(Invalid):
        make_token(person, name="x", scopes=["read"], lasts=None, actor=SYSTEM)  # type: ignore[arg-type]
