"""The kinds of jobs there are. `@job` and `@every` stand above a handler in an app's `jobs.py`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from fanal.core.jobs.errors import UnknownJob


@dataclass(frozen=True, slots=True)
class Attempt:
    """One worker's hold on one job. The number grows with each attempt, so an old one can be told from a new one."""

    job: int
    number: int
    worker: int
    lease: float
    """Seconds without a sign of life after which the job is given to another."""


Handler = Callable[..., None]
AnyHandler = TypeVar("AnyHandler", bound=Handler)


@dataclass(frozen=True, slots=True)
class Kind:
    """How jobs of one name are done."""

    name: str
    run: Handler
    queue: str
    priority: int
    attempts: int
    pause: float
    subject: str

    def about(self, arguments: Mapping[str, Any]) -> str:
        """Return what a job with these arguments is about, such as `exhibit 0192…`."""
        return f"{self.subject} {arguments[self.subject]}" if self.subject in arguments else ""


@dataclass(frozen=True, slots=True)
class Regular:
    """A kind of job that comes by itself."""

    kind: Kind
    seconds: int


_kinds: dict[str, Kind] = {}
_regulars: dict[str, Regular] = {}


def job(
    name: str,
    *,
    queue: str = "default",
    priority: int = 0,
    attempts: int = 6,
    pause: float = 2.0,
    subject: str = "",
) -> Callable[[AnyHandler], AnyHandler]:
    """Register a handler `(attempt: Attempt, **arguments)`; its arguments are JSON values.

    After an error it is tried again, `attempts` times in all, after about `pause` seconds, then twice as long each
    time; then it goes to the shelf. A handler may run more than once: its last write stands in `actions.fence`.
    `subject` names the argument that says what the job is about. Higher priorities come first.
    """

    def register(handler: AnyHandler) -> AnyHandler:
        _kinds[name] = Kind(name, handler, queue, priority, attempts, pause, subject)
        return handler

    return register


def every(seconds: int, name: str, *, queue: str = "housekeeping") -> Callable[[AnyHandler], AnyHandler]:
    """Register a handler `(attempt: Attempt)` that runs once in so many seconds, on one worker of all."""

    def register(handler: AnyHandler) -> AnyHandler:
        _kinds[name] = Kind(name, handler, queue, 10, 1, 1.0, "")
        _regulars[name] = Regular(_kinds[name], seconds)
        return handler

    return register


def kind_named(name: str) -> Kind:
    """Return the kind of this name. Raises UnknownJob."""
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownJob(f"There is no job named {name}.") from None


def kinds() -> tuple[Kind, ...]:
    """Return all kinds."""
    return tuple(_kinds.values())


def regulars() -> tuple[Regular, ...]:
    """Return the kinds that come by themselves."""
    return tuple(_regulars.values())
