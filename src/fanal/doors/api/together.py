"""Logs in one turn what several requests of a process are about to be told, where they come at once.

After a restart all streams come back together: one by one, the last waits for as many turns at the log as there are.
"""

import threading
from collections.abc import Sequence

from django.db import transaction

from fanal.core.audit.actions import Entry, record_all


class _Waiting:
    """An entry that is to be logged: `taken` by somebody who appends for all, and `logged` when it is durable."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.taken = self.logged = False


class Together:
    """Appends for all that wait: whoever comes first does so for those who came while others appended."""

    def __init__(self) -> None:
        self._waiting: list[_Waiting] = []
        self._lock, self._turn = threading.Lock(), threading.Lock()

    def log(self, entry: Entry) -> None:
        """Log this; it is durable when this returns. Raises AuditUnavailable, and whatever else `record_all` raises.

        Where it fails for all together each tries alone, so that everybody is refused for what is theirs.
        """
        mine = _Waiting(entry)
        with self._lock:
            self._waiting.append(mine)
        with self._turn:
            if not mine.taken:
                self._log_all()
        if not mine.logged:
            _append([entry])

    def _log_all(self) -> None:
        with self._lock:
            some, self._waiting = self._waiting, []
        for one in some:
            one.taken = True
        try:
            _append([one.entry for one in some])
        except Exception:
            if len(some) == 1:
                raise
            return
        for one in some:
            one.logged = True


@transaction.atomic(durable=True)
def _append(entries: Sequence[Entry]) -> None:
    record_all(entries)
