"""A copy of a log in files: whatever is in them, the proof ends with a report."""

import random
from pathlib import Path

import pytest

from fanal.core.audit.copy import CHECKPOINTS, HASHES, KEPT, LEAVES, prove_folder
from fanal.core.audit.entry import canonical
from tampering import EACH, KEY, honest_log

LOG = honest_log(2 * EACH)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An honest copy."""
    (tmp_path / LEAVES).write_bytes(b"".join(leaf + b"\n" for leaf in LOG.leaves))
    (tmp_path / HASHES).write_text("".join(f"{value.hex()}\n" for value in LOG.hashes), encoding="ascii")
    lines = [canonical({"checkpoint": note}) + b"\n" for note in LOG.checkpoints]
    (tmp_path / CHECKPOINTS).write_bytes(b"".join(lines))
    (tmp_path / KEPT).write_bytes(lines[-1])
    return tmp_path


def test_an_honest_copy_holds(folder: Path) -> None:
    assert prove_folder(folder, KEY.verifier).holds


@pytest.mark.parametrize(
    ("name", "line", "sentence"),
    [
        (LEAVES, b"", "Leaf 3 is not what its hash says."),
        (HASHES, b"no hash", "Leaf 3 is not what its hash says."),
        (HASHES, b"\xff\xfe", "Leaf 3 is not what its hash says."),
        (HASHES, b"abcd", "Leaf 3 is not what its hash says."),
    ],
)
def test_a_foreign_line_is_named(folder: Path, name: str, line: bytes, sentence: str) -> None:
    lines = (folder / name).read_bytes().splitlines()
    lines[3] = line
    (folder / name).write_bytes(b"\n".join(lines) + b"\n")
    report = prove_folder(folder, KEY.verifier)
    assert [str(fault) for fault in report.faults] == [sentence]
    assert report.first_bad_leaf == 3


@pytest.mark.parametrize("line", [b"nonsense", b"\xff", b"[]", b'{"checkpoint":1}', b'{"checkpoint":"","x":1}', b"["])
@pytest.mark.parametrize("name", [CHECKPOINTS, KEPT])
def test_a_foreign_checkpoint_is_named(folder: Path, name: str, line: bytes) -> None:
    with (folder / name).open("ab") as file:
        file.write(line + b"\n")
    assert "does not hold" in str(prove_folder(folder, KEY.verifier).faults[0])


def test_a_leaf_gone_from_the_end_is_named(folder: Path) -> None:
    lines = (folder / LEAVES).read_bytes().splitlines(keepends=True)
    (folder / LEAVES).write_bytes(b"".join(lines[:-1]))
    report = prove_folder(folder, KEY.verifier)
    assert report.first_bad_leaf == 2 * EACH - 1
    assert "is gone" in str(report.faults[0])


def test_any_byte_changed_anywhere_is_found(folder: Path, dice: random.Random) -> None:
    for name in (LEAVES, HASHES, CHECKPOINTS):
        whole = (folder / name).read_bytes()
        for _ in range(60):
            position = dice.randrange(len(whole) - 1)
            changed = bytes([(whole[position] + dice.randrange(1, 256)) % 256])
            if changed.lower() == whole[position : position + 1].lower() and name == HASHES:
                continue  # hexadecimal in capitals says the same
            (folder / name).write_bytes(whole[:position] + changed + whole[position + 1 :])
            assert not prove_folder(folder, KEY.verifier).holds, (name, position, changed)
        (folder / name).write_bytes(whole)
    assert prove_folder(folder, KEY.verifier).holds
