"""What the central desk does about alerts of an agency that nobody answers, without seeing one of them."""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import QuerySet

from fanal.casework.alerts.models import Alert
from fanal.core.access.asking import asking_for_everybody
from fanal.core.access.models import Agency, User
from fanal.core.access.queries import actor_of, overseers_in
from fanal.core.access.roles import Right, needs
from fanal.core.audit.actions import record
from fanal.kit import clock
from fanal.kit.errors import Conflict, Invalid


@needs(Right.OVERSEE)
@transaction.atomic
def escalate_of(agency: Agency, by: User) -> int:
    """Have all alerts that wait in an agency stand first there, as those do that nobody answered for a day.

    Returns how many there are anew. Raises Conflict where none is left to escalate.
    """
    waiting = Alert.objects.filter(agency=agency, acknowledged_at__isnull=True, escalated_at__isnull=True)
    return _done(waiting, {"escalated_at": clock.now()}, "alerts.escalated_centrally", agency, by)


@needs(Right.OVERSEE)
@transaction.atomic
def hand_over_of(agency: Agency, to: str, by: User) -> int:
    """Give the late alerts of an agency to one of its supervisors, named as they sign in; return how many.

    Raises Invalid where no supervisor of it has the name, Conflict where nothing is late.
    """
    person = next((one for one in overseers_in(agency) if one.username == to), None)
    if person is None:
        raise Invalid("There is no such supervisor in this agency.", next_step="Choose one from the list.")
    late = Alert.objects.filter(agency=agency, acknowledged_at__isnull=True, escalated_at__isnull=False)
    others = late.exclude(handed_to=person)
    return _done(others, {"handed_to": person}, "alerts.handed_over_centrally", agency, by, to=str(person.pk))


def _done(
    alerts: QuerySet[Alert],
    change: Mapping[str, object],
    event: str,
    agency: Agency,
    by: User,
    **detail: str,
) -> int:
    """Change alerts of another agency, as the system, and log who had it done; never which alerts they are."""
    with asking_for_everybody():
        found = list(alerts.select_for_update().values_list("pk", flat=True))
        Alert.objects.filter(pk__in=found).update(**change)
    if not found:
        raise Conflict("There is nothing to do there: no such alert waits.")
    record(event, actor=actor_of(by), subject=f"agency:{agency.pk}", detail={**detail, "alerts": len(found)})
    return len(found)
