"""One HTTP request to somebody else's address: straight to it, by no proxy, and no further than it.

Whoever may register an address must not reach with it what the server alone can reach. So a name is resolved once, each
address it leads to is looked at, and the connection goes to that very address. Nothing that is answered is kept.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from fanal.casework.dispatch.models import Trouble
from fanal.kit.errors import Invalid
from fanal.kit.settings import Reach

LONGEST_ADDRESS = 500
PATIENCE_SECONDS, WHOLE_SECONDS = 10.0, 30.0
"""For one answer of the network, and for all of it."""
DEFAULT_PORTS = {"https": 443, "http": 80}
TAKEN, ELSEWHERE, GONE = range(200, 300), range(300, 400), 410
IP = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Target:
    """Where a message goes."""

    encrypted: bool
    host: str
    port: int
    path: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it went; `trouble` is empty where it arrived."""

    status: int | None
    trouble: str

    @property
    def arrived(self) -> bool:
        """Whether it was taken."""
        return not self.trouble


class _Stopped(Exception):
    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble)
        self.trouble = trouble


def target_of(address: str, reach: Reach) -> Target:
    """Return where an address leads. Raises Invalid for what is no address that may be called.

    It is https; http to this machine alone, where the operator allows addresses of their own network.
    """
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except (ValueError, UnicodeError):
        raise _no_address() from None
    plain_here = parts.scheme == "http" and host in {"localhost", "127.0.0.1", "::1"} and reach == Reach.PRIVATE
    fit = host and "@" not in parts.netloc and not parts.fragment and len(address) <= LONGEST_ADDRESS
    if not fit or not address.isascii() or not address.isprintable() or " " in address:
        raise _no_address()
    if parts.scheme != "https" and not plain_here:
        raise Invalid("An address for webhooks begins with https://.", next_step="Use one with a certificate.")
    with suppress(ValueError):
        if not _allowed(ipaddress.ip_address(host), reach):
            raise Invalid("The operator does not allow this address.", next_step="Use one that is public.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme == "https", host, port or DEFAULT_PORTS[parts.scheme], path)


def _no_address() -> Invalid:
    return Invalid("This is no address for webhooks.", next_step="Write it as https://desk.example/fanal.")


def post(address: str, body: bytes, headers: Mapping[str, str], reach: Reach) -> Outcome:
    """Send a body to an address and tell how that went. Never raises: whatever goes wrong is told."""
    try:
        target = target_of(address, reach)
        status = _posted(target, _resolved(target, reach), body, headers)
    except Invalid:
        return Outcome(None, Trouble.NOT_ALLOWED)
    except _Stopped as stop:
        return Outcome(None, stop.trouble)
    except ssl.SSLError:
        return Outcome(None, Trouble.NOT_SAFE)
    except (OSError, http.client.HTTPException, ValueError):
        return Outcome(None, Trouble.NO_ANSWER)
    if status in TAKEN:
        return Outcome(status, "")
    if status == GONE:
        return Outcome(status, Trouble.GONE)
    return Outcome(status, Trouble.REDIRECTED if status in ELSEWHERE else Trouble.REFUSED)


def _resolved(target: Target, reach: Reach) -> str:
    """Return the address to connect to; every one that the name leads to must be allowed."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise _Stopped(Trouble.NO_NAME) from None
    addresses = [ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found]
    if not addresses or not all(_allowed(one, reach) for one in addresses):
        raise _Stopped(Trouble.NOT_ALLOWED)
    if not target.encrypted and not all(one.is_loopback for one in addresses):
        raise _Stopped(Trouble.NOT_ALLOWED)
    return str(addresses[0])


def _allowed(address: IP, reach: Reach) -> bool:
    """Tell whether the operator lets an address be called: public ones, or also those of their own network.

    Never those that name the link (cloud machines tell their secrets there), nor what hides another address inside.
    """
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return _allowed(address.ipv4_mapped, reach)
        if address.sixtofour is not None or address.teredo is not None:
            return False
    if address.is_loopback:
        return reach == Reach.PRIVATE
    if address.is_multicast or address.is_link_local or address.is_unspecified or address.is_reserved:
        return False
    return address.is_global or (reach == Reach.PRIVATE and address.is_private)


def _posted(target: Target, ip: str, body: bytes, headers: Mapping[str, str]) -> int:
    connection = _Straight(target, ip)
    # Who answers a byte now and then would hold a worker for ever.
    watch = threading.Timer(WHOLE_SECONDS, connection.cut)
    watch.daemon = True
    watch.start()
    try:
        connection.request("POST", target.path, body, dict(headers))
        return connection.getresponse().status
    finally:
        watch.cancel()
        connection.close()


class _Straight(http.client.HTTPConnection):
    """A connection to one address of a host, whose certificate must be the host's."""

    def __init__(self, target: Target, ip: str) -> None:
        super().__init__(target.host, target.port, timeout=PATIENCE_SECONDS)
        self._ip, self._encrypted = ip, target.encrypted

    def connect(self) -> None:
        """Connect, and see whose certificate it is."""
        self.sock = socket.create_connection((self._ip, self.port), self.timeout)
        if self._encrypted:
            context = ssl.create_default_context()
            wrapped = context.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock = wrapped
            wrapped.do_handshake()

    def cut(self) -> None:
        """End it, whatever it waits for."""
        with suppress(OSError, AttributeError):
            self.sock.shutdown(socket.SHUT_RDWR)
