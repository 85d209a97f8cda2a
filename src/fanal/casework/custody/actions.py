"""Verbs of custody: write a dossier of an exhibit."""

import base64
import hashlib
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from fanal.casework.custody import verify
from fanal.casework.custody.case_uco import as_case
from fanal.casework.custody.entries import Told, entries_about
from fanal.casework.custody.record import as_json, as_page, record_of
from fanal.casework.evidence.holding import Held, held_by
from fanal.core.access.models import Agency
from fanal.core.audit.actions import record, sign_checkpoint
from fanal.core.audit.check import verifier_key
from fanal.core.audit.queries import Inclusion, consistency, inclusions
from fanal.core.audit.witnessing import longest_witnessed
from fanal.core.vault.actions import open_plain
from fanal.kit import clock
from fanal.kit.actor import Actor
from fanal.kit.errors import Conflict, Invalid

__all__ = ["Dossier", "export_dossier"]


@dataclass(frozen=True, slots=True)
class Dossier:
    """What was written."""

    entries: int
    withheld: int
    """Entries of which only the hash is shown."""
    key: str
    """The log's verifier key, to be handed over on another way."""


def export_dossier(agency: Agency, reference: str, folder: Path, actor: Actor, *, with_bytes: bool = False) -> Dossier:
    """Write a dossier of what an agency submitted itself into a new or empty folder; it is logged before.

    `reference`: as `held_by` reads it. Raises NotFound, Conflict for a folder that is not empty, Invalid where bytes
    are asked for that the agency did not submit, AuditUnavailable when it cannot be logged, and what the vault raises.
    """
    held = held_by(agency, reference)
    if with_bytes and not held.with_bytes:
        raise Invalid("Of this file the agency submitted digests alone.", next_step="Leave the bytes out.")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Conflict("%(folder)s is not an empty folder.", next_step="Name a new folder.", folder=folder)
    told = entries_about(agency, held)
    witnessed = longest_witnessed()
    files = _files(agency, held, told)
    if witnessed is not None:
        files["witnessed.txt"] = witnessed.note.encode()
    last = _log(held, told, files, actor, with_bytes=with_bytes, witnesses=witnessed.keys if witnessed else ())
    sign_checkpoint()
    proofs = inclusions([*(one.index for one in told), last])
    folder.mkdir(parents=True, exist_ok=True)
    proven = _proofs(told, proofs)
    if witnessed is not None:
        path = consistency(witnessed.size, proofs[0].size)
        proven["consistency.txt"] = b"".join(base64.b64encode(one) + b"\n" for one in path)
    for name, data in {**files, **proven}.items():
        (folder / name).write_bytes(data)
    if with_bytes:
        with open_plain(bytes(held.content.sha256 or b"")) as plain, (folder / "content.bin").open("xb") as file:
            shutil.copyfileobj(plain, file, 1 << 20)
    return Dossier(len(proofs), sum(not one.shown for one in told), verifier_key())


def _files(agency: Agency, held: Held, told: Sequence[Told]) -> dict[str, bytes]:
    """Return the files that the entry of the export commits to, but for the bytes."""
    facts = record_of(agency, held, told, clock.now())
    return {
        "record.json": as_json(facts),
        "record.html": as_page(facts),
        "case.jsonld": as_case(facts),
        "verify.py": Path(verify.__file__).read_bytes(),
        "log.key": f"{verifier_key()}\n".encode(),
    }


@transaction.atomic
def _log(
    held: Held,
    told: Sequence[Told],
    files: Mapping[str, bytes],
    actor: Actor,
    *,
    with_bytes: bool,
    witnesses: Sequence[str],
) -> int:
    """Log the export, with the digests of all that will be written; return the index of the entry."""
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    if with_bytes:
        digests["content.bin"] = bytes(held.content.sha256 or b"").hex()
    listed = "".join(f"{one.index} {one.hash.hex()}\n" for one in told)
    detail = {"files": digests, "entries": hashlib.sha256(listed.encode()).hexdigest(), "witnesses": list(witnesses)}
    return record("custody.exported", actor=actor, subject=f"content:{held.content.pk}", detail=detail)


def _proofs(told: Sequence[Told], proofs: Sequence[Inclusion]) -> dict[str, bytes]:
    """Return the files that prove themselves."""
    withheld = {one.index for one in told if not one.shown}
    lines = [
        verify.canonical(
            {
                "index": proof.index,
                "leaf": None if proof.index in withheld else proof.leaf.decode(),
                "hash": proof.hash.hex(),
                "proof": [base64.b64encode(one).decode() for one in proof.proof],
            }
        )
        for proof in proofs
    ]
    return {"entries.jsonl": ("\n".join(lines) + "\n").encode(), "checkpoint.txt": proofs[0].checkpoint.encode()}
