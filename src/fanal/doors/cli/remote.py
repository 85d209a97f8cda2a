"""A Fanal server somewhere else, as a command speaks to it."""

import time
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from fanal.doors.cli.credentials import Login, is_this_machine
from fanal.kit.errors import FanalError
from fanal.kit.ids import new_id

if TYPE_CHECKING:
    import httpx

PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds before each further try."""
PATIENCE_SECONDS = 60.0
IN_FLIGHT = "api.in_flight"
TOO_BUSY = {502, 503, 504}
FAULT = 500


class Unreached(FanalError):
    """The server does not answer."""

    code = "remote.unreached"
    status = 503
    next_step = "See that the address is right and the network is there, then run the same command again."


class Answered(FanalError):
    """The server answered that it cannot be done, and says why."""

    code = "remote.refused"
    status = 422
    next_step = "Do as the server's answer says."

    def __init__(self, problem: Mapping[str, Any], status: int) -> None:
        unsaid, step = f"The server answered {status}.", type(self).next_step
        if status >= FAULT:
            unsaid = f"Something failed on the server (it answered {status})."
            step = "Try again later; if it goes on, tell its operator when it was."
        super().__init__(str(problem.get("title") or unsaid), next_step=str(problem.get("next_step") or step))
        self.problem = problem

    @property
    def why(self) -> str:
        """The server's code of what is wrong."""
        return str(self.problem.get("code", ""))


class Remote:
    """Requests to one server. Each is sent again, with the same key, while the network or the server is away."""

    def __init__(self, login: Login) -> None:
        import httpx

        host = urlsplit(login.server).hostname or ""
        self._client = httpx.Client(
            base_url=f"{login.server}/api/v1",
            headers={"Authorization": f"Bearer {login.token}"},
            timeout=PATIENCE_SECONDS,
            trust_env=not is_this_machine(host),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self._client.close()

    def get(self, path: str) -> Any:
        """Ask for something. Raises Unreached, Answered."""
        return self._ask("GET", path)

    def fetch(self, path: str) -> bytes:
        """Ask for a file. Raises Unreached, Answered."""
        return self._answer("GET", path).content

    def version(self, path: str) -> str:
        """Return which version of something is there now, to change it as it is. Raises Unreached, Answered."""
        return str(self._answer("GET", path).headers.get("ETag", ""))

    def post(self, path: str, body: object = None, seen: str = "") -> Any:
        """Have something done, once; where a version is given, to what was `seen`. Raises Unreached, Answered."""
        headers = {"Idempotency-Key": str(new_id())} | ({"If-Match": seen} if seen else {})
        return self._ask("POST", path, json=body if body is not None else {}, headers=headers)

    def patch(self, path: str, body: object) -> Any:
        """Have something changed, once. Raises Unreached, Answered."""
        return self._ask("PATCH", path, json=body, headers={"Idempotency-Key": str(new_id())})

    def put(self, path: str, data: bytes, headers: Mapping[str, str]) -> Any:
        """Send bytes. Raises Unreached, Answered."""
        return self._ask("PUT", path, content=data, headers=dict(headers))

    def delete(self, path: str) -> None:
        """Have something dropped. Raises Unreached, Answered."""
        self._ask("DELETE", path)

    def lines(self, path: str, headers: Mapping[str, str]) -> Iterator[str]:
        """Yield the lines of an answer that is still being written. Raises Unreached, Answered."""
        import httpx

        try:
            with self._client.stream("GET", path, headers=dict(headers)) as answer:
                if answer.is_error:
                    answer.read()
                    raise Answered(_problem(answer), answer.status_code)
                yield from answer.iter_lines()
        except httpx.TransportError as fault:
            raise Unreached(f"{self._client.base_url.host} does not answer.") from fault

    def _ask(self, method: str, path: str, **sent: Any) -> Any:
        answer = self._answer(method, path, **sent)
        return answer.json() if answer.content else None

    def _answer(self, method: str, path: str, **sent: Any) -> "httpx.Response":
        for pause in PAUSES:
            answer = self._try(method, path, sent)
            if answer is not None:
                break
            time.sleep(pause)
        else:
            raise Unreached(f"{self._client.base_url.host} does not answer.")
        if answer.is_error:
            raise Answered(_problem(answer), answer.status_code)
        return answer

    def _try(self, method: str, path: str, sent: Mapping[str, Any]) -> "httpx.Response | None":
        """Send a request; None: it may be sent again in a moment."""
        import httpx

        try:
            answer = self._client.request(method, path, **sent)
        except httpx.TransportError:
            return None
        told = str(_problem(answer).get("code", "")) if answer.is_error else ""
        # Where the server itself says why it cannot, waiting would not help.
        later = told == IN_FLIGHT or (answer.status_code in TOO_BUSY and not told.startswith(("audit.", "vault.")))
        return None if later else answer


def _problem(answer: "httpx.Response") -> Mapping[str, Any]:
    try:
        told = answer.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
