"""Files that are handed out as they are, for a program or a person to save: piece by piece, for as long as they may."""

from collections.abc import Callable, Iterator
from urllib.parse import quote

from django.db import connection
from django.http import StreamingHttpResponse

from fanal.kit import clock
from fanal.kit.errors import FanalError

PIECE_BYTES = 1 << 16
LOOK_SECONDS = 0.5


def handed_out(name: str, data: bytes, still: Callable[[], bool]) -> StreamingHttpResponse:
    """Return bytes that a browser saves under this name and never shows, nor keeps.

    `still` tells whether whoever asked may have the next piece; it may raise a FanalError for no. It is asked twice a
    second while bytes leave. Where it says no they stop, and the browser sees that some are missing.
    """
    response = StreamingHttpResponse(_pieces(data, still), content_type="application/octet-stream")
    response["Content-Length"] = str(len(data))
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox"
    return response


def _pieces(data: bytes, still: Callable[[], bool]) -> Iterator[bytes]:
    looked_at = clock.monotonic()  # the request was allowed just now
    for start in range(0, len(data), PIECE_BYTES):
        if clock.monotonic() - looked_at >= LOOK_SECONDS:
            if not _may_go_on(still):
                return
            looked_at = clock.monotonic()
        yield data[start : start + PIECE_BYTES]


def _may_go_on(still: Callable[[], bool]) -> bool:
    try:
        return still()
    except FanalError:
        return False
    finally:
        connection.close()  # a reader may be slow, and others may have it meanwhile
