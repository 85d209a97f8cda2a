"""Reads of notices, each already filtered by the agency that asks; None asks for the system, never a page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet

from fanal.casework.entries.models import CountryVerdict, Entry
from fanal.casework.entries.queries import contents_of, country_verdicts, visible_entries
from fanal.casework.evidence.queries import own_exhibits, visible_bytes
from fanal.casework.notices.models import Notice, Recipient, State, Step, Verb
from fanal.core.access.asking import asking_for_everybody
from fanal.core.access.database.among import Among
from fanal.core.access.database.made import made_once
from fanal.core.access.models import Agency
from fanal.kit.errors import NotFound

WAITING = (State.PROPOSED, State.DRAFT, State.RELEASED, State.SEALED)
"""What its agency is to go on with."""
AWAY = (State.SENT, State.ACKNOWLEDGED)
"""What the country is to answer."""
MOST_ABROAD = 200
_TOLD_TO_OTHERS = (Verb.SENT, Verb.ACKNOWLEDGED, Verb.ANSWERED, Verb.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Matter:
    """What a notice is of: an entry of the registry, or contents."""

    entry: Entry | None = None
    contents: tuple[int, ...] = ()

    def files(self, agency: Agency | None) -> list[int]:
        """Return the contents that it is about, as far as an agency may see them."""
        if self.entry is not None:
            return list(contents_of(agency, self.entry))
        if agency is None:
            return list(self.contents)
        seen = visible_bytes(agency).filter(content__in=self.contents).values_list("content", flat=True)
        return sorted(set(seen))


def matter_of(notice: Notice) -> Matter:
    """Return what a notice is of."""
    return Matter(notice.entry, tuple(notice.contents))


def said_of_country(notice: Notice) -> set[str]:
    """Return what officers say of the country of a notice's matter, as far as its agency may know: of each the last."""
    matter = matter_of(notice)
    said = [country_verdicts(notice.agency, entry=matter.entry)] if matter.entry else []
    said += [country_verdicts(notice.agency, content=content) for content in matter.contents]
    return {one[notice.country].verdict for one in said if notice.country in one}


def rejected(notice: Notice) -> bool:
    """Tell whether officers rejected the country of a notice that has not left, and nobody holds to it."""
    said = said_of_country(notice) if notice.state in WAITING else set()
    return CountryVerdict.Verdict.REJECTED in said and CountryVerdict.Verdict.CONFIRMED not in said


def visible_notices(agency: Agency | None) -> QuerySet[Notice]:
    """Return the notices an agency may see: its own; and of others those that were sent, of what it may see itself.

    Of another's notice only that it was sent, to which country and what came back is anyone's: not what it says.
    """
    found = Notice.objects.select_related("agency", "entry__agency", "recipient")
    if agency is None:
        return found
    own = Q(agency=agency)
    if not agency.connected:
        return found.filter(own)
    seen = Exists(visible_bytes(agency).filter(_content_in("contents")))
    of_entry = Q(entry__in=visible_entries(agency).values("pk"))
    return found.filter(own | (Q(sent_at__isnull=False) & (seen | of_entry)))


def _content_in(array: str) -> Func:
    """Return whether the content of a row is in an array of the outer query."""
    shape = {"template": "(%(expressions)s))", "arg_joiner": " = ANY ("}
    return Func(F("content_id"), OuterRef(array), output_field=BooleanField(), **shape)


def visible_notice(agency: Agency, notice: UUID) -> Notice:
    """Return one notice. Raises NotFound alike for what is not there and what may not be seen."""
    found = visible_notices(agency).filter(pk=notice).first()
    if found is None:
        raise NotFound("There is no such notice.")
    return found


def own_notice(agency: Agency, notice: UUID) -> Notice:
    """Return one of an agency's own notices. Raises NotFound alike for what is not there and what is another's."""
    found = visible_notices(agency).filter(pk=notice, agency=agency).first()
    if found is None:
        raise NotFound("There is no such notice.")
    return found


