"""Routes of likely countries, of contents and of entries: how likely, why, and what an officer says of it."""

from collections.abc import Iterable, Mapping
from typing import Annotated
from uuid import UUID

from ninja import Router, Schema
from pydantic import Field

from fanal.casework.entries import actions
from fanal.casework.entries.actions import Subject
from fanal.casework.entries.models import CountryVerdict
from fanal.casework.entries.queries import Known, country_verdicts, visible_entry
from fanal.casework.entries.reasons import reasons_of_contents, reasons_of_entry
from fanal.casework.evidence.models import Content
from fanal.doors.api.caller import JUDGE, READ, ApiRequest, log_view
from fanal.doors.api.digests import content_named
from fanal.doors.api.entries import Done
from fanal.doors.api.once import Key, once
from fanal.engine.estimate.country import Likely, Reason, likely_countries

router = Router(tags=["countries"])


class ReasonTold(Schema):
    """One thing that speaks for a country. It may point to several."""

    kind: str
    quote: str
    countries: int
    weight: float


class LikelyTold(Schema):
    """A country, how likely it is (a score that orders, no probability), why, and what was said of it."""

    country: str
    score: float
    routed: bool
    verdict: str | None
    reasons: list[ReasonTold]


class Countries(Schema):
    """The countries that anything speaks for, the likeliest first."""

    items: list[LikelyTold]


class Judging(Schema):
    """A country that is confirmed, and told, or rejected."""

    country: Annotated[str, Field(pattern="^[A-Z]{2}$")]
    verdict: CountryVerdict.Verdict


@router.get("/entries/{uuid:entry}/countries", response=Countries, auth=READ)
def of_entry(request: ApiRequest, entry: UUID) -> Countries:
    """Tell to which countries an entry points, as far as the caller may see why."""
    shown = visible_entry(request.auth.agency, entry)
    log_view(request.auth, "entries.seen", f"entry:{shown.pk}")
    known = Known(request.auth.agency, shown)
    verdicts = country_verdicts(request.auth.agency, entry=shown, known=known)
    return _told(reasons_of_entry(request.auth.agency, shown, known), verdicts)


@router.post("/entries/{uuid:entry}/countries", response={201: Done}, auth=JUDGE)
@once(201)
def judge_entry(request: ApiRequest, entry: UUID, idempotency_key: Key, judging: Judging) -> Done:
    """Confirm or reject a likely country of an entry. One that is confirmed is told at once."""
    done = actions.judge_country(Subject(entry=entry), judging.country, judging.verdict, request.auth.user)
    return Done(deed=done.pk, entry=entry)


@router.get("/contents/{sha256}/countries", response=Countries, auth=READ)
def of_content(request: ApiRequest, sha256: str) -> Countries:
    """Tell to which countries a content points, as far as the caller may see why."""
    agency = request.auth.agency
    shown = content_named(agency, sha256)
    log_view(request.auth, "evidence.seen", f"content:{shown.pk}")
    if shown.state == Content.State.HASH_ONLY:  # of bytes that one has not, one learns nothing
        return Countries(items=[])
    verdicts = country_verdicts(agency, content=shown.pk)
    return _told(reasons_of_contents(agency, [shown.pk])[shown.pk], verdicts)


@router.post("/contents/{sha256}/countries", response={201: Done}, auth=JUDGE)
@once(201)
def judge_content(request: ApiRequest, sha256: str, idempotency_key: Key, judging: Judging) -> Done:
    """Confirm or reject a likely country of a content. One that is confirmed is told at once."""
    subject = Subject(content=content_named(request.auth.agency, sha256).pk)
    done = actions.judge_country(subject, judging.country, judging.verdict, request.auth.user)
    return Done(deed=done.pk, entry=None)


def _told(reasons: Iterable[Reason], said: Mapping[str, CountryVerdict]) -> Countries:
    found = {one.country: one for one in likely_countries(reasons)}
    judged = {code: Likely(code, 0.0, ()) for code in sorted(said)}
    return Countries(items=[_likely(one, said.get(code)) for code, one in {**judged, **found}.items()])


def _likely(one: Likely, said: CountryVerdict | None) -> LikelyTold:
    confirmed = said is not None and said.verdict == CountryVerdict.Verdict.CONFIRMED
    return LikelyTold(
        country=one.country,
        score=round(one.score, 4),
        routed=confirmed or (said is None and one.routes),
        verdict=said.verdict if said else None,
        reasons=[
            ReasonTold(kind=reason.kind, quote=reason.quote, countries=reason.of, weight=round(reason.weight, 4))
            for reason in one.reasons
        ],
    )
