"""News travels up the house as typed events; the one who tells does not know who listens."""

from collections import defaultdict
from collections.abc import Callable
from typing import TypeVar

Event = TypeVar("Event")

_listeners: dict[type, list[Callable[..., None]]] = defaultdict(list)


def listen(event: type[Event], listener: Callable[[Event], None]) -> None:
    """Call `listener` with every event of this type, in the transaction of the one who tells. Twice is once."""
    if listener not in _listeners[event]:
        _listeners[event].append(listener)


def tell(event: object) -> None:
    """Tell all listeners. What a listener raises reaches the teller, so that its transaction is rolled back."""
    for listener in _listeners[type(event)]:
        listener(event)
