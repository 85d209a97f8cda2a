"""All bombs: small files that ask for much."""

from functools import cache

from hostile.archive_bombs import archive_bombs
from hostile.corpus import Sample
from hostile.picture_bombs import picture_bombs


@cache
def bombs() -> tuple[Sample, ...]:
    """Return every bomb; none is larger than a few MB."""
    return (*picture_bombs(), *archive_bombs())
