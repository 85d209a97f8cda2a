"""Reads of registry entries, each already filtered by the agency that asks; None asks for the system, never a page."""

from collections import Counter
from collections.abc import Collection, Iterable
from functools import cached_property
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from fanal.casework.entries.deeds import COUNTS
from fanal.casework.entries.facts import SOLVED, VictimState
from fanal.casework.entries.models import CountryVerdict, Entry, Fact, Link, Routing
from fanal.casework.evidence.queries import visible_bytes
from fanal.casework.leads.models import State
from fanal.core.access.asking import asking_for_everybody
from fanal.core.access.database.among import Among
from fanal.core.access.database.made import made_once
from fanal.core.access.models import Agency
from fanal.kit.errors import NotFound


def visible_links(agency: Agency | None) -> QuerySet[Link]:
    """Return the links of entries with contents whose bytes an agency may see."""
    links = Link.objects.filter(content__isnull=False)
    return links if agency is None else links.filter(Exists(visible_bytes(agency).filter(content=OuterRef("content"))))


def visible_entries(agency: Agency | None) -> QuerySet[Entry]:
    """Return the entries an agency may see. This is the one rule of who sees what of them.

    Its own; and those of others of which it may see a content that belongs to them, be it through a series that they
    are in. The database keeps whom that shows them to, and has this rule as a row policy (`migrations/0004_shown.py`).
    An agency that is not connected sees its own alone. What was opened and undone is not there.
    """
    known = Entry.objects.filter(COUNTS)
    if agency is None:
        return known
    if not agency.connected:
        return known.filter(agency=agency)
    return known.filter(Q(agency=agency) | Q(shown_to_all=True) | Q(shown_to__contains=[agency.pk]))


def seen_among(agency: Agency | None, entries: Iterable[UUID]) -> set[UUID]:
    """Return those of these entries that an agency may see."""
    asked = list(set(entries))
    return set(_seen(agency, asked)) if asked else set()


@made_once
def _seen(agency: Agency | None, entries: list[UUID]) -> QuerySet[Entry, UUID]:
    return visible_entries(agency).filter(Among("pk", entries)).values_list("pk", flat=True)


def visible_entry(agency: Agency, entry: UUID) -> Entry:
    """Return one entry. Raises NotFound alike for what is not there and what may not be seen."""
    found = _numbered(agency, entry)
    if not found:
        raise NotFound("There is no such entry.")
    return found[0]


@made_once
def _numbered(agency: Agency, entry: UUID) -> QuerySet[Entry]:
    return visible_entries(agency).filter(pk=entry).select_related("agency", "deed__by")


@made_once
def these_entries(agency: Agency, entries: list[UUID]) -> QuerySet[Entry]:
    """Return those of these entries that an agency may see."""
    return visible_entries(agency).filter(Among("pk", entries))


def members_of(agency: Agency | None, *entries: Entry) -> list[Entry]:
    """Return all visible entries that count as one with any of these, oldest first; these are among them."""
    return _members_of_roots(agency, {entry.root_id for entry in entries})


def _members_of_roots(agency: Agency | None, roots: Collection[UUID]) -> list[Entry]:
    return _members(agency, list(roots)) if roots else []


@made_once
def _members(agency: Agency | None, roots: list[UUID]) -> QuerySet[Entry]:
    members = visible_entries(agency).filter(Among("root_id", roots))
    return members.select_related("agency").order_by("deed_id", "pk")


def listed_entries(agency: Agency, kind: str = "") -> QuerySet[Entry]:
    """Return visible entries, the newest first."""
    found = visible_entries(agency).select_related("agency")
    return (found.filter(kind=kind) if kind else found).order_by("-deed_id", "-pk")


def linked_entries(agency: Agency | None, entry: Entry) -> list[tuple[Entry, Link]]:
    """Return the entries that are judged to belong to one, with the link, in the order of their opening.

    What one member of a merged entry is judged different from, none is linked with.
    """
    return Known(agency, entry).linked[entry.pk]


def _both_ways(link: Link) -> list[tuple[Entry, Entry]]:
    return [(link.entry, link.other), (link.other, link.entry)] if link.other else []


def _standing(root: UUID, sides: Collection[tuple[Entry, Link]]) -> list[tuple[Entry, Link]]:
    apart = {side.root_id for side, link in sides if link.state == State.DIFFERENT} | {root}
    same = {side.pk: (side, link) for side, link in sides if link.state == State.SAME and side.root_id not in apart}
    return sorted(same.values(), key=lambda pair: (pair[0].deed_id, str(pair[0].pk)))


