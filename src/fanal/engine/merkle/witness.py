"""What a witness does: keep the last checkpoint of somebody's log, and accept none that does not continue it."""

from collections.abc import Sequence

from fanal.engine.merkle.checkpoint import Checkpoint
from fanal.engine.merkle.errors import ProofFailed
from fanal.engine.merkle.proofs import check_consistency


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
