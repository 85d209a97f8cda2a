"""A witness's own folder, on a machine of its own: its key, the log's key, and what it saw last. Needs no database.

witness.key    the key that cosigns; nobody else may read it
log.key        the verifier key of the log that is witnessed, as it was agreed on
seen.txt       the last checkpoint that this witness cosigned
"""

import os
from dataclasses import dataclass
from pathlib import Path

from fanal.engine.merkle.errors import ProofFailed
from fanal.engine.merkle.keys import COSIGNATURE, SigningKey, VerifierKey, check_name
from fanal.engine.merkle.witness import cosign, parse_request
from fanal.kit import clock
from fanal.kit.errors import Conflict, NotFound
from fanal.kit.ids import random_bytes

KEY, LOG, SEEN, REFUSED = "witness.key", "log.key", "seen.txt", "refused.txt"


@dataclass(frozen=True, slots=True)
class WitnessFolder:
    """The folder of one witness of one log."""

    path: Path

    @property
    def key(self) -> SigningKey:
        """The key that cosigns. Raises NotFound, MalformedNote."""
        return SigningKey.parse(self._read(KEY))

    @property
    def log(self) -> VerifierKey:
        """The key of the log. Raises NotFound, MalformedNote."""
        return VerifierKey.parse(self._read(LOG))

    def cosign(self, untrusted_request: str) -> str:
        """Return the note with this witness's cosignature; it is kept here before it is handed out.

        Raises what `engine.merkle.witness.cosign` raises. What does not continue what was seen is kept as evidence.
        """
        seen = self._read(SEEN) if (self.path / SEEN).exists() else None
        try:
            note = cosign(parse_request(untrusted_request), self.log, self.key, seen, int(clock.now().timestamp()))
        except ProofFailed:
            self._write(REFUSED, untrusted_request, 0o600)
            raise
        self._write(SEEN, note, 0o600)
        return note

    def _read(self, name: str) -> str:
        try:
            return (self.path / name).read_text(encoding="utf-8")
        except FileNotFoundError:
            raise NotFound(
                f"{self.path} is no folder of a witness: {name} is not there.",
                next_step="Make one: fanal witness new FOLDER --name NAME --log KEY",
            ) from None

    def _write(self, name: str, text: str, mode: int) -> None:
        """Put a file in the place of what there was, durably."""
        draft = self.path / f".{name}.{random_bytes(6).hex()}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path / name)
        folder = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    @classmethod
    def make(cls, path: Path, name: str, log: VerifierKey) -> "WitnessFolder":
        """Draw a key in a new folder. Raises Conflict, MalformedNote for a name that no key may have."""
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        if any(path.iterdir()):
            raise Conflict(f"{path} is not empty.", next_step="Name a new folder.")
        made = cls(path)
        made._write(KEY, SigningKey(check_name(name), random_bytes(32), COSIGNATURE).secret_text() + "\n", 0o600)
        made._write(LOG, f"{log}\n", 0o600)
        return made
