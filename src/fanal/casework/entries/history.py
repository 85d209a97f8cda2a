"""What was done with an entry and with all merged with it, as far as its reader may see both sides of it."""

from collections.abc import Collection
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

from django.db.models import Q, QuerySet

from fanal.casework.entries.models import CountryVerdict, Deed, Entry, Fact, Link, LinkVerdict, Merge, Said
from fanal.casework.entries.queries import Known, seen_among, visible_links
from fanal.core.access.database.among import Among
from fanal.core.access.database.made import made_once
from fanal.core.access.models import Agency

_WHOSE = ("deed__by", "deed__agency")


@dataclass(slots=True)
class Told:
    """One deed, and of what it tells as far as the reader may see it."""

    deed: Deed
    verdicts: set[str] = field(default_factory=set)
    others: list[Entry] = field(default_factory=list)
    files: int = 0
    country: str = ""
    note: str = ""


def history_of(agency: Agency, entry: Entry, known: Known | None = None) -> list[Told]:
    """Return what was done with an entry and with all merged with it, newest first, what was undone too.

    Of links and merges only those whose other side the agency may see. `known` is what was asked of it already.
    """
    known = known or Known(agency, entry)
    members = {member.pk for member in known.members if member.root_id == entry.root_id}
    asked = list(members)
    told: dict[int, Told] = {}

    def of(row: Said) -> Told:
        return told.setdefault(row.deed_id, Told(row.deed))

    for opened in _opened(asked):
        of(opened)
    for fact in _stated(asked):
        of(fact).country = fact.value.get("country", "")
        of(fact).verdicts.add(fact.value.get("state", fact.about))
    for judged in _judged(asked):
        of(judged).country = judged.country
        of(judged).verdicts.add(judged.verdict)
    for said in _visible_verdicts(agency, members, known.seen):
        _note_verdict(of(said), said, members)
    merges = _merges(asked)
    seen = seen_among(agency, {one for merge in merges for one in (merge.gone_id, merge.kept_id)} - members)
    for merge in merges:
        if {merge.gone_id, merge.kept_id} <= seen | members:
            of(merge).others += [merge.gone, merge.kept]
    return sorted(told.values(), key=lambda one: -one.deed.pk)


def version_of(agency: Agency, entry: Entry) -> str:
    """Return a word that is another one after anything the agency may see was done with an entry, or undone."""
    return version_in(history_of(agency, entry))


def version_in(told: Collection[Told]) -> str:
    """Return what `version_of` does, from the history of an entry."""
    done = ",".join(f"{one.deed.pk}{'-' if one.deed.undone_at else '+'}{one.files}" for one in told)
    return sha256(done.encode()).hexdigest()[:16]


def _visible_verdicts(agency: Agency, members: Collection[UUID], known: Collection[UUID]) -> list[LinkVerdict]:
    """Return what was said of the links of these entries, as far as their other sides may be seen: those in `known`."""
    links = _links(list(members))
    seen = {*known, *members}
    shown = {link.pk for link in links if link.other_id in seen and link.entry_id in seen}
    shown |= set(_shown(agency, [link.pk for link in links]) if links else ())
    return _verdicts(list(shown)) if shown else []


@made_once
def _opened(members: list[UUID]) -> QuerySet[Entry]:
    return Entry.objects.filter(Among("pk", members)).select_related(*_WHOSE)


@made_once
def _stated(members: list[UUID]) -> QuerySet[Fact]:
    return Fact.objects.filter(Among("entry_id", members)).select_related(*_WHOSE)


@made_once
def _judged(members: list[UUID]) -> QuerySet[CountryVerdict]:
    return CountryVerdict.objects.filter(Among("entry_id", members)).select_related(*_WHOSE)


@made_once
def _merges(members: list[UUID]) -> QuerySet[Merge]:
    either = Q(Among("gone_id", members)) | Q(Among("kept_id", members))
    return Merge.objects.filter(either).select_related(*_WHOSE, "gone__agency", "kept__agency")


@made_once
def _links(members: list[UUID]) -> QuerySet[Link]:
    return Link.objects.filter(Q(Among("entry_id", members)) | Q(Among("other_id", members)))


@made_once
def _shown(agency: Agency, links: list[UUID]) -> QuerySet[Link, UUID]:
    return visible_links(agency).filter(Among("pk", links)).values_list("pk", flat=True)


@made_once
def _verdicts(links: list[UUID]) -> QuerySet[LinkVerdict]:
    said = LinkVerdict.objects.filter(Among("link_id", links))
    return said.select_related(*_WHOSE, "link__entry__agency", "link__other__agency")


def _note_verdict(told: Told, said: LinkVerdict, members: Collection[UUID]) -> None:
    told.verdicts.add(said.verdict)
    told.note = said.note
    if said.link.other is None:
        told.files += 1
    else:
        told.others.append(said.link.entry if said.link.other_id in members else said.link.other)
