"""Verifies a custody dossier. Needs Python 3.8 or later and nothing else: no server, no network, no Fanal.

    python3 verify.py [FOLDER] [--key VERIFIER_KEY] [--witness WITNESS_KEY ...]

Give the log's verifier key as you know it from elsewhere: without it, the key that lies in the dossier is used, and
whoever could sign a dossier of their own could put their own key beside it. The same goes for the keys of witnesses:
each that you give must have cosigned. Ends with 0 when everything holds.

Standards: Ed25519 (RFC 8032), Merkle trees (RFC 6962, proofs checked as RFC 9162 says), signed notes and cosignatures
(C2SP signed-note, tlog-checkpoint, tlog-cosignature).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import sys
import time
from pathlib import Path
from typing import Any, Iterator, Tuple  # noqa: UP035  # Python 3.8 knows these only here

COMMITTED = ("record.json", "record.html", "verify.py", "log.key")
OPTIONAL = ("content.bin", "witnessed.txt", "case.jsonld")
PROVEN = ("entries.jsonl", "checkpoint.txt")
WITNESS_PROOF = "consistency.txt"
EXPORTED = "custody.exported"
DASH = "\u2014 "
ED25519, COSIGNATURE = 1, 4

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
Point = Tuple[int, int, int, int]  # noqa: UP006  # the same


class Refused(Exception):
    """Something in the dossier does not hold; says what."""


def _add(one: Point, two: Point) -> Point:
    a = (one[1] - one[0]) * (two[1] - two[0]) % P
    b = (one[1] + one[0]) * (two[1] + two[0]) % P
    c = 2 * one[3] * two[3] * D % P
    d = 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _sum(first: int, one: Point, second: int, two: Point) -> Point:
    """Return first x one + second x two, both doubled together."""
    choice: list[Point] = [(0, 1, 1, 0), one, two, _add(one, two)]
    result = choice[0]
    for bit in range(max(first.bit_length(), second.bit_length()) - 1, -1, -1):
        result = _add(result, result)
        wanted = first >> bit & 1 | (second >> bit & 1) << 1
        if wanted:
            result = _add(result, choice[wanted])
    return result


def _point(encoded: bytes) -> Point | None:
    """Decode a point (RFC 8032, section 5.1.3); None when there is none."""
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if len(encoded) != 32 or y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed25519_holds(public: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether this is the key's signature of the message (RFC 8032, section 5.1.7)."""
    key, commitment = _point(public), _point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or key is None or commitment is None or BASE is None or s >= ORDER:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    x, y, z, _ = _sum(s, BASE, h, (P - key[0], key[1], 1, P - key[3]))
    return (x - commitment[0] * z) % P == 0 and (y - commitment[1] * z) % P == 0


def decode(text: str) -> bytes:
    """Read base64 in its one spelling."""
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refused("Something that should be base64 is not.") from None
    if base64.b64encode(found).decode() != text:
        raise Refused("Something is written in base64 in another way than it should.")
    return found


class Key:
    """A verifier key: `name+id+base64`."""

    def __init__(self, text: str) -> None:
        parts = text.strip().split("+", 2)
        if len(parts) != 3 or not parts[0]:
            raise Refused("This is no verifier key: " + text[:80])
        self.text, self.name, stated, self.material = text.strip(), parts[0], parts[1], decode(parts[2])
        self.id = hashlib.sha256(self.name.encode() + b"\n" + self.material).digest()[:4]
        if len(self.material) != 33 or self.material[0] not in (ED25519, COSIGNATURE) or self.id.hex() != stated:
            raise Refused("This is no verifier key: " + text[:80])

    def when_signed(self, text: str, content: bytes) -> int | None:
        """Return when a cosignature was made (seconds; 0 for a plain signature), None when it does not verify."""
        if self.material[0] == ED25519:
            return 0 if ed25519_holds(self.material[1:], text.encode(), content) else None
        at = int.from_bytes(content[:8], "big")
        message = f"cosignature/v1\ntime {at}\n{text}".encode()
        return at if ed25519_holds(self.material[1:], message, content[8:]) else None


