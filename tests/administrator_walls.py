"""How the routes of an administrator's programs are asked: of people of the agency and of others, and of webhooks."""

from collections.abc import Callable, Mapping
from uuid import uuid4

from django.http import HttpResponse

from fanal.core.access.roles import Right
from programs import Program
from walls import ABSENT, Row, Things

__all__ = ["ADMINISTRATOR_ROWS"]

Ask = Callable[["Program", "Things"], HttpResponse]


def _at(path: str, of: Things) -> str:
    return path.format(**vars(of))


def _reading(path: str) -> Ask:
    return lambda who, of: who.get(_at(path, of))


def _posting(path: str, body: Callable[[], object] = dict) -> Ask:
    return lambda who, of: who.post(_at(path, of), body())


def _people(ask: Ask, own: int = 200, shared: int | None = ABSENT) -> Row:
    return Row(ask, own, shared, Right.PEOPLE)


def _reach(ask: Ask, own: int = 200, shared: int | None = ABSENT) -> Row:
    return Row(ask, own, shared, Right.REACH)


def _somebody() -> object:
    return {"username": f"new-{uuid4().hex[:12]}", "name": "New"}


def _elsewhere() -> object:
    """Return an address that no operator allows."""
    return {"address": "https://127.0.0.1/fanal"}


def _no_link() -> object:
    """Return a link that nobody has: in the matrix nobody's account is linked."""
    return {"link": str(uuid4())}


def _removed(who: Program, of: Things) -> HttpResponse:
    """Remove a webhook that nobody has: that of the agency is needed for others."""
    return who.ask("DELETE", f"/webhooks/{uuid4()}")


def _paused(who: Program, of: Things) -> HttpResponse:
    """Pause a webhook, and switch it on again."""
    answer = who.post(f"/webhooks/{of.webhook}/pause")
    if answer.status_code == 200:
        assert who.post(f"/webhooks/{of.webhook}/switch-on").status_code == 200
    return answer


ADMINISTRATOR_ROWS: Mapping[str, Row] = {
    "GET /people": _people(_reading("/people"), shared=None),
    "POST /people": _people(_posting("/people", _somebody), own=201, shared=None),
    "GET /people/factor": _people(_reading("/people/factor"), shared=None),
    "POST /people/factor": _people(_posting("/people/factor", lambda: {"required": False}), shared=None),
    "POST /people/{person}/suspend": _people(_posting("/people/{person}/suspend")),
    "POST /people/{person}/restore": _people(_posting("/people/{person}/restore")),
    "POST /people/{person}/role": _people(_posting("/people/{person}/role", lambda: {"role": "officer"})),
    "POST /people/{person}/end-sessions": _people(_posting("/people/{person}/end-sessions")),
    "POST /people/{person}/reset": _people(_posting("/people/{person}/reset")),
    "GET /people/links": _people(_reading("/people/links"), shared=None),
    "POST /people/{person}/unlink": _people(_posting("/people/{person}/unlink", _no_link), own=ABSENT),
    "GET /webhooks": _reach(_reading("/webhooks"), shared=None),
    "POST /webhooks": _reach(_posting("/webhooks", _elsewhere), own=422, shared=None),
    "POST /webhooks/{webhook}/secret": _reach(_posting("/webhooks/{webhook}/secret")),
    "POST /webhooks/{webhook}/pause": _reach(_paused),
    "POST /webhooks/{webhook}/switch-on": _reach(_posting("/webhooks/{webhook}/switch-on"), own=409),
    "DELETE /webhooks/{webhook}": _reach(_removed, own=ABSENT),
    "POST /webhooks/{webhook}/try": _reach(_posting("/webhooks/{webhook}/try")),
    "GET /webhooks/{webhook}/deliveries": _reach(_reading("/webhooks/{webhook}/deliveries")),
    "POST /deliveries/{delivery}/again": _reach(_posting("/deliveries/{delivery}/again")),
}