class Known:
    """What an agency may see of some entries, for one page: each thing is asked once, when it is first needed.

    All that was merged with an entry counts in. None asks for the system.
    """

    def __init__(self, agency: Agency | None, *entries: Entry) -> None:
        self.agency, self.entries = agency, entries

    @cached_property
    def members(self) -> list[Entry]:
        """All that count as one with any of them, oldest first; they are among them."""
        return members_of(self.agency, *self.entries) if self.entries else []

    @cached_property
    def _sides(self) -> list[tuple[Entry, Entry, Link]]:
        """Their links with other entries: the member, the other side, the link."""
        members = {member.pk for member in self.members}
        links = _links_between(list(members)) if members else []
        return [(here, there, link) for link in links for here, there in _both_ways(link) if here.pk in members]

    @cached_property
    def seen(self) -> set[UUID]:
        """The entries on the other sides of their links that the agency may see."""
        return seen_among(self.agency, (there.pk for _, there, _ in self._sides))

    @cached_property
    def linked(self) -> dict[UUID, list[tuple[Entry, Link]]]:
        """What `linked_entries` tells of each, by their ids."""
        root_of = {member.pk: member.root_id for member in self.members}
        sides: dict[UUID, list[tuple[Entry, Link]]] = {}
        for here, there, link in self._sides:
            if there.pk in self.seen:
                sides.setdefault(root_of[here.pk], []).append((there, link))
        return {entry.pk: _standing(entry.root_id, sides.get(entry.root_id, ())) for entry in self.entries}

    @cached_property
    def contents(self) -> dict[UUID, dict[int, list[Entry]]]:
        """What `contents_of` tells of each, by their ids."""
        series = {
            entry.pk: {other.root_id for other, _ in self.linked[entry.pk] if other.kind == Entry.Kind.SERIES}
            for entry in self.entries
            if entry.kind != Entry.Kind.SERIES
        }
        through = {root for roots in series.values() for root in roots} - {one.root_id for one in self.members}
        others = _members_of_roots(self.agency, through) if through else []
        asked = {one.pk: one for one in (*self.members, *others)}
        links: dict[UUID, list[Link]] = {}
        for link in _links_with_contents(self.agency, list(asked)) if asked else ():
            links.setdefault(asked[link.entry_id].root_id, []).append(link)
        return {
            entry.pk: _held(
                entry.root_id,
                asked,
                sorted(
                    (link for root in {entry.root_id, *series.get(entry.pk, ())} for link in links.get(root, ())),
                    key=lambda link: link.pk,
                ),
            )
            for entry in self.entries
        }

    @cached_property
    def facts(self) -> dict[UUID, dict[str, Fact]]:
        """What `facts_of` tells of each, by their ids."""
        members = [member.pk for member in self.members]
        by_root: dict[UUID, dict[str, Fact]] = {}
        for fact in _facts(members) if members else ():
            by_root.setdefault(fact.entry.root_id, {})[fact.about] = fact
        return {entry.pk: by_root.get(entry.root_id, {}) for entry in self.entries}


@made_once
def _links_between(members: list[UUID]) -> QuerySet[Link]:
    either = Q(Among("entry_id", members)) | Q(Among("other_id", members))
    return Link.objects.filter(either, other__isnull=False).select_related("entry__agency", "other__agency")


@made_once
def _links_with_contents(agency: Agency | None, entries: list[UUID]) -> QuerySet[Link]:
    judged = visible_links(agency).filter(Among("entry_id", entries), state__in=[State.SAME, State.DIFFERENT])
    return judged.order_by("pk")


@made_once
def _facts(members: list[UUID]) -> QuerySet[Fact]:
    said = Fact.objects.filter(COUNTS, Among("entry_id", members))
    return said.select_related("deed__agency", "deed__by", "entry").order_by("deed_id", "pk")


def contents_of(agency: Agency | None, entry: Entry) -> dict[int, list[Entry]]:
    """Return the visible contents that belong to an entry, directly or through a series, each with these entries.

    What is judged different for any of them, or for what was merged with them, is left out.
    """
    return Known(agency, entry).contents[entry.pk]


def _held(root: UUID, asked: dict[UUID, Entry], links: Iterable[Link]) -> dict[int, list[Entry]]:
    """Return the contents that these links give an entry, less what is judged different."""
    found: dict[int, list[Entry]] = {}
    apart: dict[int, set[UUID]] = {}
    for link in links:
        content, held = link.content_id or 0, asked[link.entry_id]
        if link.state == State.SAME:
            found.setdefault(content, []).append(held)
        else:
            apart.setdefault(content, set()).add(held.root_id)
    kept = {
        content: [one for one in held if one.root_id not in apart.get(content, ())] for content, held in found.items()
    }
    return {content: kept[content] for content in sorted(kept) if kept[content] and root not in apart.get(content, ())}


