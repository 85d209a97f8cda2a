"""Notices to countries that are not connected, and how their routes are asked, at the desk and at the API."""

from collections.abc import Callable, Mapping, Sequence

from django.http import HttpResponse
from django.test import Client

from fanal.casework.entries.models import Entry
from fanal.casework.notices.actions import (
    Written,
    answered,
    begin,
    bring_in_recipient,
    compare_key,
    seal,
    sent,
    write,
)
from fanal.casework.notices.models import Notice
from fanal.core.access.actions import admit_agency
from fanal.core.access.models import Agency, User
from fanal.core.access.roles import Right
from fanal.kit.actor import SYSTEM
from programs import Program
from walls import ABSENT, Row, Things

__all__ = ["NOBODYS_KEY", "NOTICE_ROWS", "answered_notice", "morocco", "notice_requests"]

Ask = Callable[[Client], HttpResponse]
NOBODYS_KEY = "age1t7rxyev2z3rw82stdlrrepyc39nvn86l5078zqkf5uasdy86jp6svpy7pa"
SAID = {"known": "a", "asked": "b", "contact": "c", "language": "en"}


def morocco() -> Agency:
    """Return an agency that is not connected."""
    return admit_agency(code="MA", name="Moroccan unit", country="MA", actor=SYSTEM, connected=False)


def notice_requests(
    own: int, entries: Sequence[Entry], officer: User
) -> Mapping[str, Callable[[Client], HttpResponse]]:
    """Write three notices, of an own picture and of two entries, and take the last two further.

    Return a request for every route of notices at the desk, in the order of a day.
    """
    compare_key(bring_in_recipient(morocco(), "Rabat", NOBODYS_KEY, "fr").pk, officer)
    tunisia = admit_agency(code="TN", name="Tunisian unit", country="TN", actor=SYSTEM, connected=False)
    fresh = bring_in_recipient(tunisia, "Tunis", NOBODYS_KEY, "ar")
    notices = [begin("MA", officer, contents=[own])]
    notices += [begin("MA", officer, entry=entry.pk, knowing=True) for entry in entries]
    for notice, pictures in zip(notices, ([own], [], []), strict=True):
        write(notice.pk, Written("A room in FR-1.", "Whose?", "desk@fr.example", "en", (), pictures), officer)
    for notice in notices[1:]:
        seal(notice.pk, officer)
    sent(notices[2].pk, "by hand", officer)
    written, sealed, away = (f"/notices/{one.pk}/" for one in notices)
    begun = {"country": "MA", "entry": str(entries[0].pk), "knowing": "yes"}
    words = {"known": "A stove.", "asked": "Whose?", "contact": "desk@fr.example", "language": "fr"}
    key = {"agency": "MA", "contact": "Rabat", "language": "ar", "key": NOBODYS_KEY}
    return {
        "notices": lambda client: client.get("/notices/?scope=all"),
        "notice-new": lambda client: client.post("/notices/new/", begun),
        "notice": lambda client: client.get(written),
        "notice-release": lambda client: client.post(f"{written}release/", {"reason": "A clock is seen."}),
        "notice-pages": lambda client: client.get(f"{written}pages/"),
        "notice-write": lambda client: client.post(f"{written}write/", words),
        "notice-withdraw": lambda client: client.post(f"{written}withdraw/", {"why": "Enough."}),
        "notice-seal": lambda client: client.post(f"{sealed}seal/"),
        "notice-sealed": lambda client: client.get(f"{sealed}sealed/"),
        "notice-sent": lambda client: client.post(f"{sealed}sent/", {"how": "by hand"}),
        "notice-acknowledged": lambda client: client.post(f"{away}acknowledged/"),
        # What says something of the likely country needs the entry, which may be undone by then.
        "notice-answer": lambda client: client.post(f"{away}answer/", {"outcome": "need_more"}),
        "recipients": lambda client: client.get("/notices/recipients/"),
        "recipient-compare": lambda client: client.post(f"/notices/recipients/{fresh.pk}/compare/"),
        "recipient-enter": lambda client: client.post("/notices/recipients/enter/", key),
    }


def answered_notice(owner: User, content: int, name: str) -> Notice:
    """Tell a country that is not connected of a picture, as far as its answer."""
    compare_key(bring_in_recipient(morocco(), "Rabat", NOBODYS_KEY, "fr").pk, owner)
    notice = begin("MA", owner, contents=[content], knowing=True)
    write(notice.pk, Written(f"{name} room.", "Whose is it?", "desk", "en"), owner)
    seal(notice.pk, owner)
    sent(notice.pk, f"{name} way", owner)
    return answered(notice.pk, "working", f"{name} answer", owner)


def telling(ask: Callable[[Program, Things], HttpResponse], own: int = 409) -> Row:
    """Return the row of a route that goes on with a notice, which is its agency's alone."""
    return Row(ask, own, ABSENT, Right.JUDGE)


def begun(who: Program, of: Things) -> HttpResponse:
    """Begin a notice of a content."""
    return who.post("/notices", {"country": "MA", "contents": [of.sha256], "knowing": True})


# What is the agency's own was answered: it can be answered again, and nothing else be done with it.
NOTICE_ROWS: Mapping[str, Row] = {
    "GET /notices": Row(lambda who, _: who.get("/notices"), shared=None),
    "GET /notices/{notice}": Row(lambda who, of: who.get(f"/notices/{of.notice}")),
    "GET /notices/{notice}/choices": Row(lambda who, of: who.get(f"/notices/{of.notice}/choices"), shared=ABSENT),
    "POST /notices": Row(begun, own=201, shared=201, right=Right.JUDGE),
    "GET /notices/{notice}/sealed": telling(lambda who, of: who.get(f"/notices/{of.notice}/sealed"), own=200),
    "POST /notices/{notice}/answer": telling(
        lambda who, of: who.post(f"/notices/{of.notice}/answer", {"outcome": "working"}), own=200
    ),
    "POST /notices/{notice}/words": telling(lambda who, of: who.post(f"/notices/{of.notice}/words", SAID)),
    "POST /notices/{notice}/seal": telling(lambda who, of: who.post(f"/notices/{of.notice}/seal")),
    "POST /notices/{notice}/sent": telling(lambda who, of: who.post(f"/notices/{of.notice}/sent", {"how": "a"})),
    "POST /notices/{notice}/acknowledged": telling(lambda who, of: who.post(f"/notices/{of.notice}/acknowledged")),
    "POST /notices/{notice}/withdraw": telling(lambda who, of: who.post(f"/notices/{of.notice}/withdraw")),
}
