"""Errors told for a log: of what kind they are and where they arose, never their messages, which may quote content."""

import traceback

from fanal.kit.errors import FanalError

FRAMES = 12
"""The innermost ones tell most."""


def without_words(error: BaseException) -> str:
    """Return type and code of an error and of its causes, and the lines of the program it came through."""
    lines = list[str]()
    found: BaseException | None = error
    while found is not None:
        code = f" [{found.code}]" if isinstance(found, FanalError) else ""
        lines.append(f"  {type(found).__module__}.{type(found).__qualname__}{code}")
        frames = traceback.extract_tb(found.__traceback__)
        lines.extend(f"    {frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-FRAMES:])
        found = found.__cause__ or found.__context__
    return "\n".join(lines)