def listed_notices(agency: Agency, scope: str = "") -> QuerySet[Notice]:
    """Return visible notices, what changed last first: those that wait for us, that are away, answered, or all."""
    found = visible_notices(agency)
    if scope == "waiting":
        return found.filter(agency=agency, state__in=WAITING)
    if scope == "away":
        return found.filter(state__in=AWAY)
    return found.filter(state=State.ANSWERED) if scope == "answered" else found


def steps_of(agency: Agency, notice: Notice) -> list[Step]:
    """Return what was done with a notice, in that order; of another's only what came after it left."""
    steps = notice.steps.select_related("by")
    return list(steps if notice.agency_id == agency.pk else steps.filter(verb__in=_TOLD_TO_OTHERS))


@made_once
def these_notices(agency: Agency, notices: list[UUID]) -> QuerySet[Notice]:
    """Return those of these notices that an agency may see."""
    return visible_notices(agency).filter(Among("pk", notices))


def of_the_same(agency: Agency | None, country: str, matter: Matter, *, but: UUID | None = None) -> Iterator[Notice]:
    """Yield the notices to a country that share the entry, or a content, with a matter and were not withdrawn."""
    files = set(matter.files(agency))
    known = visible_notices(agency).filter(country=country).exclude(state=State.WITHDRAWN)
    if but is not None:
        known = known.exclude(pk=but)
    for notice in known.order_by("made_at"):
        both = matter.entry and notice.entry
        same = both and matter.entry and notice.entry and matter.entry.root_id == notice.entry.root_id
        if same or files & set(matter_of(notice).files(agency)):
            yield notice


def own_among(agency: Agency, contents: Sequence[int]) -> list[int]:
    """Return those of these contents whose bytes the agency submitted itself: what it may hand out."""
    own = own_exhibits(agency).filter(content__in=contents, submission__hash_only=False)
    return sorted(set(own.values_list("content", flat=True)))


def is_connected(country: str) -> bool:
    """Tell whether any agency of a country is connected, so that it is told by an alert."""
    return Agency.objects.filter(country=country, connected=True).exists()


def connected_countries() -> frozenset[str]:
    """Return the countries that alerts reach."""
    return frozenset(_connected())


@made_once
def _connected() -> QuerySet[Agency, str]:
    return Agency.objects.filter(connected=True).values_list("country", flat=True)


def unconnected() -> list[Agency]:
    """Return the agencies that are not connected, of countries where none is, by country."""
    there = Agency.objects.filter(connected=True).values("country")
    return list(Agency.objects.filter(connected=False).exclude(country__in=there).order_by("country", "code"))


def recipient_of(agency: Agency) -> Recipient | None:
    """Return to whom an agency that is not connected wants its notices sent, as it was entered last."""
    return Recipient.objects.filter(agency=agency).select_related("agency", "by", "compared_by").first()


def recipient_for(country: str) -> Recipient | None:
    """Return to whom notices for a country go; None where nobody has entered it."""
    last = (recipient_of(agency) for agency in unconnected() if agency.country == country)
    return next((one for one in last if one is not None), None)


@asking_for_everybody()
def unanswered_abroad() -> list[Notice]:
    """Return the notices that went to a country which has not answered, what waits longest first.

    For the central desk, which is shown from whom, to whom and since when: never what a notice is of, or says.
    """
    away = Notice.objects.filter(state__in=AWAY).select_related("agency").order_by("sent_at", "pk")
    return list(away.only("id", "reference", "country", "state", "sent_at", "reminded", "agency")[:MOST_ABROAD])


@asking_for_everybody()
def contacts_abroad() -> dict[UUID, str]:
    """Return to whom agencies that are not connected want to be written, as entered last: for the central desk."""
    last = Recipient.objects.order_by("agency", "-at", "-id").distinct("agency")
    return dict(last.values_list("agency", "contact"))
