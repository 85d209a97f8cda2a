"""The lookout: what it tells to whom of those that listen, and that nobody listens whom it does not look after."""

import json
from pathlib import Path

import pytest
from django.db import transaction
from django.db.utils import OperationalError

from broken_audit import disk_full
from fanal.casework.alerts.actions import raise_alerts
from fanal.casework.alerts.models import Kind
from fanal.casework.alerts.news import News
from fanal.core.access.models import Agency, User
from fanal.core.access.tokens import valid_token
from fanal.core.audit.actions import AuditUnavailable
from fanal.core.audit.models import Leaf
from fanal.doors.api import lookout, stream
from fanal.doors.api.caller import Caller
from fanal.doors.api.lookout import MOST_A_LOOK, Listener, Lookout, look
from fanal.kit import clock
from programs import program, secret_of
from world import Cast, cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def who(fresh_data: Path) -> Cast:
    """The cast, on an empty database."""
    return cast()


def told(agency: Agency, by: Agency, *about: str) -> None:
    """Give an agency an alert of each of these."""
    for one in about:
        with transaction.atomic():
            raise_alerts([News(agency.pk, Kind.ASKED, one, one, by.pk, clock.now())])


def caller(user: User) -> Caller:
    """Return a program's call for this person."""
    shown = valid_token(secret_of(user))
    assert shown is not None
    return Caller(shown.user, shown)


def listener(user: User, after: int = 0, seconds: float = 60.0) -> Listener:
    """Return an open stream of this person."""
    return Listener(caller(user), after, clock.monotonic() + seconds)


def heard(listening: Listener) -> list[int] | None:
    """Return the numbers of the alerts that a stream was told, None where it is to end."""
    alerts = listening.wait(0)
    return None if alerts is None else [alert.number for alert in alerts]


def test_each_is_told_what_is_new_to_its_agency_after_what_it_read(who: Cast) -> None:
    told(who.france, who.britain, "a", "b")
    told(who.britain, who.france, "c")
    first, later, edith, mere = (
        listener(who.camille),
        listener(who.camille, after=1),
        listener(who.edith),
        listener(who.mere),
    )
    look([first, later, edith, mere])
    assert [heard(one) for one in (first, later, edith, mere)] == [[1, 2], [2], [3], []]
    seen = [json.loads(leaf.entry) for leaf in Leaf.objects.filter(action="alerts.seen").order_by("index")]
    assert [(one["actor"]["reference"], len(one["detail"]["alerts"])) for one in seen] == [
        (str(who.camille.pk), 2),
        (str(who.camille.pk), 1),
        (str(who.edith.pk), 1),
    ]
    look([first, later, edith, mere])
    assert [heard(one) for one in (first, later, edith, mere)] == [[], [], [], []]


def test_who_reads_slowly_is_given_the_next_alerts_when_the_last_have_left(
    who: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookout, "MOST_A_LOOK", 2)
    told(who.france, who.britain, "a", "b", "c")
    slow = listener(who.camille, seconds=0.0)
    look([slow])
    look([slow])
    assert heard(slow) == [1, 2]
    look([slow])
    assert heard(slow) == [3]
    look([slow])
    assert heard(slow) is None
    assert MOST_A_LOOK > 2


def test_nothing_is_told_that_cannot_be_logged(who: Cast) -> None:
    told(who.france, who.britain, "a")
    waits = listener(who.camille)
    with disk_full(), pytest.raises(AuditUnavailable):
        look([waits])
    assert heard(waits) == []
    look([waits])
    assert heard(waits) == [1]


def test_where_the_lookout_fails_no_stream_stays_open(who: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def blind(_: object) -> None:
        raise OperationalError("the database is away")

    monkeypatch.setattr(lookout, "look", blind)
    assert list(program(who.camille).get("/alerts/stream")) == [stream.RETRY.encode()]


def test_all_streams_end_when_the_server_does(who: Cast) -> None:
    ours = Lookout()
    with ours.listening(caller(who.camille), 0, most=1, seconds=600.0) as (waits, stays):
        ours.close()
        while (alerts := waits.wait(60.0)) is not None:
            assert alerts == ()
    assert stays


def test_a_silent_stream_shows_that_it_is_there(who: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "BEAT_SECONDS", 0.0)
    answer = program(who.camille).get("/alerts/stream")
    opened = iter(answer)
    assert [next(opened) for _ in range(3)] == [stream.RETRY.encode(), stream.BEAT.encode(), stream.BEAT.encode()]
    answer.close()