def contents_among(agency: Agency, entry: Entry, contents: Collection[int]) -> list[int]:
    """Return those of these contents that belong to an entry."""
    held = contents_of(agency, entry)
    return sorted(content for content in contents if content in held)


def entries_with(agency: Agency | None, content: int) -> list[Entry]:
    """Return the visible entries that a content belongs to directly, by kind and reference."""
    shown = _linked_with(agency, content)
    if not shown:
        return []
    found = visible_entries(agency).filter(pk__in=shown).select_related("agency").order_by("kind", "reference", "pk")
    held = Known(agency, *found).contents
    return [entry for entry in found if content in held[entry.pk]]


@made_once
def _linked_with(agency: Agency | None, content: int) -> QuerySet[Link, UUID]:
    return visible_links(agency).filter(content=content, state=State.SAME).values_list("entry", flat=True)


def entries_holding(contents: Iterable[int]) -> list[Entry]:
    """Return the roots of entries that these contents belong to, directly or through a series: for the system."""
    direct = Link.objects.filter(content__in=list(contents), state=State.SAME).values_list("entry__root", flat=True)
    roots = set(direct)
    series = [member.pk for member in members_of(None, *Entry.objects.filter(pk__in=roots))] if roots else []
    through = Link.objects.filter(other__in=series, state=State.SAME).values_list("entry__root", flat=True)
    return list(visible_entries(None).filter(pk__in=roots | set(through)).order_by("pk"))


def routed_of(contents: Iterable[int]) -> list[Routing]:
    """Return the countries that were told of contents, or of entries these belong to: for the system, never a page."""
    held = list(contents)
    roots = [entry.root_id for entry in entries_holding(held)]
    return list(Routing.objects.filter(Q(content__in=held) | Q(entry__in=roots)).order_by("pk"))


def identified_among(agency: Agency, contents: Collection[int]) -> set[int]:
    """Return those of these contents whose victims an agency may know, and may know to be identified."""
    direct = visible_links(agency).filter(content__in=contents, state=State.SAME).values("entry__root")
    held = list(visible_entries(agency).filter(root__in=direct))
    victims = {entry.root_id: entry for entry in held if entry.kind == Entry.Kind.VICTIM}
    for series in (entry for entry in held if entry.kind == Entry.Kind.SERIES):
        linked = (other for other, _ in linked_entries(agency, series) if other.kind == Entry.Kind.VICTIM)
        victims |= {other.root_id: other for other in linked}
    found: set[int] = set()
    for victim in victims.values():
        stated = facts_of(agency, victim).get(Fact.About.STATE)
        if stated is not None and stated.value.get("state") != VictimState.UNIDENTIFIED:
            found |= set(contents) & set(contents_of(agency, victim))
    return found


def facts_of(agency: Agency | None, entry: Entry) -> dict[str, Fact]:
    """Return what is stated of an entry and of all merged with it: of each kind of fact the last that counts."""
    return Known(agency, entry).facts[entry.pk]


@asking_for_everybody()
def victims_by_state() -> dict[str, int]:
    """Return how many victims are in which state, those that were merged counted once: totals, for the central desk."""
    victims = visible_entries(None).filter(kind=Entry.Kind.VICTIM)
    said = Fact.objects.filter(COUNTS, about=Fact.About.STATE, entry__in=victims)
    last = (
        said.order_by("entry__root", "-deed_id", "-pk").distinct("entry__root").values_list("value__state", flat=True)
    )
    states = Counter(str(state) for state in last)
    everyone = victims.order_by().values("root").distinct().count()
    states[VictimState.UNIDENTIFIED] = everyone - sum(n for state, n in states.items() if state in SOLVED)
    return {state: states[state] for state in VictimState}


def country_verdicts(
    agency: Agency | None, *, content: int | None = None, entry: Entry | None = None, known: Known | None = None
) -> dict[str, CountryVerdict]:
    """Return what officers said of the countries of a content or an entry the caller may see; the last counts.

    `known` is what was asked of the entry already.
    """
    members = [one.pk for one in (known or Known(agency, entry)).members] if entry else []
    contents = [content] if content is not None and not entry else []
    return {one.country: one for one in _country_verdicts(contents, members)}


@made_once
def _country_verdicts(contents: list[int], members: list[UUID]) -> QuerySet[CountryVerdict]:
    about = Q(Among("content_id", contents)) | Q(Among("entry_id", members))
    said = CountryVerdict.objects.filter(COUNTS, about).select_related("deed__agency")
    return said.order_by("deed_id", "pk")
