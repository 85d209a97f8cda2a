"""Small secrets that must be read again, encrypted under a key that is not in the database.

A copy of the database tells none of them. Each is bound to what it is for and to whose it is, so that none is of use
in another's place.
"""

from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from fanal.kit.ids import random_bytes

NONCE_BYTES = 12


def seal(secret: bytes, *, purpose: str, of: UUID) -> bytes:
    """Return a secret encrypted for a purpose, such as `factors`, and for the row or person whose it is."""
    nonce = random_bytes(NONCE_BYTES)
    return nonce + _key(purpose).encrypt(nonce, secret, of.bytes)


def unseal(sealed: bytes, *, purpose: str, of: UUID) -> bytes | None:
    """Return the secret; None where it was sealed under another key, for another purpose or for somebody else."""
    try:
        return _key(purpose).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], of.bytes)
    except InvalidTag:
        return None


def _key(purpose: str) -> AESGCM:
    about = f"fanal.access.{purpose}".encode()
    return AESGCM(HKDF(SHA256(), 32, None, about).derive(str(settings.SECRET_KEY).encode()))
