"""Officers at work: what each asks of the desk and of the API, how often, and how long they think in between.

The client is Python's own `http.client`, one connection an officer, kept open. What they look at was drawn beforehand
from what their agency may see (`seen_by_agency`), so that pages are of all ages and sizes.
"""

import base64
import hashlib
import http.client
import json
import random
import re
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Known = Mapping[str, Sequence[str]]
"""What an agency may see: ids, and words to search for, by what they are."""


@dataclass(slots=True)
class Answered:
    """One request: which route, when it began, how long it took by the clock, and how it was answered."""

    route: str
    began: float
    seconds: float
    status: int


@dataclass
class Officer:
    """One person with a browser, and a program that shows their token."""

    name: str
    token: str
    port: int
    known: Known
    dice: random.Random
    answers: list[Answered] = field(default_factory=list)
    cookies: dict[str, str] = field(default_factory=dict)
    version: str = ""
    """The ETag of the last answer that had one."""

    def __post_init__(self) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)

    def ask(self, route: str, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
        """Send a request, read the whole answer, note how long both took."""
        began, clock = time.time(), time.perf_counter()
        try:
            said, status = self._exchange(method, path, body, headers)
        except (ConnectionError, http.client.BadStatusLine):  # closed while it was idle: a browser asks again, so do we
            self._line.close()
            try:
                said, status = self._exchange(method, path, body, headers)
            except (OSError, http.client.HTTPException):
                said, status = b"", 0
        except (OSError, http.client.HTTPException):
            self._line.close()
            said, status = b"", 0
        self.answers.append(Answered(route, began, time.perf_counter() - clock, status))
        return status, said

    def _exchange(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[bytes, int]:
        self._line.request(method, path, body or None, headers)
        answer = self._line.getresponse()
        said = answer.read()
        self.version = answer.headers.get("ETag") or self.version
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, rest = cookie.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return said, answer.status

    def page(self, route: str, path: str) -> tuple[int, bytes]:
        """Open a page of the desk."""
        return self.ask(route, "GET", path, Cookie=self._cookie())

    def send(self, route: str, path: str, form: str) -> tuple[int, bytes]:
        """Send a form of the desk."""
        token = self.cookies.get("fanal-csrf", "")
        kind = "application/x-www-form-urlencoded"
        headers = {"Cookie": self._cookie(), "X-CSRFToken": token, "Content-Type": kind}
        return self.ask(route, "POST", path, form.encode(), **headers)

    def call(self, route: str, method: str, path: str, said: Any = None, body: bytes = b"", **headers: str) -> Any:
        """Call the API; return what it says, None where it is no JSON."""
        given = json.dumps(said).encode() if said is not None else body
        kind = {"Content-Type": "application/json"} if said is not None else {}
        more = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": uuid.uuid4().hex, **kind, **headers}
        _, answer = self.ask(route, method, f"/api/v1{path}", given, **more)
        try:
            return json.loads(answer)
        except ValueError:
            return None

    def any(self, what: str) -> str:
        """Return one of what the officer's agency may see."""
        return self.dice.choice(self.known[what])

    def sign_in(self, password: str) -> None:
        """Sign in at the desk. Raises RuntimeError where that fails."""
        self.page("sign-in page", "/sign-in/")
        status, _ = self.send("sign-in", "/sign-in/", f"username={self.name}&password={password.replace(' ', '+')}")
        if status != 302:
            raise RuntimeError(f"{self.name} could not sign in: {status}")

    def _cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())


def page(path: str) -> Callable[[str, Officer], None]:
    """Return what opens a page; `{contents}` in its path is one of what the agency sees."""

    def open_it(route: str, officer: Officer) -> None:
        officer.page(route, _filled(path, officer))

    return open_it


def call(path: str) -> Callable[[str, Officer], None]:
    """Return what calls a reading route of the API."""

    def call_it(route: str, officer: Officer) -> None:
        officer.call(route, "GET", _filled(path, officer))

    return call_it


def _filled(path: str, officer: Officer) -> str:
    return re.sub(r"{(\w+)}", lambda found: officer.any(found[1]), path)


def blind_check(route: str, officer: Officer) -> None:
    """Ask for a hundred digests, one in ten of which somebody holds."""
    held = [officer.any("digests") for _ in range(10)]
    asked = held + [uuid.uuid4().hex * 2 for _ in range(90)]
    officer.call(route, "POST", "/check", {"sha256": asked})


def judge(route: str, officer: Officer) -> None:
    """Look at a lead, and judge it as unsure, as it was looked at."""
    lead = officer.any("leads")
    officer.call("API lead", "GET", f"/leads/{lead}")
    said: dict[str, str] = {"verdict": "unsure", "note": ""}
    officer.call(route, "POST", f"/leads/{lead}/judgements", said, b"", **{"If-Match": officer.version})


def submit(route: str, officer: Officer) -> None:
    """Deliver one small file: open, announce, send, complete, close."""
    data = officer.dice.randbytes(20_000)
    opening = {"label": "One file", "origin": uuid.uuid4().hex, "visibility": "all_connected"}
    opened = officer.call(f"{route}: open", "POST", "/submissions", opening)
    if not opened or "id" not in opened:
        return
    announced = {"path": "IMG_1.jpg", "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    upload = officer.call(f"{route}: announce", "POST", f"/submissions/{opened['id']}/files", announced)
    digest = f"sha-256=:{base64.b64encode(hashlib.sha256(data).digest()).decode()}:"
    headers = {"Upload-Offset": "0", "Content-Digest": digest, "Content-Type": "application/octet-stream"}
    officer.call(f"{route}: bytes", "PUT", f"/uploads/{upload['id']}/bytes", body=data, **headers)
    officer.call(f"{route}: complete", "POST", f"/uploads/{upload['id']}/complete")
    officer.call(f"{route}: close", "POST", f"/submissions/{opened['id']}/close")


WORK: dict[str, tuple[int, Callable[[str, Officer], None]]] = {
    "today": (8, page("/")),
    "submissions": (3, page("/submissions/")),
    "grid": (8, page("/submissions/{submissions}/")),
    "grid of the largest, page 40": (3, page("/submissions/{largest}/?page=40")),
    "grid of films": (2, page("/submissions/{submissions}/?family=video")),
    "grid of linked files": (2, page("/submissions/{submissions}/?linked=1")),
    "progress of a submission": (2, page("/submissions/{submissions}/progress/")),
    "content": (10, page("/contents/{contents}/")),
    "a picture revealed": (24, page("/contents/{pictures}/previews/1/")),
    "lead": (12, page("/leads/{leads}/")),
    "leads, open": (5, page("/leads/")),
    "leads, open, page 8": (2, page("/leads/?page=8")),
    "leads, same": (2, page("/leads/?state=same")),
    "leads, all agencies": (2, page("/leads/?scope=all")),
    "clues": (3, page("/clues/")),
    "clues of a country": (1, page("/clues/?country=FR&tag=uniform")),
    "clue": (2, page("/clues/{clues}/")),
    "registry": (3, page("/registry/")),
    "registry, victims": (2, page("/registry/?kind=victim")),
    "entry": (4, page("/registry/{entries}/")),
    "cases": (2, page("/cases/")),
    "case": (3, page("/cases/{cases}/")),
    "alerts": (4, page("/alerts/")),
    "text, a rare word": (2, page("/text/?q={rare}")),
    "text, a common word": (1, page("/text/?q={common}")),
    "check page": (1, page("/check/")),
    "API check, 100 digests": (4, blind_check),
    "API content": (4, call("/contents/{digests}")),
    "API leads": (2, call("/leads?state=open")),
    "API leads, ours": (3, call("/leads?ours=true&state=open")),
    "API lead": (2, call("/leads/{leads}")),
    "API judge": (2, judge),
    "API submissions": (2, call("/submissions")),
    "API alerts": (4, call("/alerts?after={numbers}")),
    "API clues": (1, call("/clues")),
    "API submit": (1, submit),
}
"""What officers do, by its name: how often, in shares, and how."""


def work(officer: Officer, until: float, think: float, wait: Callable[[float], object]) -> None:
    """Do one thing after the other until a time of `time.monotonic`, with pauses of `think` seconds on average."""
    names, shares = list(WORK), [share for share, _ in WORK.values()]
    if think:
        wait(officer.dice.random() * think)
    while time.monotonic() < until:
        name = officer.dice.choices(names, shares)[0]
        WORK[name][1](name, officer)
        if think:
            wait(min(officer.dice.expovariate(1 / think), max(0.0, until - time.monotonic())))


def listen(officer: Officer, until: float, wait: Callable[[float], object]) -> None:
    """Keep the stream of alerts open as a browser does: come back after it ended, when it said so."""
    after, retry = max(int(one) for one in officer.known["numbers"]), 2.0
    while time.monotonic() < until:
        line = http.client.HTTPConnection("127.0.0.1", officer.port, timeout=60)
        began, clock = time.time(), time.perf_counter()
        try:
            headers = {"Authorization": f"Bearer {officer.token}", "Last-Event-ID": str(after)}
            line.request("GET", "/api/v1/alerts/stream", headers=headers)
            answer = line.getresponse()
            officer.answers.append(Answered("API stream, opened", began, time.perf_counter() - clock, answer.status))
            for said in answer:
                if said.startswith(b"retry:"):
                    retry = int(said.split(b":")[1]) / 1000
                elif said.startswith(b"id:"):
                    after = int(said.split(b":")[1])
        except (OSError, http.client.HTTPException):
            officer.answers.append(Answered("API stream, opened", began, time.perf_counter() - clock, 0))
        finally:
            line.close()
        wait(min(retry, max(0.0, until - time.monotonic())))


def all_at_once(officers: Sequence[Officer], seconds: float, think: float) -> None:
    """Let all officers work at once, each with a stream of alerts, for so many seconds."""
    until, quiet = time.monotonic() + seconds, threading.Event()
    threads = [threading.Thread(target=work, args=(one, until, think, quiet.wait)) for one in officers]
    threads += [threading.Thread(target=listen, args=(one, until, quiet.wait), daemon=True) for one in officers]
    for thread in threads:
        thread.start()
    for thread in threads[: len(officers)]:
        thread.join()
