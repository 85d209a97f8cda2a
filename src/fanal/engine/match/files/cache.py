"""Knowledge of files already seen, kept in a folder by SHA-256, so that matching the same folder again costs no decode.

An entry is used only if it was made by the same versions of the techniques. Entries are checked as they are read: one
that is damaged is as good as none, and is made again.
"""

import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from fanal.engine.fingerprint.prints import Print
from fanal.engine.match.files.seen import Knowledge
from fanal.engine.match.techniques import stamp
from fanal.engine.text.stored import TECHNIQUE as TEXT
from fanal.kit.machine import caches


def default_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of what `fanal match` has seen, among the user's caches."""
    return caches(environ) / "fanal" / "seen"


class SeenCache:
    """A folder of entries, safe to share among threads and processes."""

    def __init__(self, folder: Path, *, text: bool = False) -> None:
        """Keep entries in a folder; those of files whose text was read as well are apart from the others."""
        self._folder = folder / (f"{stamp()}+{TEXT.replace('/', '-')}" if text else stamp())

    def get(self, sha256: bytes) -> Knowledge | None:
        """Return what is known of these bytes, or None."""
        try:
            return _parse(json.loads(self._entry(sha256).read_bytes()))
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def put(self, sha256: bytes, knowledge: Knowledge) -> None:
        """Keep what is known. A folder that cannot be written to is no error: then the next run decodes again."""
        entry = self._entry(sha256)
        with suppress(OSError):
            entry.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.NamedTemporaryFile(dir=entry.parent, delete=False) as file:
                file.write(json.dumps(_plain(knowledge), separators=(",", ":")).encode())
            # Whole or not at all: others may read meanwhile.
            Path(file.name).replace(entry)

    def _entry(self, sha256: bytes) -> Path:
        name = sha256.hex()
        return self._folder / name[:2] / f"{name[2:]}.json"


def _plain(knowledge: Knowledge) -> dict[str, Any]:
    return {
        "family": knowledge.family,
        "media_type": knowledge.media_type,
        "width": knowledge.width,
        "height": knowledge.height,
        "duration": knowledge.duration,
        "facts": dict(knowledge.facts),
        "prints": [[p.technique, p.data.hex(), p.quality, p.time, p.turned.hex()] for p in knowledge.prints],
    }


def _parse(plain: dict[str, Any]) -> Knowledge:
    prints = tuple(
        Print(str(technique), bytes.fromhex(data), quality, time, bytes.fromhex(turned))
        for technique, data, quality, time, turned in plain["prints"]
    )
    return Knowledge(
        str(plain["family"]),
        str(plain["media_type"]),
        plain["width"],
        plain["height"],
        plain["duration"],
        prints,
        dict(plain["facts"]),
    )
