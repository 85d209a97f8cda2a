"""One turn at a time: begin a deed, work out what all deeds that count amount to, undo one."""

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db import connection
from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from fanal.casework.entries.models import Deed, Entry, Link, LinkVerdict, Merge
from fanal.casework.leads.models import State
from fanal.core.access.asking import asking_for_everybody
from fanal.core.access.models import User
from fanal.kit import clock

# What people do with entries is done one after the other, so that each sees what the one before did. It is seldom.
TURN = "SELECT pg_advisory_xact_lock(hashtext('fanal.entries'))"

COUNTS = Q(deed__undone_at__isnull=True)
"""The rows whose deed was not undone."""


def take_turn() -> None:
    """Wait until nobody else does anything with entries, in the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(TURN)


def begin(verb: Deed.Verb, by: User) -> Deed:
    """Write that an officer does something, in the caller's turn; its rows follow."""
    return Deed.objects.create(verb=verb, by=by, agency_id=by.agency_id, at=clock.now())


@asking_for_everybody()
def settle_links(links: QuerySet[Link]) -> None:
    """Give links the state of the last verdict that counts, or open."""
    last = LinkVerdict.objects.filter(COUNTS, link=OuterRef("pk")).order_by("-deed_id", "-pk").values("verdict")[:1]
    # In one statement, as the database works out once a statement who sees the entries.
    Link.objects.filter(pk__in=links.values("pk")).update(state=Coalesce(Subquery(last), Value(State.OPEN)))


@asking_for_everybody()
def settle_roots(entries: Collection[UUID]) -> set[UUID]:
    """Work out anew as which entries these, and all that were ever merged with them, count; return all of them."""
    touched = _ever_merged_with(entries)
    into = dict(Merge.objects.filter(COUNTS, gone__in=touched).values_list("gone", "kept"))
    for entry in touched:
        root = entry
        while root in into:
            root = into[root]
        Entry.objects.filter(pk=entry).update(root=root)
    return touched


def _ever_merged_with(entries: Collection[UUID]) -> set[UUID]:
    known: set[UUID] = set()
    fresh = set(entries)
    while fresh:
        known |= fresh
        pairs = Merge.objects.filter(Q(gone__in=fresh) | Q(kept__in=fresh)).values_list("gone", "kept")
        fresh = {entry for pair in pairs for entry in pair} - known
    return known


def undo(deed: Deed, by: User) -> set[UUID]:
    """Let no row of a deed count, and work out what is left; return the entries that it concerned."""
    deed.undone_by, deed.undone_at = by, clock.now()
    deed.save(update_fields=["undone_by", "undone_at"])
    links = Link.objects.filter(verdicts__deed=deed).distinct()
    settle_links(links)
    merged = {entry for pair in Merge.objects.filter(deed=deed).values_list("gone", "kept") for entry in pair}
    concerned = entries_of(links) | merged | set(Entry.objects.filter(deed=deed).values_list("pk", flat=True))
    return concerned | (settle_roots(merged) if merged else set())


def entries_of(links: Iterable[Link]) -> set[UUID]:
    """Return the entries on either side of links."""
    return {side for link in links for side in (link.entry_id, link.other_id) if side is not None}