def read_note(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """Return the text of a signed note, and its signatures by name."""
    text, gap, rest = note.rpartition("\n\n")
    if not gap or not rest.endswith("\n"):
        raise Refused("A checkpoint is no signed note.")
    found = []
    for line in rest[:-1].split("\n"):
        name, space, content = line[len(DASH) :].partition(" ")
        if not line.startswith(DASH) or not space:
            raise Refused("A signature line of a checkpoint is none.")
        found.append((name, decode(content)))
    return text + "\n", found


def open_checkpoint(note: str, key: Key) -> tuple[str, int, bytes, list[tuple[str, bytes]]]:
    """Return text, size, root and further signatures of a checkpoint that this key signed."""
    text, signatures = read_note(note)
    lines = text.split("\n")
    if len(lines) != 4 or lines[0] != key.name or not lines[1].isdigit() or str(int(lines[1])) != lines[1]:
        raise Refused("A checkpoint is not one of this log.")
    name, content = signatures[0]
    if name != key.name or content[:4] != key.id or key.when_signed(text, content[4:]) is None:
        raise Refused("A checkpoint is not signed by the log's key.")
    return text, int(lines[1]), decode(lines[2]), signatures[1:]


def node(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node (RFC 6962, section 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def climb(position: int, last: int, path: list[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield each sibling from the bottom up, and whether it stands on the left; refuse a path of the wrong length."""
    for sibling in path:
        if last == 0:
            raise Refused("A proof is too long.")
        on_left = bool(position & 1) or position == last
        yield sibling, on_left
        while on_left and position and not position & 1:
            position, last = position >> 1, last >> 1
        position, last = position >> 1, last >> 1
    if last:
        raise Refused("A proof is too short.")


def root_of(index: int, size: int, leaf: bytes, path: list[bytes]) -> bytes:
    """Return the root that a leaf's path leads to (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size:
        raise Refused(f"There is no entry {index} in a log of {size}.")
    for sibling, on_left in climb(index, size - 1, path):
        leaf = node(sibling, leaf) if on_left else node(leaf, sibling)
    return leaf


def continues(old: int, new: int, old_root: bytes, new_root: bytes, path: list[bytes]) -> bool:
    """Tell whether the log of `new` leaves begins with that of `old` (RFC 9162, section 2.1.4.2)."""
    if old == new or not 0 < old < new:
        return old == new and not path and old_root == new_root
    path = ([old_root] if old & (old - 1) == 0 else []) + path
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    first = second = path[0] if path else b""
    for sibling, on_left in climb(position, last, path[1:]):
        first = node(sibling, first) if on_left else first
        second = node(sibling, second) if on_left else node(second, sibling)
    return first == old_root and second == new_root


def canonical(value: Any) -> str:
    """Return the one way in which a line of entries is written."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def check_entries(lines: list[str], size: int, root: bytes) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Check each entry against the signed root; return them, and what the last one says: that this was exported."""
    entries, before = [], -1
    for line in lines:
        entry = json.loads(line)
        index, leaf, stated = entry["index"], entry["leaf"], bytes.fromhex(entry["hash"])
        same = canonical(entry) == line and stated.hex() == entry["hash"]
        if not same or set(entry) != {"hash", "index", "leaf", "proof"}:
            raise Refused("A line of entries.jsonl is not written as it should be.")
        if leaf is not None and hashlib.sha256(b"\x00" + leaf.encode()).digest() != stated:
            raise Refused(f"Entry {index} was changed.")
        if index <= before or root_of(index, size, stated, [decode(one) for one in entry["proof"]]) != root:
            raise Refused(f"Entry {index} is not in the log that was signed.")
        before = index
        entries.append(entry)
    if not entries or entries[-1]["leaf"] is None:
        raise Refused("The entry of the export is missing.")
    last = json.loads(entries[-1]["leaf"])
    if last["action"] != EXPORTED or last["index"] != entries[-1]["index"]:
        raise Refused("The entry of the export is missing.")
    listed = "".join(f"{one['index']} {one['hash']}\n" for one in entries[:-1])
    if hashlib.sha256(listed.encode()).hexdigest() != last["detail"]["entries"]:
        raise Refused("Entries were taken out of the dossier or put into it.")
    return entries, last


def digest(path: Path, *names: str) -> list[str]:
    """Return the digests of a file, read once."""
    hashes = [hashlib.new(name) for name in names]
    with path.open("rb") as file:
        for piece in iter(lambda: file.read(1 << 20), b""):
            for one in hashes:
                one.update(piece)
    return [one.hexdigest() for one in hashes]


def check_files(folder: Path, committed: dict[str, str]) -> None:
    """Check that the files are those whose digests the log wrote down before they were handed out."""
    there = {path.name for path in folder.iterdir()}
    expected = set(committed) | set(PROVEN) | ({WITNESS_PROOF} if "witnessed.txt" in committed else set())
    if not set(COMMITTED) <= set(committed) or set(committed) - set(COMMITTED) - set(OPTIONAL):
        raise Refused("The log names other files than a dossier has.")
    if there != expected:
        raise Refused("Files are missing, or are there that do not belong: " + ", ".join(sorted(there ^ expected)))
    for name, stated in committed.items():
        path = folder / name
        if path.is_symlink() or not path.is_file() or digest(path, "sha256") != [stated]:
            raise Refused(f"{name} is not what was exported.")


def check_content(folder: Path, committed: dict[str, str]) -> str:
    """Check the bytes against the digests of the record, where they were exported."""
    known = json.loads((folder / "record.json").read_bytes().decode("utf-8"))["content"]
    if "content.bin" not in committed:
        return "The bytes are not in this dossier; compare them with the digests in record.json."
    names = [name for name in ("sha256", "sha1", "md5") if known[name]]
    if digest(folder / "content.bin", *names) != [known[name] for name in names]:
        raise Refused("content.bin has not the digests of the record.")
    return f"content.bin has the digests that were taken when it was received ({', '.join(names)})."


def check_witnesses(folder: Path, keys: list[str], trusted: list[Key], log: Key, size: int, root: bytes) -> list[str]:
    """Check what witnesses cosigned, and that the log that was signed now continues it.

    `keys` are those that the dossier names, `trusted` those that are known from elsewhere: each must have cosigned.
    """
    text, old, old_root, lines = open_checkpoint((folder / "witnessed.txt").read_bytes().decode("utf-8"), log)
    proof = (folder / WITNESS_PROOF).read_bytes().decode("utf-8")
    if proof and not proof.endswith("\n"):
        raise Refused(f"{WITNESS_PROOF} was cut off.")
    if not continues(old, size, old_root, root, [decode(line) for line in proof.split("\n")[:-1]]):
        raise Refused("The log does not continue what witnesses saw: its history was rewritten.")
    known = {(key.name, key.id): key for key in [*map(Key, keys), *trusted]}
    said, seen = [], set()
    for name, content in lines:
        key = known.get((name, content[:4]))
        at = key.when_signed(text, content[4:]) if key else None
        if at is None:
            raise Refused(f"The cosignature of {name} does not hold.")
        seen.add((name, content[:4]))
        day = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(at))
        said.append(f"{name} ({key.text if key else ''}) saw the first {old} entries on {day}; none was changed since.")
    for key in trusted:
        if (key.name, key.id) not in seen:
            raise Refused(f"The witness {key.name} has not cosigned with the key that you gave: {key.text}")
    ungiven = sorted(name for name, _ in seen - {(key.name, key.id) for key in trusted})
    if ungiven:
        said.append(
            "Of these the key was taken from the dossier itself (give it with --witness): " + ", ".join(ungiven)
        )
    return said


def verify(folder: Path, key_text: str = "", witnesses: list[str] | None = None) -> list[str]:
    """Return what holds, in sentences. Raises Refused, saying what does not."""
    trusted = [Key(text) for text in witnesses or []]
    stated = (folder / "log.key").read_bytes().decode("utf-8")
    key = Key(key_text or stated)
    if Key(stated).material != key.material or Key(stated).name != key.name:
        raise Refused("The dossier is of another log than the key that you gave.")
    note = (folder / "checkpoint.txt").read_bytes().decode("utf-8")
    _, size, root, more = open_checkpoint(note, key)
    if more:
        raise Refused("The checkpoint has signatures that do not belong there.")
    text = (folder / "entries.jsonl").read_bytes().decode("utf-8")
    if not text.endswith("\n"):
        raise Refused("entries.jsonl was cut off.")
    entries, last = check_entries(text[:-1].split("\n"), size, root)
    committed = last["detail"]["files"]
    check_files(folder, committed)
    withheld = sum(entry["leaf"] is None for entry in entries)
    said = [
        f"The log {key.name} of {size} entries signed this.",
        f"All {len(entries)} entries are in it, none was changed, left out or added"
        + (f"; of {withheld} only the hash is shown, as they speak of other exhibits too." if withheld else "."),
        f"All files are those that were exported on {last['at']}.",
        check_content(folder, committed),
    ]
    if "witnessed.txt" in committed:
        said += check_witnesses(folder, last["detail"]["witnesses"], trusted, key, size, root)
    elif trusted:
        raise Refused("No witness has seen this log, and you gave the key of one.")
    else:
        said.append("No witness has seen this log yet: what holds, holds if its key was not misused.")
    if not key_text:
        said.append("The key was taken from the dossier itself: compare it with one from elsewhere: " + stated.strip())
    return said


def main(arguments: list[str]) -> int:
    """Verify the folder that is named, or the one that this file lies in; return the exit code."""
    given: dict[str, list[str]] = {"--key": [], "--witness": []}
    folders, words = [], iter(arguments)
    for word in words:
        if word in given:
            given[word].append(next(words, ""))
        else:
            folders.append(word)
    folder = Path(folders[0]) if folders else Path(__file__).resolve().parent
    try:
        said = verify(folder, "".join(given["--key"][-1:]), given["--witness"])
    except Refused as refused:
        sys.stdout.write(f"DOES NOT HOLD. {refused}\n")
        return 1
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        sys.stdout.write(f"DOES NOT HOLD. The dossier cannot be read: {fault!r}\n")
        return 1
    sys.stdout.write("HOLDS.\n" + "".join(f"  {sentence}\n" for sentence in said))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
