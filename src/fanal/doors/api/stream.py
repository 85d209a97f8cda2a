"""News as a stream of events (Server-Sent Events): each alert once, in order, from where the caller left off.

A stream takes a thread of the server that waits for the lookout, and nothing else. It ends after a while, and the
caller comes back with the number of the last alert; where too many are open, it ends once it has said what there is.
"""

from collections.abc import Iterator
from typing import Annotated

from django.http import StreamingHttpResponse
from ninja import Header, Router

from fanal.casework.alerts.models import Alert
from fanal.doors.api.alerts import told
from fanal.doors.api.caller import READ, ApiRequest, Caller, view_of
from fanal.doors.api.lookout import Lookout
from fanal.doors.api.together import Together

router = Router(tags=["alerts"])
MOST_AT_ONCE = 250
"""Of each process."""
LASTS_SECONDS = 600.0
BEAT_SECONDS = 15.0
"""After so long a silence a line says nothing: no proxy takes the stream for dead, and it is noticed who has gone."""
BEAT, RETRY, RETRY_LATER = ":\n\n", "retry: 2000\n\n", "retry: 15000\n\n"
"""When to come back; where too many are open, later: each time is a leaf of the log, for which all wait their turn."""
EVENTS = {
    "responses": {200: {"description": "Alerts", "content": {"text/event-stream": {"schema": {"type": "string"}}}}}
}
LastEvent = Annotated[
    int, Header(0, alias="Last-Event-ID", ge=0, le=2**63 - 1, description="The number of the last alert that was read.")
]

lookout, together = Lookout(), Together()


@router.get("/alerts/stream", auth=READ, openapi_extra=EVENTS)
def stream(request: ApiRequest, last_event_id: LastEvent = 0) -> StreamingHttpResponse:
    """Tell what is new as it happens. The stream ends by itself; come back with `Last-Event-ID`."""
    together.log(view_of(request.auth, "alerts.seen"))
    answer = StreamingHttpResponse(_events(request.auth, last_event_id), content_type="text/event-stream")
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


def _events(caller: Caller, after: int) -> Iterator[str]:
    with lookout.listening(caller, after, most=MOST_AT_ONCE, seconds=LASTS_SECONDS) as (listener, stays):
        yield RETRY if stays else RETRY_LATER
        while (alerts := listener.wait(BEAT_SECONDS)) is not None:
            yield "".join(_event(alert) for alert in alerts) or BEAT


def _event(alert: Alert) -> str:
    return f"id: {alert.number}\nevent: alert\ndata: {told(alert).model_dump_json()}\n\n"
