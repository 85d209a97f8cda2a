"""How many alerts and proposals wait: told on every page, beside the way there."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from fanal.casework.alerts.models import Alert
from fanal.casework.alerts.queries import waiting_alerts
from fanal.core.access.asking import asking
from fanal.core.access.database.made import made_once
from fanal.core.access.models import Agency, User
from fanal.core.access.roles import Right, may
from fanal.core.approvals.models import Proposal
from fanal.core.approvals.queries import kinds_for, open_to
from fanal.doors.web.counted import MOST, capped, count_in, enough
from fanal.kit import clock


def waiting(request: HttpRequest) -> dict[str, object]:
    """Give pages the numbers of what waits for the reader; each is counted when it is shown."""
    user = getattr(request, "user", None)
    if not isinstance(user, User) or not may(user, Right.SEE):
        return {}
    return {
        "waiting_alerts": SimpleLazyObject(lambda: _waiting(user)),
        "waiting_proposals": SimpleLazyObject(lambda: _proposals(user)),
    }


def _waiting(user: User) -> int:
    with asking(user.agency_id):  # a page that says what went wrong is made when nobody asks any more
        return count_in(_alerts(user.agency))


@made_once
def _alerts(agency: Agency) -> QuerySet[Alert, int]:
    return enough(waiting_alerts(agency))


def _proposals(user: User) -> int:
    kinds = kinds_for(user)
    if not kinds:
        return 0
    with asking(user.agency_id):
        lapsing = _lapsing(user.agency, user.pk, " ".join(kinds))
    now = clock.now()
    return capped(sum(at > now for at in lapsing))


@made_once
def _lapsing(agency: Agency, user: UUID, kinds: str) -> QuerySet[Proposal, datetime]:
    """Return when they lapse, the latest first, as many as are counted: those that have lapsed come last."""
    waits = open_to(agency, user, kinds.split())
    return waits.order_by("-lapses_at").values_list("lapses_at", flat=True)[: MOST + 1]
