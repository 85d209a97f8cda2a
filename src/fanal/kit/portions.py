"""Many things, some at a time: as many together as are worth one question, and few enough to be held."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")


def some_at_once(each: Iterable[Item], most: int) -> Iterator[list[Item]]:
    """Yield things together, in their order, `most` each time, and in the end what is left."""
    return portions(each, lambda _: 1, most)


def portions(each: Iterable[Item], weight: Callable[[Item], int], enough: int) -> Iterator[list[Item]]:
    """Yield things together, in their order, each time they weigh `enough`, and in the end what is left."""
    portion: list[Item] = []
    held = 0
    for item in each:
        portion.append(item)
        held += weight(item)
        if held >= enough:
            yield portion
            portion, held = [], 0
    if portion:
        yield portion
