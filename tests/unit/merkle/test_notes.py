"""Signed notes and checkpoints: what others signed is read, what is foreign is refused, nothing crashes the parser."""

import base64
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanal.engine.merkle.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint, peek
from fanal.engine.merkle.errors import MalformedNote, UnverifiedNote
from fanal.engine.merkle.keys import SigningKey, VerifierKey
from fanal.engine.merkle.notes import MAX_SIGNATURES, open_note, parse_note, sign

KEY = SigningKey("fanal/test", bytes(range(32)))
OTHER = SigningKey("witness.example/one", bytes(range(1, 33)))
POINT = Checkpoint("fanal/test", 7, bytes(32))

PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETERS_NOTE = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
"""The example of the signed-note format's first implementation."""


def test_a_note_signed_by_another_implementation_is_read() -> None:
    note = open_note(PETERS_NOTE, VerifierKey.parse(PETER))
    assert note.text.startswith("If you think")
    assert str(note) == PETERS_NOTE


def test_a_verifier_key_is_written_as_it_is_read() -> None:
    assert str(VerifierKey.parse(PETER)) == PETER


def test_a_signing_key_is_written_as_it_is_read() -> None:
    assert SigningKey.parse(KEY.secret_text()) == KEY
    assert "seed" not in repr(KEY)


@pytest.mark.parametrize(
    "text",
    ["", "fanal", "PRIVATE+KEY+", KEY.secret_text()[:-4], KEY.secret_text().replace("test", "rest"), str(KEY.verifier)],
)
def test_what_is_no_signing_key_is_refused(text: str) -> None:
    with pytest.raises(MalformedNote):
        SigningKey.parse(text)


@pytest.mark.parametrize(
    "text",
    ["", "a+b", "a b+c74f20a3+AR==", PETER.replace("c7", "c8"), PETER[:-4], PETER.replace("+AR", "+BR"), "+" + PETER],
)
def test_what_is_no_verifier_key_is_refused(text: str) -> None:
    with pytest.raises(MalformedNote):
        VerifierKey.parse(text)


def test_a_checkpoint_is_read_as_it_was_signed() -> None:
    point = Checkpoint("fanal/test", 12345, bytes(range(32)), ("an extension",))
    assert open_checkpoint(point.signed(KEY), KEY.verifier) == point


def test_a_cosigned_checkpoint_holds_for_both() -> None:
    note = parse_note(POINT.signed(KEY, OTHER))
    assert note.signed_by(KEY.verifier)
    assert note.signed_by(OTHER.verifier)


def test_a_checkpoint_of_another_log_is_refused() -> None:
    foreign = str(sign(Checkpoint("fanal/other", 7, bytes(32)).text, KEY))
    with pytest.raises(UnverifiedNote, match="not of"):
        open_checkpoint(foreign, KEY.verifier)


def test_a_checkpoint_signed_by_another_key_is_refused() -> None:
    impostor = SigningKey("fanal/test", bytes(32))
    with pytest.raises(UnverifiedNote):
        open_checkpoint(POINT.signed(impostor), KEY.verifier)
    with pytest.raises(UnverifiedNote):
        open_checkpoint(POINT.signed(OTHER), KEY.verifier)


def test_one_bad_signature_of_the_key_spoils_the_note() -> None:
    good = POINT.signed(KEY)
    forged = base64.b64encode(KEY.verifier.id + bytes(64)).decode()
    with pytest.raises(UnverifiedNote, match="but is not"):
        open_checkpoint(f"{good}— {KEY.name} {forged}\n", KEY.verifier)


def test_every_bit_of_a_signed_checkpoint_matters() -> None:
    signed = POINT.signed(KEY).encode()
    for position in range(len(signed) * 8):
        changed = bytearray(signed)
        changed[position // 8] ^= 1 << position % 8
        with pytest.raises((MalformedNote, UnverifiedNote)):
            open_checkpoint(changed.decode("utf-8", "replace"), KEY.verifier)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "origin\n",
        "origin\n1\n",
        "origin\n01\n" + POINT.text.split("\n")[2] + "\n",
        "origin\n-1\n" + POINT.text.split("\n")[2] + "\n",
        "origin\n9223372036854775808\n" + POINT.text.split("\n")[2] + "\n",
        "origin\n1\nAAAA\n",
        "origin\n1\n" + POINT.text.split("\n")[2],
        "\n1\n" + POINT.text.split("\n")[2] + "\n",
        POINT.text + "\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(MalformedNote):
        parse_checkpoint(text)


@pytest.mark.parametrize(
    "line", ["", "fanal/test AAAAAAAA", "— fanal/test", "— fanal/test AAAA", "—  AAAAAAAA", "- a AAAAAAAA"]
)
def test_what_is_no_signature_is_refused(line: str) -> None:
    with pytest.raises(MalformedNote):
        parse_note(f"{POINT.text}\n{line}\n")


@pytest.mark.parametrize("origin", ["", "two\nlines", "tab\there", "lone\ud800surrogate"])
def test_nothing_is_signed_that_could_not_be_read(origin: str) -> None:
    with pytest.raises(MalformedNote):
        Checkpoint(origin, 1, bytes(32)).signed(KEY)


def test_a_note_has_bounds() -> None:
    note = POINT.signed(KEY)
    with pytest.raises(MalformedNote, match="too long"):
        parse_note("x" * 1_000_001 + note)
    line = note.rstrip("\n").rsplit("\n", 1)[1]
    with pytest.raises(MalformedNote, match="too many"):
        parse_note(note + f"{line}\n" * MAX_SIGNATURES)


@given(st.text())
def test_no_text_breaks_the_parsers(untrusted_text: str) -> None:
    for parser in (parse_note, parse_checkpoint, peek, VerifierKey.parse, SigningKey.parse):
        with suppress(MalformedNote):
            assert parser(untrusted_text) is not None


PIECES = st.sampled_from(
    [
        "\n",
        "\n\n",
        "— ",
        "fanal/test",
        " ",
        "+",
        "7",
        "0",
        "=",
        POINT.text,
        str(KEY.verifier),
        POINT.signed(KEY),
        "\ud800",
    ]
)


@given(st.lists(st.one_of(PIECES, st.text(max_size=3)), max_size=8).map("".join))
def test_no_near_note_breaks_the_parsers_or_passes_as_signed(untrusted_text: str) -> None:
    try:
        found = open_checkpoint(untrusted_text, KEY.verifier)
    except (MalformedNote, UnverifiedNote):
        return
    assert found == POINT


ORIGINS = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1)


@given(ORIGINS, st.integers(0, 2**63 - 1), st.binary(min_size=32, max_size=32), st.lists(ORIGINS, max_size=3))
def test_every_checkpoint_comes_back(origin: str, size: int, root: bytes, extensions: list[str]) -> None:
    point = Checkpoint(origin, size, root, tuple(extensions))
    note, found = peek(point.signed(KEY))
    assert found == point
    assert note.signed_by(KEY.verifier)
