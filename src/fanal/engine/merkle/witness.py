"""What a witness does: keep the last checkpoint of somebody's log, and accept none that does not continue it."""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from fanal.engine.merkle.checkpoint import Checkpoint, open_checkpoint
from fanal.engine.merkle.errors import MalformedNote, ProofFailed
from fanal.engine.merkle.keys import SigningKey, VerifierKey, decode
from fanal.engine.merkle.notes import Note, Signature, parse_note
from fanal.engine.merkle.proofs import check_consistency

MAX_PROOF = 63
"""Hashes that a consistency proof may have."""
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})", re.ASCII)


def exchange(seen: Checkpoint, shown: Checkpoint, proof: Sequence[bytes]) -> Checkpoint:
    """Return the longer of two verified checkpoints of one log, once it is proven to contain the other.

    `proof` is the consistency proof between their sizes, whichever is longer (RFC 6962, section 2.1.2). Raises
    ProofFailed when the log showed two histories, or when these are two logs: both notes together are the evidence.
    """
    if seen.origin != shown.origin:
        raise ProofFailed(f"{seen.origin} and {shown.origin} are two logs.")
    older, newer = sorted((seen, shown), key=lambda one: one.size)
    check_consistency(older.size, newer.size, older.root, newer.root, proof)
    return newer


@dataclass(frozen=True, slots=True)
class Request:
    """What a log asks of a witness (C2SP tlog-witness, add-checkpoint): to cosign a checkpoint that continues `old`."""

    old: int
    proof: tuple[bytes, ...]
    note: str

    def __str__(self) -> str:
        lines = (f"old {self.old}", *(base64.b64encode(one).decode() for one in self.proof))
        return "".join(f"{line}\n" for line in lines) + f"\n{self.note}"


def parse_request(untrusted_text: str) -> Request:
    """Read a request; nothing is verified. Raises MalformedNote."""
    head, gap, note = untrusted_text.partition("\n\n")
    first, *untrusted_proof = head.split("\n")
    stated = _OLD.fullmatch(first)
    if not gap or not stated or len(untrusted_proof) > MAX_PROOF:
        raise MalformedNote("A request begins with the size that was seen, a proof and an empty line.")
    return Request(int(stated[1]), tuple(decode(line) for line in untrusted_proof), note)


def cosign(request: Request, log: VerifierKey, key: SigningKey, seen: str | None, at: int) -> str:
    """Return the requested note with the witness's cosignature, once it is proven to continue what was seen.

    `seen`: the note that this witness cosigned last. `at`: seconds since 1970. Raises MalformedNote, UnverifiedNote
    for what is not the log's; ProofFailed where history was rewritten: both notes together are the evidence.
    """
    shown = open_checkpoint(request.note, log)
    if seen is not None:
        _refuse_rewritten(open_checkpoint(seen, log), shown, request)
    elif request.old:
        raise ProofFailed(f"This witness has seen nothing yet, and was shown a proof from {request.old} on.")
    note = parse_note(request.note)
    return str(Note(note.text, (*note.signatures, Signature(key.name, key.verifier.id, key.cosign(note.text, at)))))


def _refuse_rewritten(seen: Checkpoint, shown: Checkpoint, request: Request) -> None:
    if shown.size < seen.size:
        raise ProofFailed(f"{seen.size} leaves were seen, only {shown.size} are shown: leaves were taken away.")
    if request.old != seen.size:
        raise ProofFailed(f"The proof begins at {request.old} leaves, but this witness saw {seen.size}.")
    try:
        exchange(seen, shown, request.proof)
    except ProofFailed as fault:
        raise ProofFailed(
            f"The log of {shown.size} leaves does not begin with the {seen.size} that were seen: history was rewritten."
        ) from fault
