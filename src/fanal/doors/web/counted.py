"""Counts that stop early: a page says "99+" sooner than it would know how many there are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from fanal.core.access.database.among import Among
from fanal.core.access.database.made import made_once
from fanal.core.access.models import Agency

MOST = 99
FURTHEST = 10_000
"""No page after this one is counted up to; whoever asks for it is given the last one before."""


MOST_WALKED = 1_000
"""Up to here the ids of what comes before a page are read, which counts them too; beyond, the database counts."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A list that is asked by statements which are written once, and as a queryset where it is walked far down."""

    keys: Callable[[int], list[Any]]
    """Gives the ids of the first so many, in order."""
    rows: Callable[[list[Any]], Any]
    """Gives these rows, in order."""
    found: Callable[[], QuerySet[Any]]


def listed_once(question: Callable[..., QuerySet[Any]]) -> Callable[..., Listing]:
    """Have a function that returns a list in its order return a listing, whose statements are written once.

    It is given the agency that asks, and words of which there are few: each is a statement of its own.
    """

    @made_once
    def keys(agency: Agency, most: str, *words: str) -> QuerySet[Any, Any]:
        return question(agency, *words).values_list("pk", flat=True)[: int(most)]

    @made_once
    def rows(agency: Agency, some: list[Any], *words: str) -> QuerySet[Any]:
        return question(agency, *words).filter(Among("pk", some))

    @wraps(question)
    def listing(agency: Agency, *words: str) -> Listing:
        return Listing(
            keys=lambda most: keys(agency, str(most), *words),
            rows=lambda some: rows(agency, some, *words) if some else [],
            found=lambda: question(agency, *words),
        )

    return listing


class AtLeast(int):
    """A number of which it is only known that there are more: shown with a plus."""

    def __str__(self) -> str:
        return f"{int(self)}+"


def count_of(found: QuerySet[Any], most: int = MOST) -> int:
    """Return how many there are, or `AtLeast` this many where there are more: no more than that is looked at."""
    return capped(found.order_by()[: most + 1].count(), most)


def enough(found: QuerySet[Any]) -> QuerySet[Any, Any]:
    """Return the ids of as many as are counted and one more, for a question that is written once: see `count_in`."""
    return found.order_by().values_list("pk", flat=True)[: MOST + 1]


def count_in(keys: Sequence[Any]) -> int:
    """Return how many there are, as `count_of` tells it, by what `enough` found."""
    return capped(len(keys))


def capped(number: int, most: int = MOST) -> int:
    """Return a number, or `AtLeast` this many where it is more."""
    return AtLeast(most) if number > most else number


def counted_first(found: QuerySet[Any] | Listing, some: int) -> tuple[list[Any], int]:
    """Return the first so many, and how many there are as `count_of` tells it: they are gone through once for both."""
    listing = _as_listing(found)
    keys = listing.keys(MOST + 1)
    return list(listing.rows(keys[:some])), capped(len(keys), MOST)


def page_of(found: QuerySet[Any] | Listing, a_page: int, asked: str | None) -> Page[Any]:
    """Return the page that was asked for, else the first or the last; counted is little further than that page.

    What comes before and on it is gone through once, by its ids alone; then what stands on the page is loaded.
    """
    here = min(int(asked), FURTHEST) if asked and asked.isascii() and asked.isdigit() and len(asked) < 10 else 1
    most = max(MOST, (here + 1) * a_page)
    listing = _as_listing(found)
    if most > MOST_WALKED:
        pages = Paginator(listing.found(), a_page)
        pages.count = count_of(listing.found(), most)
        return _no_surer(pages).get_page(here)
    keys = listing.keys(most + 1)
    pages = Paginator((), a_page)
    pages.count = capped(len(keys), most)
    page = _no_surer(pages).get_page(here)
    first = (page.number - 1) * a_page
    page.object_list = listing.rows(keys[first : first + a_page])
    return page


def _no_surer(pages: "Paginator[Any]") -> "Paginator[Any]":
    """Return pages of which there are as many as there may be rows: perhaps more."""
    if isinstance(pages.count, AtLeast):
        pages.num_pages = AtLeast(pages.num_pages)
    return pages


def _as_listing(found: QuerySet[Any] | Listing) -> Listing:
    if isinstance(found, Listing):
        return found
    return Listing(
        keys=lambda most: list(found.values_list("pk", flat=True)[:most]),
        rows=lambda keys: found.filter(pk__in=keys),
        found=lambda: found,
    )
