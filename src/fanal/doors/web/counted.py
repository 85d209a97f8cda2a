"""Counts that stop early: a page says "99+" sooner than it would know how many there are."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

MOST = 99
FURTHEST = 10_000
"""No page after this one is counted up to; whoever asks for it is given the last one before."""


MOST_WALKED = 1_000
"""Up to here the ids of what comes before a page are read, which counts them too; beyond, the database counts."""


class AtLeast(int):
    """A number of which it is only known that there are more: shown with a plus."""

    def __str__(self) -> str:
        return f"{int(self)}+"


def count_of(found: QuerySet[Any], most: int = MOST) -> int:
    """Return how many there are, or `AtLeast` this many where there are more: no more than that is looked at."""
    return capped(found.order_by()[: most + 1].count(), most)


def capped(number: int, most: int = MOST) -> int:
    """Return a number, or `AtLeast` this many where it is more."""
    return AtLeast(most) if number > most else number


def counted_first(found: QuerySet[Any], some: int) -> tuple[list[Any], int]:
    """Return the first so many, and how many there are as `count_of` tells it: they are gone through once for both."""
    keys = _keys(found, MOST)
    return list(found.filter(pk__in=keys[:some])), capped(len(keys), MOST)


def page_of(found: QuerySet[Any], a_page: int, asked: str | None) -> Page[Any]:
    """Return the page that was asked for, else the first or the last; counted is little further than that page.

    What comes before and on it is gone through once, by its ids alone; then what stands on the page is loaded.
    """
    here = min(int(asked), FURTHEST) if asked and asked.isascii() and asked.isdigit() and len(asked) < 10 else 1
    most = max(MOST, (here + 1) * a_page)
    keys = _keys(found, most) if most <= MOST_WALKED else None
    pages = Paginator(found, a_page)
    pages.count = count_of(found, most) if keys is None else capped(len(keys), most)
    if isinstance(pages.count, AtLeast):
        pages.num_pages = AtLeast(pages.num_pages)
    page = pages.get_page(here)
    if keys is not None:
        first = (page.number - 1) * a_page
        page.object_list = found.filter(pk__in=keys[first : first + a_page])
    return page


def _keys(found: QuerySet[Any], most: int) -> list[Any]:
    return list(found.values_list("pk", flat=True)[: most + 1])
