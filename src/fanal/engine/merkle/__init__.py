"""RFC 6962 trees, their proofs and signed checkpoints."""
