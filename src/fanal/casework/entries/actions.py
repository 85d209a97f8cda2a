"""Verbs on registry entries: open, link, state, merge, split, judge a country, and undo any of them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from fanal.casework.entries.deeds import COUNTS, begin, settle_links, settle_roots, take_turn, undo
from fanal.casework.entries.events import EntriesChanged
from fanal.casework.entries.facts import Age, State, checked_country, checked_reference
from fanal.casework.entries.history import version_of
from fanal.casework.entries.models import (
    CountryVerdict,
    Declined,
    Deed,
    Entry,
    Fact,
    Link,
    LinkVerdict,
    Merge,
    Routing,
)
from fanal.casework.entries.queries import contents_among, members_of, visible_entry
from fanal.casework.entries.routing import confirmed_by_officer
from fanal.casework.evidence.queries import visible_bytes
from fanal.casework.leads.models import Verdict
from fanal.casework.leads.queries import visible_lead
from fanal.casework.registry.queries import visible_clue
from fanal.core.access.asking import asking_for_everybody
from fanal.core.access.models import User
from fanal.core.access.queries import actor_of
from fanal.core.access.roles import Right, needs
from fanal.core.audit.actions import record
from fanal.kit.errors import ONE_OF, Changed, Conflict, Invalid, NotFound
from fanal.kit.events import tell

LONGEST_NOTE = 2000
MOST_CONTENTS = 5_000
_ORDER = [Entry.Kind.VICTIM, Entry.Kind.SUSPECT, Entry.Kind.PLACE, Entry.Kind.OBJECT, Entry.Kind.SERIES]


@dataclass(frozen=True, slots=True)
class Evidence:
    """On what a link rests."""

    lead: UUID | None = None
    clue: UUID | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a country is judged of: a content or an entry."""

    content: int | None = None
    entry: UUID | None = None


NOTHING = Evidence()


@needs(Right.JUDGE)
@transaction.atomic
def open_entry(kind: str, reference: str, by: User, contents: Collection[int] = (), why: Evidence = NOTHING) -> Entry:
    """Open an entry under a reference of the officer's agency, and link contents with it.

    Raises Invalid for a kind that is none and for what may be a name, Conflict where the agency has one under this
    reference, NotFound for a content whose bytes the officer may not see.
    """
    take_turn()
    deed = begin(Deed.Verb.OPENED, by)
    made = _opened(kind, reference, by, deed)
    _link_contents(made, contents, Verdict.SAME, why, by, deed)
    _done(deed, "entries.opened", by, {made.pk}, contents)
    return made


def _opened(kind: str, reference: str, by: User, deed: Deed) -> Entry:
    if kind not in Entry.Kind.values:
        raise Invalid(
            "%(given)s is no kind of entry.", next_step=ONE_OF, given=kind, known=", ".join(Entry.Kind.values)
        )
    known = checked_reference(reference)
    made = Entry.objects.filter(agency=by.agency_id, kind=kind, reference=known).select_related("deed").first()
    if made is not None and made.deed.undone_at is None:
        raise Conflict(
            "Your agency has one under %(known)s.", next_step="Open that, or give another number.", known=known
        )
    if made is None:
        made = Entry(kind=kind, reference=known, agency_id=by.agency_id, deed=deed)
        made.root_id = made.pk
        made.save()
    else:  # what was opened and undone is opened again, with what was said of it since
        made.deed = deed
        made.save(update_fields=["deed"])
    return made


@needs(Right.JUDGE)
@transaction.atomic
def link_contents(entry: UUID, contents: Collection[int], verdict: str, by: User, why: Evidence = NOTHING) -> Deed:
    """Judge whether contents belong to an entry. Each judgement counts over earlier ones; all are kept.

    Raises NotFound for what the officer may not see, Invalid for another word, Conflict where an entry that was merged
    with this one says different: what was judged different is not overruled through a merge.
    """
    take_turn()
    held = visible_entry(by.agency, entry)
    deed = begin(Deed.Verb.LINKED, by)
    _link_contents(held, contents, verdict, why, by, deed)
    _done(deed, "entries.linked", by, {held.pk}, contents, verdict=verdict)
    return deed


