"""`fanal serve`, as it is typed, on a machine with one core."""

import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

pytestmark = pytest.mark.django_db(transaction=True)

ONE_CORE = "import multiprocessing; multiprocessing.cpu_count = lambda: 1; from fanal.project.entry import main; main()"


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


def test_it_starts_answers_and_ends_without_a_warning(fresh_data: Path, tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "log"
    command = [sys.executable, "-c", ONE_CORE, "serve", "--port", str(port), "--processes", "1"]
    with log.open("w") as output, subprocess.Popen(command, stdout=output, stderr=output) as server:
        try:
            status = answered(port, server)
        finally:
            server.terminate()
    said = log.read_text()
    assert (status, server.returncode) == (200, 0), said
    assert "Started worker-1" in said
    assert "WARNING" not in said
