"""News as a stream of events (Server-Sent Events): each alert once, in order, from where the caller left off.

A stream takes a thread of the server. So it ends after a while, and the caller comes back with the number of the last
alert; where too many are open at once, it ends as soon as it has said what there is.
"""

import threading
import time
from collections.abc import Iterator
from typing import Annotated

from django.db import connection
from django.http import StreamingHttpResponse
from ninja import Header, Router

from fanal.casework.alerts.models import Alert
from fanal.casework.alerts.queries import alerts_after
from fanal.core.access.asking import asking
from fanal.core.access.tokens import still_good
from fanal.doors.api.alerts import told
from fanal.doors.api.caller import READ, ApiRequest, Caller, log_view
from fanal.kit import clock

router = Router(tags=["alerts"])
LASTS_SECONDS = 25.0
LOOK_SECONDS = 1.0
MOST_AT_ONCE = 3
MOST_A_LOOK = 50
RETRY, RETRY_LATER = "retry: 2000\n\n", "retry: 15000\n\n"
"""When to come back; where too many are open, later: each time is a leaf of the log, for which all wait their turn."""
EVENTS = {
    "responses": {200: {"description": "Alerts", "content": {"text/event-stream": {"schema": {"type": "string"}}}}}
}
LastEvent = Annotated[
    int, Header(0, alias="Last-Event-ID", ge=0, le=2**63 - 1, description="The number of the last alert that was read.")
]

_room = threading.BoundedSemaphore(MOST_AT_ONCE)


@router.get("/alerts/stream", auth=READ, openapi_extra=EVENTS)
def stream(request: ApiRequest, last_event_id: LastEvent = 0) -> StreamingHttpResponse:
    """Tell what is new as it happens. The stream ends by itself; come back with `Last-Event-ID`."""
    log_view(request.auth, "alerts.seen")
    answer = StreamingHttpResponse(_events(request.auth, last_event_id), content_type="text/event-stream")
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


def _events(caller: Caller, after: int) -> Iterator[str]:
    stays = _room.acquire(blocking=False)
    try:
        yield RETRY if stays else RETRY_LATER
        end = clock.monotonic() + LASTS_SECONDS
        while still_good(caller.token):  # whoever is kept out is out of open streams too
            for number, event in _fresh(caller, after):
                yield event
                after = number
            if not stays or clock.monotonic() >= end:
                return
            connection.close()  # others may have it meanwhile
            time.sleep(LOOK_SECONDS)
    finally:
        if stays:
            _room.release()


def _fresh(caller: Caller, after: int) -> list[tuple[int, str]]:
    """Return what was told since, as events; it stands in the log before it is sent."""
    with asking(caller.agency.pk):  # the request itself has been answered long since
        found = list(alerts_after(caller.agency, after)[:MOST_A_LOOK])
        if found:
            log_view(caller, "alerts.seen", alerts=[str(alert.pk) for alert in found])
        return [(alert.number, _event(alert)) for alert in found]


def _event(alert: Alert) -> str:
    return f"id: {alert.number}\nevent: alert\ndata: {told(alert).model_dump_json()}\n\n"
