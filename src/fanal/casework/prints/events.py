"""News from prints."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PrintsMade:
    """Fingerprints of these contents were written, in the transaction in which this is told."""

    contents: tuple[int, ...]
    technique: str = ""
    """The added technique whose fingerprints they are; "" for all that are our own."""
