"""The lookout: one thread a process that looks for all open streams of alerts together.

Twice a second it asks, in one transaction, who of those that listen would still be let in, and for whom there is news.
A stream itself only waits: it has no connection, asks nothing and takes no CPU time until it is told something.
"""

import logging
import queue
import threading
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from uuid import UUID

from django.db import connection, transaction

from fanal.casework.alerts.models import Alert
from fanal.casework.alerts.queries import alerts_after, latest_numbers
from fanal.core.access.asking import asking
from fanal.core.access.tokens import good_roles
from fanal.core.audit.actions import record_all
from fanal.doors.api.caller import Caller, view_of
from fanal.kit import clock

LOOK_SECONDS = 0.5
MOST_A_LOOK = 50
"""Alerts that a stream is given at once; it gets more when these have left."""

logger = logging.getLogger(__name__)


class Listener:
    """An open stream: who listens, after which alert, and until when (of `clock.monotonic`)."""

    def __init__(self, caller: Caller, after: int, until: float) -> None:
        self.caller, self.after, self.until = caller, after, until
        self._told: queue.SimpleQueue[Sequence[Alert]] = queue.SimpleQueue()
        self._ended = False

    def wait(self, seconds: float) -> Sequence[Alert] | None:
        """Return what is new, as soon as there is something; nothing after so many seconds; None at the end."""
        with suppress(queue.Empty):
            alerts = self._told.get(timeout=seconds)
            return None if self._ended else alerts
        return ()

    @property
    def has_read(self) -> bool:
        """Whether what was told has left."""
        return self._told.empty()

    def tell(self, alerts: Sequence[Alert]) -> None:
        """Have the stream say this."""
        self.after = alerts[-1].number
        self._told.put(alerts)

    def end(self) -> None:
        """Have the stream say nothing more and end."""
        self._ended = True
        self._told.put(())


class Lookout:
    """Looks for all listeners of this process, in a thread that is there while anybody listens."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()
        self._lock, self._came = threading.Lock(), threading.Event()
        self._looking = self._closing = False

    @contextmanager
    def listening(self, caller: Caller, after: int, *, most: int, seconds: float) -> Iterator[tuple[Listener, bool]]:
        """Give a listener, and whether it stays: for so many seconds, if fewer than `most` are there.

        One that does not stay is told what there is already.
        """
        with self._lock:
            stays = len(self._listeners) < most
            listener = Listener(caller, after, clock.monotonic() + (seconds if stays else 0.0))
            self._listeners.add(listener)
            if not self._looking:
                self._looking = True
                threading.Thread(target=self._look_while_needed, name="lookout", daemon=True).start()
        self._came.set()
        try:
            yield listener, stays
        finally:
            with self._lock:
                self._listeners.discard(listener)

    def close(self) -> None:
        """End all streams, and those that come yet: the process is to end."""
        self._closing = True
        self._came.set()

    def _look_while_needed(self) -> None:
        while listeners := self._all():
            self._came.clear()
            try:
                look(listeners)
            except Exception:
                # Whatever it is, nobody may go on listening who is not looked after. They come back, and ask anew.
                logger.exception("The lookout failed; %d streams end.", len(listeners))
                self._end(listeners)
            finally:
                connection.close()
            if self._closing:
                self._end(listeners)
            self._came.wait(LOOK_SECONDS)

    def _all(self) -> list[Listener]:
        with self._lock:
            self._looking = bool(self._listeners)
            return list(self._listeners)

    @staticmethod
    def _end(listeners: Iterable[Listener]) -> None:
        for listener in listeners:
            listener.end()


def look(listeners: Collection[Listener]) -> None:
    """Tell all listeners what is new to them, and end those whose rights or time are over."""
    for listener, alerts in _news_of(listeners):
        listener.tell(alerts)


@transaction.atomic
def _news_of(listeners: Collection[Listener]) -> list[tuple[Listener, Sequence[Alert]]]:
    """Return what is new to whom; when this returns it stands in the log that they are told."""
    allowed = _still_allowed(listeners)
    latest = latest_numbers({one.caller.agency.pk for one in allowed})
    together: dict[tuple[UUID, int], list[Listener]] = defaultdict(list)
    for one in allowed:
        if not one.has_read:
            continue
        if one.after < latest.get(one.caller.agency.pk, 0):
            together[one.caller.agency.pk, one.after].append(one)
        elif clock.monotonic() >= one.until:
            one.end()
    told: list[tuple[Listener, Sequence[Alert]]] = []
    for (agency, after), group in together.items():
        with asking(agency):
            alerts = list(alerts_after(group[0].caller.agency, after)[:MOST_A_LOOK])
        told += [(one, alerts) for one in group if alerts]
    if told:
        record_all(
            [view_of(one.caller, "alerts.seen", alerts=[str(alert.pk) for alert in alerts]) for one, alerts in told]
        )
    return told


def _still_allowed(listeners: Collection[Listener]) -> list[Listener]:
    """Return those whose token would still let them in, as the person they were; the others hear nothing more."""
    roles = good_roles({one.caller.token.pk for one in listeners})
    allowed = []
    for one in listeners:
        if roles.get(one.caller.token.pk) == one.caller.user.role:
            allowed.append(one)
        else:
            one.end()
    return allowed
