"""Public keys of those who read notices, and sealing for them: age (C2SP) and OpenPGP (RFC 9580). All in memory.

Both ways are of libraries that do nothing else: `pyrage` binds the Rust implementation of age, `pysequoia` the library
Sequoia. GnuPG would need a keyring on the disk and a program to call.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyrage
import pysequoia

from fanal.casework.notices.models import KeyKind
from fanal.kit import clock
from fanal.kit.errors import Invalid

LONGEST_KEY = 100_000
SUFFIXES: Mapping[str, str] = {KeyKind.AGE: ".pdf.age", KeyKind.OPENPGP: ".pdf.pgp"}
"""What a sealed file's name ends in."""
_GROUP = 4
_SECRET = ("AGE-SECRET-KEY-", "PRIVATE KEY BLOCK")


class SecretKeyShown(Invalid):
    """Somebody sent a secret key where the public one was asked for."""

    code = "notices.secret_key"
    next_step = "Do not keep it. Tell its owner that it is no longer secret: they must make a new one."


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that something can be sealed for."""

    kind: KeyKind
    text: str
    fingerprint: str
    """What both sides read to each other, in groups of four."""


def read_key(text: str) -> PublicKey:
    """Return the key that a text holds. Raises Invalid for what is none, or cannot be used; SecretKeyShown."""
    given = text.replace("\0", "").strip()
    if not given or len(given) > LONGEST_KEY:
        raise Invalid("There is no key.", next_step="Paste an age recipient (age1…) or an OpenPGP public key.")
    if any(mark in given.upper() for mark in _SECRET):
        raise SecretKeyShown("This is a secret key.")
    return _age(given) if given.lower().startswith("age1") else _openpgp(given)


def _age(text: str) -> PublicKey:
    try:
        recipient = str(pyrage.x25519.Recipient.from_str(text))
    except pyrage.RecipientError as fault:
        raise Invalid(
            "This is no age recipient (X25519).", next_step="It begins with age1 and has 62 letters and digits."
        ) from fault
    return PublicKey(KeyKind.AGE, recipient, _grouped(recipient))


def _openpgp(text: str) -> PublicKey:
    try:
        certificate = pysequoia.Cert.from_bytes(text.encode())
    except Exception:  # noqa: BLE001 - the binding raises what it likes, with a long trace of its own
        raise Invalid(
            "This is no public key.", next_step="Paste an age recipient (age1…) or an armoured OpenPGP certificate."
        ) from None
    expires: datetime | None = certificate.expiration
    if certificate.is_revoked or (expires is not None and expires <= clock.now()):
        raise Invalid("This key was revoked, or its time is over.", next_step="Ask its owner for the new one.")
    key = PublicKey(KeyKind.OPENPGP, str(certificate), _grouped(certificate.fingerprint.upper()))
    _seal_openpgp(key, b"")  # one that only signs is found out now, not when a child waits
    return key


def seal_for(key: PublicKey, plain: bytes) -> bytes:
    """Return what only the owner of the key can open. Raises Invalid where the key can no longer be used."""
    return _WAYS[key.kind](key, plain)


def _seal_age(key: PublicKey, plain: bytes) -> bytes:
    sealed: bytes = pyrage.encrypt(plain, [pyrage.x25519.Recipient.from_str(key.text)])
    return sealed


def _seal_openpgp(key: PublicKey, plain: bytes) -> bytes:
    certificate: Any = pysequoia.Cert.from_bytes(key.text.encode())
    try:
        return bytes(pysequoia.encrypt(plain, recipients=[certificate], armor=False))
    except Exception:  # noqa: BLE001 - as above
        raise Invalid(
            "Nothing can be sealed for this key: it only signs, or its time is over.",
            next_step="Ask its owner for one that encrypts.",
        ) from None


_WAYS: Mapping[KeyKind, Callable[[PublicKey, bytes], bytes]] = {
    KeyKind.AGE: _seal_age,
    KeyKind.OPENPGP: _seal_openpgp,
}


def _grouped(text: str) -> str:
    return " ".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))