def _link_contents(entry: Entry, contents: Collection[int], verdict: str, why: Evidence, by: User, deed: Deed) -> None:
    wanted = set(contents)
    if len(wanted) > MOST_CONTENTS:
        raise Invalid("At most %(most)s at once.", next_step="Choose fewer.", most=MOST_CONTENTS)
    _see_all(wanted, by)
    if verdict == Verdict.SAME:
        others = [member.pk for member in members_of(by.agency, entry) if member.pk != entry.pk]
        if Link.objects.filter(entry__in=others, content__in=wanted, state=Verdict.DIFFERENT).exists():
            raise Conflict("It was judged different for an entry merged with this.", next_step="Undo that first.")
    for content in sorted(wanted):
        link, _ = Link.objects.get_or_create(entry=entry, content_id=content)
        _say(link, verdict, why, by, deed)
    settle_links(Link.objects.filter(entry=entry, content__in=wanted))


def _see_all(contents: set[int], by: User) -> None:
    seen = visible_bytes(by.agency).filter(content__in=contents).values_list("content", flat=True)
    if len(set(seen)) < len(contents):
        raise NotFound("There is no such content.")


def _say(link: Link, verdict: str, why: Evidence, by: User, deed: Deed) -> None:
    if verdict not in Verdict.values:
        raise Invalid("%(given)s is no judgement.", next_step=ONE_OF, given=verdict, known=", ".join(Verdict.values))
    note = why.note.replace("\0", "").strip()
    if len(note) > LONGEST_NOTE:
        raise Invalid("A note has at most %(most)s characters.", next_step="Shorten it.", most=LONGEST_NOTE)
    lead = visible_lead(by.agency, why.lead) if why.lead else None
    clue = visible_clue(by.agency, why.clue) if why.clue else None
    LinkVerdict.objects.create(link=link, verdict=verdict, lead=lead, clue=clue, note=note, deed=deed)


@needs(Right.JUDGE)
@transaction.atomic
def link_entries(one: UUID, other: UUID, verdict: str, by: User, why: Evidence = NOTHING) -> Deed:
    """Judge whether two entries belong together: a victim and a series, a suspect and a place.

    Of two of one kind `different` says that they are not the same, so that nobody merges them. Raises as
    `link_contents`, and Invalid for an entry with itself.
    """
    take_turn()
    first, second = _in_order(visible_entry(by.agency, one), visible_entry(by.agency, other))
    if first.root_id == second.root_id:
        raise Invalid("That is one and the same entry.", next_step="Choose two.")
    deed = begin(Deed.Verb.LINKED, by)
    link, _ = Link.objects.get_or_create(entry=first, other=second)
    _say(link, verdict, why, by, deed)
    settle_links(Link.objects.filter(pk=link.pk))
    _done(deed, "entries.linked", by, {first.pk, second.pk}, verdict=verdict)
    return deed


def _in_order(one: Entry, other: Entry) -> tuple[Entry, Entry]:
    first, second = sorted((one, other), key=lambda entry: (_ORDER.index(Entry.Kind(entry.kind)), str(entry.pk)))
    return first, second


@needs(Right.JUDGE)
@transaction.atomic
def state(entry: UUID, value: State | Age | str, by: User) -> Deed:
    """State a victim's state or age, or the country that an entry belongs to. The last counts; all are kept.

    Raises NotFound for an entry that the officer may not see, Invalid for what makes no sense of it.
    """
    take_turn()
    held = visible_entry(by.agency, entry)
    about = {State: Fact.About.STATE, Age: Fact.About.AGE}.get(type(value), Fact.About.COUNTRY)
    if about != Fact.About.COUNTRY and held.kind != Entry.Kind.VICTIM:
        raise Invalid("Only a victim has a state and an age.", next_step="State its country, or link it.")
    plain = {"country": checked_country(value)} if isinstance(value, str) else value.plain()
    deed = begin(Deed.Verb.STATED, by)
    Fact.objects.create(entry=held, about=about, value=plain, deed=deed)
    _done(deed, "entries.stated", by, {held.pk}, about=about.value, **plain)
    return deed


