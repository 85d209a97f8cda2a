"""Reads of who works on what, each already filtered by the agency that asks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet, Sum

from fanal.casework.entries.queries import identified_among
from fanal.casework.evidence.queries import holdings_of, visible_contents
from fanal.casework.leads.queries import judged_same
from fanal.casework.sharing.models import Claim, Disclosure, Question
from fanal.core.access.asking import asking_for_everybody
from fanal.core.access.models import Agency
from fanal.kit import clock
from fanal.kit.errors import NotFound

AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Contact:
    """An agency that holds what was asked about, and whom to ask there."""

    agency: str
    country: str
    contact: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What is told about one digest. Of what the asking agency may not see, nothing but `contacts` ever differs."""

    sha256: str
    contacts: tuple[Contact, ...] = ()
    identified: bool = False
    """Whether its victim is identified, as far as the asking agency may see that in the registry."""

    @property
    def known(self) -> bool:
        """Whether any agency holds it that the asking one sees, or that lets it know."""
        return bool(self.contacts)


@dataclass(frozen=True, slots=True)
class Told:
    """The answers to a question, and which contents of which agencies a hit was told of that stay unseen."""

    answers: Sequence[Answer]
    hidden: dict[UUID, list[int]]


def answers_to(agency: Agency, digests: Sequence[bytes]) -> Told:
    """Return what may be told about SHA-256 digests, in their order: to be logged before it is shown.

    An agency is named where the asking one sees its material, or where it lets others know of hits. What is held by
    those alone who do not is answered as what nobody holds, by the same questions to the database.
    """
    policies = {one.agency_id: one for one in Disclosure.objects.all()}
    named: dict[bytes, dict[UUID, Contact]] = {}
    hidden: dict[UUID, list[int]] = {}
    seen: dict[int, bytes] = {}
    for held in holdings_of(agency, digests):
        policy = policies.get(held.agency.pk)
        if not held.seen and (policy is None or not policy.answers):
            continue
        if not held.seen:
            hidden.setdefault(held.agency.pk, []).append(held.content)
        else:
            seen[held.content] = held.sha256
        contact = Contact(held.agency.code, held.agency.country, policy.contact if policy else "")
        named.setdefault(held.sha256, {})[held.agency.pk] = contact
    solved = {seen[content] for content in identified_among(agency, seen)} if seen else set()
    answers = [Answer(digest.hex(), _ordered(named.get(digest, {})), digest in solved) for digest in digests]
    return Told(answers, hidden)


def _ordered(contacts: dict[UUID, Contact]) -> tuple[Contact, ...]:
    return tuple(sorted(contacts.values(), key=lambda one: one.agency))


def disclosure_of(agency: Agency) -> Disclosure:
    """Return what an agency lets others learn: nothing, until it says otherwise."""
    return Disclosure.objects.filter(agency=agency).first() or Disclosure(agency=agency)


@asking_for_everybody()
def contacts_by_agency() -> dict[UUID, str]:
    """Return whom to ask in each agency, as far as it said so: for the central desk."""
    return dict(Disclosure.objects.exclude(contact="").values_list("agency", "contact"))


def asked_lately(agency: Agency) -> int:
    """Return about how many digests an agency asked in the last hour."""
    recent = Question.objects.filter(agency=agency, at__gt=clock.now() - AN_HOUR)
    return recent.aggregate(sum=Sum("asked"))["sum"] or 0


def claims_on(agency: Agency, content: int) -> QuerySet[Claim]:
    """Return who works on a content that the agency may see, who came first on top."""
    return visible_claims(agency).filter(content=content).order_by("made_at", "id")


def visible_claims(agency: Agency) -> QuerySet[Claim]:
    """Return the claims that hold, on contents that an agency may see."""
    holding = Claim.objects.filter(ended_at__isnull=True, content__in=visible_contents(agency).values("pk"))
    return holding.select_related("agency", "by", "content")


def own_claim(agency: Agency, claim: UUID) -> Claim:
    """Return a claim of the agency that holds. Raises NotFound alike for what is not there and what is another's."""
    found = Claim.objects.filter(agency=agency, pk=claim, ended_at__isnull=True).first()
    if found is None:
        raise NotFound("There is no such claim of your agency.")
    return found


@asking_for_everybody()
def colliding(claim: Claim) -> list[Claim]:
    """Return the claims of other agencies on the same content, or on what was judged the same: for the system."""
    contents: Iterable[int] = {claim.content_id, *judged_same(claim.content_id)}
    others = Claim.objects.filter(content__in=contents, ended_at__isnull=True).exclude(agency=claim.agency_id)
    return list(others.order_by("made_at", "id"))


def claims_touching(contents: Iterable[int]) -> list[Claim]:
    """Return the claims that hold on these contents: for the system, never for a page."""
    return list(Claim.objects.filter(content__in=list(contents), ended_at__isnull=True).order_by("made_at", "id"))


def lapsing_before(moment: datetime) -> QuerySet[Claim]:
    """Return the claims whose time is over by then: for the system."""
    return Claim.objects.filter(ended_at__isnull=True, lapses_at__lte=moment)
