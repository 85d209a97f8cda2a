"""Words that must never be seen where they do not belong, and the log in which they are looked for."""

import io
import logging
import logging.config
from collections.abc import Iterator
from random import Random

import pytest

from fanal.project import logs


class Canaries:
    """Words that must never be seen where they do not belong. Each is drawn, and found by nothing but itself."""

    def __init__(self, dice: Random) -> None:
        self._dice = dice
        self.sung: list[str] = []

    def word(self) -> str:
        """Return one more, such as a name has."""
        return self.keep(f"canary{self._dice.randrange(10**12):012}")

    def digest(self) -> str:
        """Return one more, such as SHA-256 has."""
        return self.keep(self._dice.randbytes(32).hex())

    def keep(self, secret: str) -> str:
        """Count something that was made elsewhere as one of them."""
        self.sung.append(secret)
        return secret

    def seen_in(self, text: str) -> list[str]:
        """Return those that a text holds, in any spelling of hexadecimal digits."""
        lower = text.lower()
        return [one for one in self.sung if one.lower() in lower]


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything that is written to the log, as a server writes it, at the level that writes most."""
    text = io.StringIO()
    described = logs.configuration("DEBUG")
    described["handlers"]["stderr"] |= {"stream": text}
    root = logging.getLogger()
    before = (root.level, list(root.handlers))
    logging.config.dictConfig(described)
    yield text
    root.setLevel(before[0])
    root.handlers[:] = before[1]
