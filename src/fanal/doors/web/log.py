"""The log of an agency, for its auditors and supervisors: what was done, by whom, and the proof of each entry."""

import json
from dataclasses import replace
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.utils.http import urlencode

from fanal.casework.custody import reading
from fanal.casework.custody.reading import Wanted
from fanal.core.access.models import User
from fanal.core.access.queries import users
from fanal.core.access.roles import Right
from fanal.core.audit.vocabulary import ACTIONS
from fanal.doors.web.officer import log_view, page_for
from fanal.kit.errors import Invalid


@page_for(Right.LOG)
def index(request: HttpRequest, user: User) -> HttpResponse:
    """List entries of the log, and say how the log stands."""
    wanted = wanted_in(request.GET)
    found = reading.lines(user.agency, wanted)
    log_view(user, "audit.read", f"agency:{user.agency_id}", **wanted.plain())
    asked = {key: str(value) for key, value in request.GET.items() if key != "before" and value}
    context = {
        "lines": [(line, json.dumps(line.detail, ensure_ascii=False) if line.detail else "") for line in found],
        "wanted": wanted,
        "asked": asked,
        "again": urlencode(asked),
        "older": found[-1].index if len(found) == reading.PAGE else None,
        "people": users(user.agency),
        "actions": sorted(ACTIONS),
        "state": reading.standing(),
    }
    return render(request, "web/log.html", context)


@page_for(Right.LOG)
def proof(request: HttpRequest, user: User, index: int) -> HttpResponse:
    """Hand out the proof that an entry is in the log."""
    held = reading.proof(user.agency, index)
    log_view(user, "audit.read", f"agency:{user.agency_id}", proof=index)
    answer = JsonResponse(held, json_dumps_params={"ensure_ascii": False})
    answer.headers["Content-Disposition"] = f'attachment; filename="entry-{index}.json"'
    return answer


@page_for(Right.LOG)
def export(request: HttpRequest, user: User) -> HttpResponse:
    """Hand out entries with their proofs, one JSON object a line."""
    wanted = wanted_in(request.GET)
    held = reading.export(user.agency, wanted)
    log_view(user, "audit.exported", f"agency:{user.agency_id}", entries=len(held), **wanted.plain())
    body = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in held)
    answer = HttpResponse(body, content_type="application/x-ndjson; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="log.jsonl"'
    return answer


def wanted_in(given: QueryDict) -> Wanted:
    """Return what a form, or an address, asks for. Raises Invalid for a day or a number that is none."""
    before = given.get("before", "")
    if before and not (before.isascii() and before.isdigit() and len(before) < len(str(2**63))):
        raise Invalid("That is no number of an entry.", next_step="Go on from a page.")
    wanted = Wanted(
        ours=given.get("whose", "ours") != "others",
        person=given.get("person", ""),
        action=given.get("action", ""),
        about=given.get("about", "").strip(),
        before=int(before) if before else None,
    )
    return replace(wanted, since=_day(given.get("since", "")), until=_day(given.get("until", ""), last=True))


def _day(word: str, *, last: bool = False) -> datetime | None:
    if not word:
        return None
    try:
        day = parse_date(word)
    except ValueError:
        day = None
    if day is None:
        raise Invalid("That is no day.", next_step="Write it as 2026-11-30.")
    time = datetime.max.time() if last else datetime.min.time()
    return datetime.combine(day, time, UTC)
