"""Keys of those who read notices: what is taken, what is refused, and that other programs open what was sealed."""

import subprocess
from pathlib import Path

import pyrage
import pysequoia
import pytest

from fanal.casework.notices.keys import SecretKeyShown, read_key, seal_for
from fanal.kit.errors import Invalid

AGE = "age1t7rxyev2z3rw82stdlrrepyc39nvn86l5078zqkf5uasdy86jp6svpy7pa"
"""The recipient of the test vectors of C2SP/age (X25519)."""


def test_an_age_recipient_is_its_own_fingerprint() -> None:
    key = read_key(f"  {AGE}\n")
    assert (key.kind, key.text) == ("age", AGE)
    assert key.fingerprint.replace(" ", "") == AGE
    assert seal_for(key, b"x").startswith(b"age-encryption.org/v1\n-> X25519 ")


def test_what_is_no_public_key_is_refused() -> None:
    secret = str(pysequoia.Tsk.generate("a@example"))
    for shown in (str(pyrage.x25519.Identity.generate()), secret):
        with pytest.raises(SecretKeyShown):
            read_key(shown)
    for nothing in ("", "age1nonsense", AGE[:-1], "-----BEGIN PGP PUBLIC KEY BLOCK-----", "x" * 200_000):
        with pytest.raises(Invalid):
            read_key(nothing)


def test_what_was_sealed_opens_for_its_key_and_for_no_other() -> None:
    mine, other = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    sealed = seal_for(read_key(str(mine.to_public())), b"a tiled stove")
    assert pyrage.decrypt(sealed, [mine]) == b"a tiled stove"
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(sealed, [other])


def test_gnupg_opens_what_was_sealed_for_its_key(tmp_path: Path) -> None:
    home = tmp_path / "gnupg"
    home.mkdir(mode=0o700)
    gpg = ["gpg", "--homedir", str(home), "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""]
    subprocess.run([*gpg, "--quick-gen-key", "desk@ma.example", "rsa2048", "sign,encrypt"], check=True, timeout=120)
    public = subprocess.run([*gpg, "--armor", "--export"], check=True, capture_output=True, text=True).stdout
    sealed = seal_for(read_key(public), b"a tiled stove")
    opened = subprocess.run([*gpg, "--decrypt"], input=sealed, capture_output=True, check=True)
    assert opened.stdout == b"a tiled stove"
    subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=False)
