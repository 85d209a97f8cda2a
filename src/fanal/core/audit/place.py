"""Where the audit log keeps what is not in the database."""

from pathlib import Path

from fanal.kit import settings


def sink_folder() -> Path:
    """Return the folder of the second sink."""
    return settings.read().data / "audit"


def key_file() -> Path:
    """Return the file of the key that signs checkpoints."""
    return settings.read().data / "keys" / "audit.ed25519"