@needs(Right.JUDGE)
@transaction.atomic
def merge(gone: UUID, kept: UUID, by: User) -> Deed:
    """Say that two entries of one kind are one: `gone` counts as `kept` from now on. Both keep all that is known.

    Raises NotFound for what the officer may not see, Invalid for entries of two kinds or one entry, Conflict where
    somebody judged that they differ.
    """
    take_turn()
    first, second = visible_entry(by.agency, gone), visible_entry(by.agency, kept)
    if first.kind != second.kind or first.root_id == second.root_id:
        raise Invalid("Two entries of one kind are needed that are not one yet.", next_step="Choose another.")
    deed = begin(Deed.Verb.MERGED, by)
    with asking_for_everybody():  # what was merged with these before may be others' to see
        here, there = (set(_all_members(entry.root_id)) for entry in (first, second))
        apart = Link.objects.filter(state=Verdict.DIFFERENT)
        if apart.filter(Q(entry__in=here, other__in=there) | Q(entry__in=there, other__in=here)).exists():
            raise Conflict("It was judged that these two differ.", next_step="Undo that judgement first.")
        Merge.objects.create(gone_id=first.root_id, kept_id=second.root_id, deed=deed)
        settle_roots(here | there)
    _done(deed, "entries.merged", by, {first.pk, second.pk})
    return deed


def _all_members(root: UUID) -> Iterable[UUID]:
    return Entry.objects.filter(root=root).values_list("pk", flat=True)


@needs(Right.JUDGE)
@transaction.atomic
def split(entry: UUID, contents: Collection[int], reference: str, by: User, note: str = "") -> Entry:
    """Take contents out of an entry into a new one of its kind. Nothing is lost: they are judged different from one
    and the same as the other, in one deed that is undone as one.

    Raises as `open_entry`; Invalid where a content is not in the entry.
    """
    take_turn()
    held = visible_entry(by.agency, entry)
    if not contents or set(contents) - set(contents_among(by.agency, held, contents)):
        raise Invalid("Not all of these are in it.", next_step="Choose contents that are.")
    deed = begin(Deed.Verb.SPLIT, by)
    made = _opened(held.kind, reference, by, deed)
    why = Evidence(note=note)
    _link_contents(held, contents, Verdict.DIFFERENT, why, by, deed)
    _link_contents(made, contents, Verdict.SAME, why, by, deed)
    _done(deed, "entries.split", by, {held.pk, made.pk}, contents)
    return made


@needs(Right.JUDGE)
@transaction.atomic
def judge_country(subject: Subject, country: str, verdict: str, by: User) -> Deed:
    """Confirm or reject a likely country of a content or an entry; a confirmed one is told at once.

    Raises NotFound for what the officer may not see, Invalid for another word or no country.
    """
    take_turn()
    code = checked_country(country)
    if not code or verdict not in CountryVerdict.Verdict.values:
        raise Invalid("Name a country, and confirm or reject it.", next_step="Use FR, and confirmed or rejected.")
    if subject.entry is not None:
        about: dict[str, object] = {"entry_id": visible_entry(by.agency, subject.entry).pk}
    elif visible_bytes(by.agency).filter(content=subject.content).exists():
        about = {"content_id": subject.content}
    else:
        raise NotFound("There is no such content.")
    deed = begin(Deed.Verb.COUNTRY, by)
    said = CountryVerdict.objects.create(country=code, verdict=verdict, deed=deed, **about)
    if verdict == CountryVerdict.Verdict.CONFIRMED:
        confirmed_by_officer(said)
    entries = {subject.entry} if subject.entry else set()
    contents = [] if subject.content is None else [subject.content]
    _done(deed, "entries.country_judged", by, entries, contents, country=code, verdict=verdict)
    return deed


