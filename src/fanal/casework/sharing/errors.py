"""What can go wrong when an agency asks."""

from typing import ClassVar

from fanal.kit.errors import FanalError


class AskedTooMuch(FanalError):
    """The agency asked about more than it may in an hour."""

    code: ClassVar[str] = "sharing.asked_too_much"
    status: ClassVar[int] = 429
    next_step: ClassVar[str] = "Ask again in an hour, or about fewer files."
