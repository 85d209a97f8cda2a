"""Routes of an agency's people, for its administrator's programs: the same deeds as at the desk."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Router, Schema
from pydantic import Field

from fanal.core.access import people, sessions
from fanal.core.access.factors import require_factor
from fanal.core.access.models import Factor, Session, User
from fanal.core.access.provider_links import Linked, links_in
from fanal.core.access.queries import actor_for
from fanal.core.access.roles import Right
from fanal.doors.api.caller import PEOPLE, ApiRequest, log_view
from fanal.doors.api.once import Key, once
from fanal.doors.api.paging import Cursor, Limit, Page, cut, cut_listed
from fanal.kit import clock, settings
from fanal.kit.actor import Actor

router = Router(tags=["people"])
TOLD_ONCE = "The answer is shown this once and kept nowhere: sent twice, the request is done twice, or refused."


class PersonTold(Schema):
    """Somebody of the caller's agency. `second_factor`: whether they have one; `sessions`: where they are signed in."""

    id: UUID
    username: str
    name: str
    role: str
    active: bool
    second_factor: bool
    sessions: int
    last_used_at: datetime | None


class Inviting(Schema):
    """Who is to have an account."""

    username: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]*$")]
    name: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
    role: Annotated[str, Field(max_length=20)] = "officer"


class Invited(Schema):
    """The account, and the link that opens it once, within three days; a service account has none."""

    person: UUID
    link: str


class Giving(Schema):
    """Another role."""

    role: Annotated[str, Field(max_length=20)]


class Person(Schema):
    """Whose account was changed."""

    person: UUID


class Ended(Person):
    """Whose sessions were ended, and how many."""

    sessions: int


class LinkTold(Schema):
    """Who comes in by the word of which provider. `account`: whose it is there; empty until their next sign-in by it.

    `provider` is its name; where it is named no more, its issuer.
    """

    id: UUID
    person: UUID
    username: str
    provider: str
    issuer: str
    account: str
    linked_at: datetime
    last_used_at: datetime | None


class Unlinking(Schema):
    """Which link of a person is to let them in no more."""

    link: UUID


class FactorAsked(Schema):
    """Whether everybody of the agency reaches only their own account until they have a second factor."""

    required: bool


@router.get("/people", response=Page[PersonTold], auth=PEOPLE)
def index(request: ApiRequest, cursor: Cursor = None, limit: Limit = 50) -> Page[PersonTold]:
    """List the people and machines of the caller's agency, suspended ones too."""
    shown, onward = cut(User.objects.filter(agency=request.auth.agency), cursor, limit)
    log_view(request.auth, "access.seen", f"agency:{request.auth.agency.pk}")
    return Page(items=_told(shown), next=onward)


@router.post("/people", response={201: Invited}, auth=PEOPLE, description=TOLD_ONCE)
def invite(request: ApiRequest, inviting: Inviting, idempotency_key: Key) -> HttpResponse:
    """Open an account."""
    made, secret = people.invite(
        agency=request.auth.agency,
        username=inviting.username.strip(),
        display_name=inviting.name.strip(),
        role=inviting.role,
        actor=_actor(request),
    )
    return _with_link(request, made, secret, 201)


@router.get("/people/factor", response=FactorAsked, auth=PEOPLE)
def factor(request: ApiRequest) -> FactorAsked:
    """Tell whether the agency asks everybody for a second factor."""
    log_view(request.auth, "access.seen", f"agency:{request.auth.agency.pk}")
    return FactorAsked(required=request.auth.agency.second_factor)


@router.post("/people/factor", response={200: FactorAsked}, auth=PEOPLE)
@once(200)
def ask_for_factor(request: ApiRequest, asked: FactorAsked, idempotency_key: Key) -> FactorAsked:
    """Say whether the agency asks everybody for a second factor."""
    require_factor(request.auth.agency, _actor(request), required=asked.required)
    return asked


@router.get("/people/links", response=Page[LinkTold], auth=PEOPLE)
def links(request: ApiRequest, cursor: Cursor = None, limit: Limit = 50) -> Page[LinkTold]:
    """List who of the caller's agency comes in by which sign-in provider."""
    shown, onward = cut_listed(links_in(request.auth.agency), cursor, limit, key=lambda one: str(one.link.pk))
    log_view(request.auth, "access.seen", f"agency:{request.auth.agency.pk}")
    return Page(items=[_linked(one) for one in shown], next=onward)


