"""What a tree, a note or a proof can be refused for."""

from fanal.kit.errors import Invalid


class MalformedNote(Invalid):
    """This text is no signed note, no checkpoint or no key."""

    code = "merkle.malformed_note"
    next_step = "Fetch it again; it was cut off or changed on the way."


class UnverifiedNote(Invalid):
    """No signature on this note is by the key that is trusted."""

    code = "merkle.unverified_note"
    next_step = "Check that the verifier key is that of this log; if it is, the note is forged."


class ProofFailed(Invalid):
    """A proof does not lead to the root that was signed."""

    code = "merkle.proof_failed"
    next_step = "Keep both checkpoints: together they show that the log was changed."
