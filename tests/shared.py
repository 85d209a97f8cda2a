"""The published vectors and open evaluation media that tests are held against, kept beside the project."""

import os
from pathlib import Path

_PROJECT = Path(__file__).resolve().parent.parent


def shared(*parts: str) -> Path:
    """Return a path of the shared media. Fails, rather than skips, where it is absent."""
    root = Path(os.environ.get("FANAL_SHARED") or _PROJECT.parent / "shared")
    path = root.joinpath(*parts)
    assert path.exists(), f"{path} is absent: set FANAL_SHARED to the folder that has conformance/ and eval/"
    return path