@router.post("/people/{uuid:person}/unlink", response={200: Person}, auth=PEOPLE)
@once(200)
def unlink(request: ApiRequest, person: UUID, unlinking: Unlinking, idempotency_key: Key) -> Person:
    """Have a provider let a person in no more, though nothing else may; sessions that it began end at once."""
    people.unlink(people.person_of(request.auth.agency, person), unlinking.link, _actor(request))
    return Person(person=person)


@router.post("/people/{uuid:person}/suspend", response={200: Person}, auth=PEOPLE)
@once(200)
def suspend(request: ApiRequest, person: UUID, idempotency_key: Key) -> Person:
    """Keep a person out, at once: their sessions end, their tokens and links are of no use."""
    people.suspend(people.person_of(request.auth.agency, person), _actor(request))
    return Person(person=person)


@router.post("/people/{uuid:person}/restore", response={200: Person}, auth=PEOPLE)
@once(200)
def restore(request: ApiRequest, person: UUID, idempotency_key: Key) -> Person:
    """Let a person in again."""
    people.restore(people.person_of(request.auth.agency, person), _actor(request))
    return Person(person=person)


@router.post("/people/{uuid:person}/role", response={200: Person}, auth=PEOPLE)
@once(200)
def give_role(request: ApiRequest, person: UUID, giving: Giving, idempotency_key: Key) -> Person:
    """Give a person another role, from their next request on."""
    people.change_role(people.person_of(request.auth.agency, person), giving.role, _actor(request))
    return Person(person=person)


@router.post("/people/{uuid:person}/end-sessions", response={200: Ended}, auth=PEOPLE)
@once(200)
def end_sessions(request: ApiRequest, person: UUID, idempotency_key: Key) -> Ended:
    """End all sessions of a person at the desk."""
    held = people.person_of(request.auth.agency, person)
    log_view(request.auth, "access.seen", f"user:{held.pk}")  # the answer tells whether there were any
    ended = sessions.end_sessions(held, _actor(request))
    return Ended(person=person, sessions=ended)


@router.post("/people/{uuid:person}/reset", response={200: Invited}, auth=PEOPLE, description=TOLD_ONCE)
def reset(request: ApiRequest, person: UUID, idempotency_key: Key) -> HttpResponse:
    """Set an account anew: password, factors and sessions end at once, and a new link opens it."""
    held = people.person_of(request.auth.agency, person)
    return _with_link(request, held, people.reset(held, _actor(request)), 200)


def _actor(request: ApiRequest) -> Actor:
    return actor_for(request.auth.user, Right.PEOPLE)


def _with_link(request: HttpRequest, person: User, secret: str, status: int) -> HttpResponse:
    path = reverse("web:welcome", args=[secret]) if secret else ""
    origin = settings.read().origin
    link = (f"{origin}{path}" if origin else request.build_absolute_uri(path)) if secret else ""
    body = Invited(person=person.pk, link=link).model_dump_json()
    answer = HttpResponse(body, status=status, content_type="application/json")
    answer["Cache-Control"] = "no-store"
    return answer


def _linked(one: Linked) -> LinkTold:
    return LinkTold(
        id=one.link.pk,
        person=one.link.user_id,
        username=one.link.user.username,
        provider=one.provider,
        issuer=one.link.issuer,
        account=one.account,
        linked_at=one.link.made_at,
        last_used_at=one.link.used_at,
    )


def _told(people_shown: Sequence[User]) -> list[PersonTold]:
    known = [person.pk for person in people_shown]
    going = Session.objects.filter(user__in=known, expire_date__gt=clock.now()).order_by()
    used = {user: (number, at) for user, number, at in going.values_list("user", Count("pk"), Max("used_at"))}
    second = set(Factor.objects.filter(user__in=known).values_list("user", flat=True))
    return [
        PersonTold(
            id=one.pk,
            username=one.username,
            name=one.display_name,
            role=one.role,
            active=one.is_active,
            second_factor=one.pk in second,
            sessions=used.get(one.pk, (0, None))[0],
            last_used_at=used.get(one.pk, (0, None))[1],
        )
        for one in people_shown
    ]
