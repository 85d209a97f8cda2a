"""Signed notes (C2SP signed-note): a text, an empty line, and a line for each signature."""

import base64
from dataclasses import dataclass

from fanal.engine.merkle.errors import MalformedNote, UnverifiedNote
from fanal.engine.merkle.keys import SigningKey, VerifierKey, check_name, decode

MAX_NOTE = 1_000_000
"""Bytes of a note."""
MAX_SIGNATURES = 100
_MARK = "\u2014 "


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: who says to have signed, the key's id, and the bytes that follow it."""

    name: str
    key_id: bytes
    content: bytes

    def __str__(self) -> str:
        return f"{_MARK}{self.name} {base64.b64encode(self.key_id + self.content).decode()}"


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends with a newline, and its signatures, not yet verified."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return f"{self.text}\n" + "".join(f"{signature}\n" for signature in self.signatures)

    def signed_by(self, key: VerifierKey) -> bool:
        """Tell whether the key signed this text. A line that names the key but does not verify spoils the note.

        Raises UnverifiedNote for such a line.
        """
        named = [one for one in self.signatures if one.name == key.name and one.key_id == key.id]
        if not all(key.holds(one.content, self.text.encode()) for one in named):
            raise UnverifiedNote(f"A signature on this note says it is by {key.name}, but is not.")
        return bool(named)


def sign(text: str, *keys: SigningKey) -> Note:
    """Return the text signed by each key. Raises MalformedNote for a text that no note may have."""
    _check_text(text)
    return Note(text, tuple(Signature(key.name, key.verifier.id, key.sign(text.encode())) for key in keys))


def parse_note(untrusted_note: str) -> Note:
    """Read a note; nothing is verified yet. Raises MalformedNote."""
    if len(untrusted_note) > MAX_NOTE:
        raise MalformedNote("This note is too long.")
    text, gap, lines = untrusted_note.rpartition("\n\n")
    if not gap or not lines.endswith("\n"):
        raise MalformedNote("A note is a text, an empty line and signatures, each line ended.")
    _check_text(text + "\n")
    untrusted_lines = lines[:-1].split("\n")
    if len(untrusted_lines) > MAX_SIGNATURES:
        raise MalformedNote("This note has too many signatures.")
    return Note(text + "\n", tuple(_parse_signature(line) for line in untrusted_lines))


def open_note(untrusted_note: str, key: VerifierKey) -> Note:
    """Read a note and verify that this key signed it. Raises MalformedNote, UnverifiedNote."""
    note = parse_note(untrusted_note)
    if not note.signed_by(key):
        raise UnverifiedNote(f"This note is not signed by {key.name} ({key.id.hex()}).")
    return note


def _check_text(untrusted_text: str) -> None:
    if not untrusted_text.endswith("\n"):
        raise MalformedNote("The text of a note ends with a newline.")
    if any((sign < " " and sign != "\n") or "\ud800" <= sign <= "\udfff" for sign in untrusted_text):
        raise MalformedNote("The text of a note has control characters in it.")


def _parse_signature(untrusted_line: str) -> Signature:
    mark, name, encoded = untrusted_line[: len(_MARK)], *untrusted_line[len(_MARK) :].partition(" ")[::2]
    if mark != _MARK:
        raise MalformedNote("A signature line begins with a dash.")
    content = decode(encoded)
    if len(content) < 5:
        raise MalformedNote("A signature is longer than the id of its key.")
    return Signature(check_name(name), content[:4], content[4:])
