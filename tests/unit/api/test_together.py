"""Several who come at once are logged in one turn, each under their own name; what fails for all is tried by each."""

import json
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from django.db import connection

from broken_audit import disk_full
from fanal.core.access.queries import actor_of
from fanal.core.audit import actions
from fanal.core.audit.actions import AuditUnavailable, Entry
from fanal.core.audit.models import Leaf
from fanal.doors.api import together
from fanal.doors.api.together import Together
from fanal.kit.actor import Actor
from world import Cast, cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def who(fresh_data: Path) -> Cast:
    """The cast, on an empty database."""
    return cast()


class Appending:
    """Stands for `record_all`: the first to append waits until so many others have come."""

    def __init__(self, all_together: Together, others: int, refused: Actor | None = None) -> None:
        self.turns: list[int] = []
        self._together, self._others, self._refused = all_together, others, refused
        self._came = threading.Event()

    def __call__(self, entries: Sequence[Entry]) -> int:
        """Append as always, and note for how many."""
        if not self.turns:
            while len(self._together._waiting) < self._others:
                self._came.wait(0.01)
        self.turns.append(len(entries))
        if self._refused in [one.actor for one in entries]:
            raise AuditUnavailable("The log has no words for this.")
        return actions.record_all(entries)


def all_at_once(logs: Together, entries: Sequence[Entry]) -> list[BaseException]:
    """Log each from a thread of its own; return what was raised."""
    faults: list[BaseException] = []

    def one(entry: Entry) -> None:
        try:
            logs.log(entry)
        except AuditUnavailable as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(entry,)) for entry in entries]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return faults


def seen_by(who: Cast) -> list[Entry]:
    """Return what three people are about to see."""
    return [Entry("alerts.seen", actor_of(one), "", {}) for one in (who.camille, who.edith, who.mere)]


def test_those_who_come_while_one_appends_are_logged_in_one_turn(who: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    logs, entries = Together(), seen_by(who)
    appending = Appending(logs, others=2)
    monkeypatch.setattr(together, "record_all", appending)
    assert all_at_once(logs, entries) == []
    assert appending.turns == [1, 2]
    told = [json.loads(leaf.entry) for leaf in Leaf.objects.filter(action="alerts.seen")]
    assert {one["actor"]["reference"] for one in told} == {str(one.actor.reference) for one in entries}
    assert len(told) == 3


def test_where_nothing_can_be_logged_each_is_refused(who: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    logs, entries = Together(), seen_by(who)
    appending = Appending(logs, others=2)
    monkeypatch.setattr(together, "record_all", appending)
    with disk_full():
        assert len(all_at_once(logs, entries)) == 3
    assert appending.turns == [1, 2, 1, 1]
    assert not Leaf.objects.filter(action="alerts.seen").exists()
    logs.log(entries[0])
    assert Leaf.objects.filter(action="alerts.seen").count() == 1


def test_one_that_cannot_be_logged_takes_nobody_with_it(who: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    logs, entries = Together(), seen_by(who)
    monkeypatch.setattr(together, "record_all", Appending(logs, others=2, refused=entries[2].actor))
    assert len(all_at_once(logs, entries)) == 1
    told = [json.loads(leaf.entry)["actor"]["reference"] for leaf in Leaf.objects.filter(action="alerts.seen")]
    assert sorted(told) == sorted(str(one.actor.reference) for one in entries[:2])
