"""Checkpoints (C2SP tlog-checkpoint): a log's name, size and root, as the text of a signed note."""

import base64
import re
from dataclasses import dataclass

from fanal.engine.merkle.errors import MalformedNote, UnverifiedNote
from fanal.engine.merkle.hashing import HASH_SIZE
from fanal.engine.merkle.keys import SigningKey, VerifierKey, decode
from fanal.engine.merkle.notes import Note, open_note, parse_note, sign

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
MAX_SIZE = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: that its first `size` leaves have this root."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The text that is signed."""
        lines = (self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.extensions)
        return "".join(f"{line}\n" for line in lines)

    def signed(self, *keys: SigningKey) -> str:
        """Return the signed note. Raises MalformedNote when origin or extensions cannot be lines of a note."""
        parse_checkpoint(self.text)
        return str(sign(self.text, *keys))


def parse_checkpoint(untrusted_text: str) -> Checkpoint:
    """Read the text of a checkpoint; nothing is verified. Raises MalformedNote."""
    lines = untrusted_text.split("\n")
    if len(lines) < 4 or lines[-1] or not all(lines[:-1]):
        raise MalformedNote("A checkpoint has three lines or more, none of them empty.")
    origin, untrusted_size, untrusted_root, *extensions = lines[:-1]
    if not _SIZE.fullmatch(untrusted_size) or int(untrusted_size) > MAX_SIZE:
        raise MalformedNote("The size in this checkpoint is no number of leaves.")
    root = decode(untrusted_root)
    if len(root) != HASH_SIZE:
        raise MalformedNote("The root in this checkpoint is no SHA-256 hash.")
    return Checkpoint(origin, int(untrusted_size), root, tuple(extensions))


def open_checkpoint(untrusted_note: str, key: VerifierKey) -> Checkpoint:
    """Read a signed checkpoint of the log whose key this is.

    The name of a log's key is the log's origin. Raises MalformedNote, UnverifiedNote.
    """
    checkpoint = parse_checkpoint(open_note(untrusted_note, key).text)
    if checkpoint.origin != key.name:
        raise UnverifiedNote(f"This is a checkpoint of the log {checkpoint.origin!r}, not of {key.name}.")
    return checkpoint


def peek(untrusted_note: str) -> tuple[Note, Checkpoint]:
    """Read a signed checkpoint without verifying any signature. Raises MalformedNote."""
    note = parse_note(untrusted_note)
    return note, parse_checkpoint(note.text)
