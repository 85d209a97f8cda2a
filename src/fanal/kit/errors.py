"""One family of errors: each has a code, a sentence, a status and the next step."""

from collections.abc import Callable, Mapping
from typing import ClassVar

FAILS, TELL = "This can't be done now: a part of the server fails.", "Try again later. Tell whoever runs it."
ONE_OF = "Use one of: %(known)s."


class FanalError(Exception):
    """Something went wrong that a person can understand and act on.

    `code` is stable and documented; `status` is the HTTP status a door answers with; `next_step` tells what to do;
    `told` is what a program needs besides, to go on by itself.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    next_step: ClassVar[str] = "Look in the server's log."
    of_the_server: ClassVar[bool] = False
    """Whether sentence and next step are for the operator alone: they name places and settings of the server."""

    def __init__(
        self, message: str, *, next_step: str | None = None, told: Mapping[str, int] | None = None, **words: object
    ) -> None:
        """`words` stand in sentence and next step as %(name)s, so that a page can say both in its language."""
        step = next_step if next_step is not None else type(self).next_step
        self._said, self._words = (message, step), words
        self.message, self.hint = self.spoken()
        self.told = told or {}
        super().__init__(self.message)

    def __str__(self) -> str:
        return self.message

    def spoken(self, translated: Callable[[str], str] = str) -> tuple[str, str]:
        """Return the sentence and the next step, in the language into which each is translated."""
        message, step = (translated(said) % self._words if self._words else translated(said) for said in self._said)
        return message, step

    def told_visitor(self, translated: Callable[[str], str] = str) -> tuple[str, str]:
        """Return the sentence and the next step for those who only visit the server."""
        if self.of_the_server:
            return translated(FAILS), translated(TELL)
        return self.spoken(translated)


class Invalid(FanalError):
    """What was asked for makes no sense as it stands."""

    code = "invalid"
    status = 422
    next_step = "Correct the request and send it again."


class NotFound(FanalError):
    """There is no such thing, or the one who asks may not know of it."""

    code = "not_found"
    status = 404
    next_step = "Check the reference."


class Refused(FanalError):
    """The one who asks may not do this."""

    code = "refused"
    status = 403
    next_step = "Ask your agency's administrator."


class Conflict(FanalError):
    """Another change came first."""

    code = "conflict"
    status = 409
    next_step = "Load the current state and try again."


class Changed(FanalError):
    """What was to be changed is not as it was when the one who asks looked at it."""

    code = "changed"
    status = 412
    next_step = "Look at it again, then decide anew."


class Unavailable(FanalError):
    """A part that is needed does not answer, so nothing was done."""

    code = "unavailable"
    status = 503
    next_step = "Try again shortly; tell the operator if it lasts."


class StorageFull(FanalError):
    """There is no room left, so nothing was stored."""

    code = "storage_full"
    status = 507
    next_step = "Free some space and submit again: what was acknowledged is kept."
