"""Counts that stop early: a page says "99+" sooner than it would know how many there are."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

MOST = 99
FURTHEST = 10_000
"""No page after this one is counted up to; whoever asks for it is given the last one before."""


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


def page_of(found: QuerySet[Any], a_page: int, asked: str | None) -> Page[Any]:
    """Return the page that was asked for, else the first or the last; counted is little further than that page."""
    here = min(int(asked), FURTHEST) if asked and asked.isascii() and asked.isdigit() and len(asked) < 10 else 1
    pages = Paginator(found, a_page)
    pages.count = count_of(found, max(MOST, (here + 1) * a_page))
    if isinstance(pages.count, AtLeast):
        pages.num_pages = AtLeast(pages.num_pages)
    return pages.get_page(here)
