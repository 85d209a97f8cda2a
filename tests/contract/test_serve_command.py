"""`fanal serve`, as it is typed."""

import socket
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from fanal.casework.alerts.actions import raise_alerts
from fanal.casework.alerts.models import Kind
from fanal.casework.alerts.news import News
from fanal.core.access.models import Token
from fanal.core.access.tokens import revoke_token
from fanal.kit import clock
from fanal.kit.actor import SYSTEM
from fanal.project.server import PATIENCE_SECONDS as TIME_TO_END
from programs import secret_of
from world import cast

pytestmark = pytest.mark.django_db(transaction=True)

AS_IT_IS = "from fanal.project.entry import main; main()"
ONE_CORE = f"import multiprocessing; multiprocessing.cpu_count = lambda: 1; {AS_IT_IS}"
REFUSED = "after it refused to gracefully stop"
MANY, MORE_THAN_TURNS = 60, 12
PATIENCE_SECONDS = 60
"""What hangs is told as such; no test waits so long."""


def free_port() -> int:
    """Return the number of a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answered(port: int, server: "subprocess.Popen[bytes]") -> int:
    """Return how the first page is answered, once the server listens; 0 where it ends before it does."""
    while server.poll() is None:
        try:
            with urlopen(f"http://127.0.0.1:{port}/sign-in/") as answer:
                return int(answer.status)
        except URLError:
            time.sleep(0.05)
    return 0


@contextmanager
def served(log: Path, program: str, processes: int) -> Iterator[int]:
    """Run the server while it is needed and give its port; then it has ended as it should."""
    port = free_port()
    command = [sys.executable, "-c", program, "serve", "--port", str(port), "--processes", str(processes)]
    with log.open("w") as output, subprocess.Popen(command, stdout=output, stderr=output) as server:
        try:
            assert answered(port, server) == 200, log.read_text()
            yield port
        finally:
            server.terminate()
            asked = time.monotonic()
    took, said = time.monotonic() - asked, log.read_text()
    assert server.returncode == 0, said
    assert "Started worker-1" in said
    warnings = [line for line in said.splitlines() if "[WARNING]" in line]  # the server's own
    if took < TIME_TO_END:
        # Two threads of the server wait for its processes. While one is just learning that a process has ended, the
        # other may take it for one that does not. One that really does not is waited for.
        warnings = [line for line in warnings if REFUSED not in line]
    assert warnings == [], said


def test_it_starts_answers_and_ends_without_a_warning(fresh_data: Path, tmp_path: Path) -> None:
    with served(tmp_path / "log", ONE_CORE, 1):
        pass


def opened(port: int, secret: str, until: ExitStack) -> HTTPResponse:
    """Open a stream of alerts; return it once it has said when to come back."""
    connection = until.enter_context(closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)))
    connection.request("GET", "/api/v1/alerts/stream", headers={"Authorization": f"Bearer {secret}"})
    answer = connection.getresponse()
    assert answer.status == 200
    assert [answer.readline(), answer.readline()] == [b"retry: 2000\n", b"\n"], "there is no room for it"
    return answer


def told(agency: UUID, by: UUID, about: str) -> None:
    """Give an agency an alert."""
    with transaction.atomic():
        raise_alerts([News(agency, Kind.ASKED, about, about, by, clock.now())])


def next_number(stream: HTTPResponse) -> bytes:
    """Return the number of the next alert that a stream tells."""
    while not (line := stream.readline()).startswith(b"id: "):
        assert line, "the stream ended"
    return line.strip()


def half_sent(port: int, secret: str, until: ExitStack) -> None:
    """Begin to send a piece of an upload, and send no more of it."""
    connection = until.enter_context(closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)))
    connection.putrequest("PUT", f"/api/v1/uploads/{uuid4()}/bytes")
    digest = f"sha-256=:{b64encode(bytes(32)).decode()}:"
    said = {"Authorization": f"Bearer {secret}", "Upload-Offset": "0", "Content-Digest": digest}
    for name, value in {**said, "Content-Type": "application/octet-stream", "Content-Length": "1000"}.items():
        connection.putheader(name, value)
    connection.endheaders(bytes(500))


def test_pages_answer_while_many_uploads_come_slowly(fresh_data: Path, tmp_path: Path) -> None:
    secret = secret_of(cast().camille)
    me = {"Authorization": f"Bearer {secret}"}
    with served(tmp_path / "log", AS_IT_IS, 1) as port, ExitStack() as until:
        for _ in range(MORE_THAN_TURNS):
            half_sent(port, secret, until)
        for _ in range(MORE_THAN_TURNS):
            with urlopen(Request(f"http://127.0.0.1:{port}/api/v1/me", headers=me), timeout=PATIENCE_SECONDS) as answer:
                assert answer.status == 200


def test_sixty_streams_are_told_at_once_while_pages_answer(fresh_data: Path, tmp_path: Path) -> None:
    who = cast()
    french, british = secret_of(who.camille), secret_of(who.edith)
    with ExitStack() as until, served(tmp_path / "log", AS_IT_IS, 2) as port:
        streams = [opened(port, french, until) for _ in range(MANY)]
        others = opened(port, british, until)
        me = Request(f"http://127.0.0.1:{port}/api/v1/me", headers={"Authorization": f"Bearer {french}"})
        for about, number in (("the first", b"id: 1"), ("the second", b"id: 2")):
            told(who.france.pk, who.britain.pk, about)
            with urlopen(me) as answer:
                assert answer.status == 200
            assert {next_number(stream) for stream in streams} == {number}
        told(who.britain.pk, who.france.pk, "the third")
        assert next_number(others) == b"id: 3"
        revoke_token(Token.objects.get(user=who.camille).pk, SYSTEM)
        assert [b"id: " in stream.read() for stream in streams] == [False] * MANY
