"""Says which added techniques are not used, wherever work begins: what is missing must not be missed in silence."""

import sys


def tell_broken() -> None:
    """Write on standard error what is wrong with each, and the next step. Everything else works without it."""
    from fanal.engine.fingerprint.added import discover

    for one in discover().broken:
        sys.stderr.write(f"fanal: {one}\n       {one.next_step}\n")
