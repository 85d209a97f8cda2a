"""Keys of signed notes (C2SP signed-note): Ed25519, named, with a four-byte id."""

import base64
import binascii
import hashlib
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from fanal.engine.merkle.errors import MalformedNote

ED25519 = 1
COSIGNATURE = 4
"""A witness's key (C2SP tlog-cosignature): what it signs begins with the time."""
_TIME = 8
_PRIVATE = "PRIVATE+KEY"


def check_name(untrusted_name: str) -> str:
    """Return the name of a key if signed-note allows it: not empty, no space, no plus. Raises MalformedNote."""
    if not untrusted_name or "+" in untrusted_name or any(sign.isspace() for sign in untrusted_name):
        raise MalformedNote("The name of a key is empty or has a space or plus in it.")
    return untrusted_name


def key_id(name: str, public: bytes, algorithm: int = ED25519) -> bytes:
    """Return the four bytes that find a key: SHA-256(name || newline || algorithm || public key)[:4]."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([algorithm]) + public).digest()[:4]


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with its name. Written as `name+id+base64`, the form other tools read."""

    name: str
    public: bytes
    algorithm: int = ED25519

    @property
    def id(self) -> bytes:
        """The four bytes that a signature names this key by."""
        return key_id(self.name, self.public, self.algorithm)

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{_encode(bytes([self.algorithm]) + self.public)}"

    @classmethod
    def parse(cls, untrusted_text: str) -> "VerifierKey":
        """Read a verifier key. Raises MalformedNote."""
        name, untrusted_id, material, algorithm = _split(untrusted_text.strip())
        found = cls(name, material, algorithm)
        if found.id.hex() != untrusted_id:
            raise MalformedNote("The id of this key is not that of its name and bytes.")
        return found

    def holds(self, signature: bytes, text: bytes) -> bool:
        """Tell whether this is the key's signature of the text; of a witness's key, its cosignature."""
        if self.algorithm == COSIGNATURE:
            signature, text = signature[_TIME:], _cosigned(text, cosigned_at(signature))
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key with its name."""

    name: str
    seed: bytes = field(repr=False)
    algorithm: int = ED25519

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        return VerifierKey(self.name, self._private().public_key().public_bytes_raw(), self.algorithm)

    def sign(self, text: bytes) -> bytes:
        """Return the 64 bytes of the signature (RFC 8032)."""
        return self._private().sign(text)

    def cosign(self, text: str, at: int) -> bytes:
        """Return the time (seconds since 1970) and the signature of both (cosignature/v1)."""
        return at.to_bytes(_TIME, "big") + self._private().sign(_cosigned(text.encode(), at))

    def secret_text(self) -> str:
        """Return the key as it is kept in a file: `PRIVATE+KEY+name+id+base64`."""
        return f"{_PRIVATE}+{self.name}+{self.verifier.id.hex()}+{_encode(bytes([self.algorithm]) + self.seed)}"

    @classmethod
    def parse(cls, untrusted_text: str) -> "SigningKey":
        """Read a key as `secret_text` wrote it. Raises MalformedNote."""
        head, _, rest = untrusted_text.strip().partition(f"{_PRIVATE}+")
        if head or not rest:
            raise MalformedNote("This is no private key.")
        name, untrusted_id, material, algorithm = _split(rest)
        found = cls(name, material, algorithm)
        if found.verifier.id.hex() != untrusted_id:
            raise MalformedNote("The id of this key is not that of its name and bytes.")
        return found

    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def cosigned_at(signature: bytes) -> int:
    """Return when a cosignature says that it was made: seconds since 1970."""
    return int.from_bytes(signature[:_TIME], "big")


def _cosigned(text: bytes, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n".encode() + text


def decode(untrusted_text: str) -> bytes:
    """Read base64 strictly: the one spelling of these bytes, nothing around it. Raises MalformedNote."""
    try:
        found = base64.b64decode(untrusted_text, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise MalformedNote("This is no base64.") from fault
    if _encode(found) != untrusted_text:
        raise MalformedNote("This base64 has bits to spare.")
    return found


def _encode(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _split(untrusted_text: str) -> tuple[str, str, bytes, int]:
    parts = untrusted_text.split("+", 2)
    if len(parts) != 3:
        raise MalformedNote("A key has three parts: its name, its id and its bytes.")
    material = decode(parts[2])
    if len(material) != 33 or material[0] not in (ED25519, COSIGNATURE):
        raise MalformedNote("This is no Ed25519 key.")
    return check_name(parts[0]), parts[1], material[1:], material[0]
