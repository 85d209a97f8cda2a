"""The script in a dossier checks signatures and proofs as the house does, with nothing but the standard library."""

import ast
import random
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fanal.casework.custody import verify
from fanal.engine.merkle.hashing import leaf_hash
from fanal.engine.merkle.proofs import consistency_proof, inclusion_proof
from trees import Grove

RFC_8032 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
            "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
            "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
]
"""Public key, message and signature of the first three tests in RFC 8032, section 7.1."""


@pytest.mark.parametrize(("public", "message", "signature"), RFC_8032)
def test_the_published_vectors_hold_and_no_neighbour_of_theirs(public: str, message: str, signature: str) -> None:
    key, said, signed = (bytes.fromhex(one) for one in (public, message, signature))
    assert verify.ed25519_holds(key, said, signed)
    assert not verify.ed25519_holds(key, said + b"x", signed)
    for at in range(0, 64, 7):
        assert not verify.ed25519_holds(key, said, signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1 :])
    assert not verify.ed25519_holds(key, said, signed[:63])
    # The same number modulo the order of the group is another signature, which RFC 8032 refuses.
    more = (int.from_bytes(signed[32:], "little") + verify.ORDER).to_bytes(32, "little")
    assert not verify.ed25519_holds(key, said, signed[:32] + more)


def test_what_others_sign_holds(dice: random.Random) -> None:
    for _ in range(10):
        key, text = Ed25519PrivateKey.from_private_bytes(dice.randbytes(32)), dice.randbytes(100)
        public = key.public_key().public_bytes_raw()
        assert verify.ed25519_holds(public, text, key.sign(text))


@pytest.mark.parametrize("public", [b"", b"\xff" * 32, (2).to_bytes(32, "little"), b"\x01" + bytes(30) + b"\x80"])
def test_what_is_no_point_is_no_key(public: bytes) -> None:
    assert not verify.ed25519_holds(public, b"", bytes(64))


def test_every_proof_of_small_trees_leads_to_their_root() -> None:
    for size in range(1, 20):
        leaves = [b"leaf %d" % number for number in range(size)]
        grove = Grove(leaves)
        for index, leaf in enumerate(leaves):
            path = list(inclusion_proof(index, size, grove))
            assert verify.root_of(index, size, leaf_hash(leaf), path) == grove.roots[size]
            with pytest.raises(verify.Refused):
                verify.root_of(index, size, leaf_hash(leaf), [*path, bytes(32)])
        for old in range(1, size + 1):
            path = list(consistency_proof(old, size, grove))
            assert verify.continues(old, size, grove.roots[old], grove.roots[size], path)
            assert not verify.continues(old, size, bytes(32), grove.roots[size], path)


def test_it_needs_nothing_but_the_standard_library() -> None:
    tree = ast.parse(Path(verify.__file__).read_text(encoding="utf-8"), feature_version=(3, 8))
    plain = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    whence = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert plain | whence <= set(sys.stdlib_module_names)
