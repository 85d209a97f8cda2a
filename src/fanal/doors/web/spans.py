"""Lengths of time, as pages write them."""

from datetime import timedelta

LEFT_TO_RIGHT = "\u2066{}\u2069"
"""Keeps a number before its unit, also in a sentence that runs the other way."""


def span_in_words(span: timedelta | None) -> str:
    """Return a length of time in the largest unit that leaves two of it, by the symbols that all languages share."""
    if span is None:
        return ""
    seconds = max(0.0, span.total_seconds())
    for unit, symbol in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * unit:
            return LEFT_TO_RIGHT.format(f"{seconds / unit:.0f} {symbol}")
    return LEFT_TO_RIGHT.format(f"{seconds:.0f} s")