@needs(Right.JUDGE)
@transaction.atomic
def decline_series(contents: Collection[int], by: User) -> Deed:
    """Say that contents which accepted leads hold together are no series: the agency is not proposed it again.

    Raises NotFound for a content whose bytes the officer may not see, Invalid for fewer than two or too many.
    """
    take_turn()
    wanted = set(contents)
    _see_all(wanted, by)
    if not 1 < len(wanted) <= MOST_CONTENTS:
        raise Invalid(
            "A series has 2 to %(most)s contents.", next_step="Choose those that were proposed.", most=MOST_CONTENTS
        )
    deed = begin(Deed.Verb.DECLINED, by)
    Declined.objects.create(contents=sorted(wanted), deed=deed)
    _done(deed, "entries.declined", by, set(), wanted)
    return deed


@needs(Right.JUDGE)
@transaction.atomic
def undo_deed(deed: int, by: User) -> Deed:
    """Let nothing of what the officer's agency did in one deed count any more. It is kept, with who undid it.

    Raises NotFound alike for a deed that is not there and for another agency's, Conflict where it was undone before
    or where an entry that it opened was merged since.
    """
    take_turn()
    held = Deed.objects.filter(pk=deed, agency=by.agency_id).first()
    if held is None:
        raise NotFound("There is nothing of your agency to undo.")
    if held.undone_at is not None:
        raise Conflict("This was undone before.")
    with asking_for_everybody():  # what they did is undone where they see it no more, too
        opened = Entry.objects.filter(deed=held)
        if Merge.objects.filter(COUNTS).filter(Q(gone__in=opened) | Q(kept__in=opened)).exists():
            raise Conflict("It was merged since.", next_step="Undo the merge first.")
        concerned = undo(held, by)
        judged = list(CountryVerdict.objects.filter(deed=held, content__isnull=False).values_list("content", flat=True))
    _done(held, "entries.undone", by, concerned, judged)
    return held


@needs(Right.JUDGE)
def as_it_was(entry: UUID, by: User, seen: str) -> None:
    """See, at the beginning of the caller's transaction, that an entry is as the officer looked at it; it stays so.

    `seen` is its version then. Raises NotFound for what the officer may not see, Changed where it is another one now.
    """
    take_turn()
    if version_of(by.agency, visible_entry(by.agency, entry)) != seen:
        raise Changed("This entry has changed since you looked at it.")


def _done(deed: Deed, verb: str, by: User, entries: set[UUID], contents: Collection[int] = (), **more: object) -> None:
    """Say what a deed is about, tell of it, and log it last."""
    about = tuple(sorted(contents)) if deed.verb == Deed.Verb.COUNTRY else ()
    if deed.undone_at is None:
        deed.entries, deed.content_id = sorted(entries), about[0] if about else None
        deed.save(update_fields=["entries", "content"])
    tell(EntriesChanged(entries=tuple(sorted(entries)), contents=about))
    named = {"deed": deed.pk, "entries": sorted(map(str, entries)), "contents": sorted(contents)}
    record(verb, actor=actor_of(by), detail={**named, **more})


def forget(contents: Sequence[int]) -> None:
    """Let go of what contents that were erased had said of a country, in the caller's transaction.

    Which entry they belonged to, and that a country was told, stays: that is about people, not about the bytes.
    """
    Routing.objects.filter(content__in=list(contents)).update(reasons=[])


def forget_evidence(leads: Sequence[UUID]) -> None:
    """Let verdicts stand without leads that go with their bytes, in the caller's transaction."""
    LinkVerdict.objects.filter(lead__in=list(leads)).update(lead=None)
