"""Somebody outside: a server that takes what webhooks send, and one that takes mail. Both on this machine alone."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

__all__ = ["MailServer", "Post", "mail_server", "post"]


@dataclass
class Post:
    """Takes messages, or does not."""

    address: str = ""
    answers: int = 204
    """The status with which it answers."""
    onward: str = ""
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    """Headers, by names in small letters, and body."""


@contextmanager
def post() -> Iterator[Post]:
    """Open a post on this machine."""
    kept = Post()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.received.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(kept.answers)
            if kept.onward:
                self.send_header("Location", kept.onward)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        kept.address = f"http://127.0.0.1:{server.server_port}/fanal?unit=7"
        with _running(server):
            yield kept


@dataclass
class MailServer:
    """Takes mails, or does not."""

    url: str = ""
    takes: bool = True
    mails: list[tuple[str, bytes]] = field(default_factory=list)
    """To whom, and what."""


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """Open a mail server on this machine: as much of SMTP (RFC 5321) as one mail needs."""
    kept = MailServer()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 here")
            to = ""
            for line in self.rfile:
                verb = line[:4].upper()
                if verb == b"RCPT":
                    to = line.decode().partition("<")[2].partition(">")[0]
                    self._say("250 ok" if kept.takes else "451 not now")
                elif verb == b"DATA":
                    self._say("354 go on")
                    kept.mails.append((to, b"".join(iter(self.rfile.readline, b".\r\n"))))
                    self._say("250 taken")
                elif verb == b"QUIT":
                    self._say("221 bye")
                    return
                else:
                    self._say("250 ok")

        def _say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        kept.url = f"smtp://127.0.0.1:{server.server_address[1]}"
        with _running(server):
            yield kept


@contextmanager
def _running(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
