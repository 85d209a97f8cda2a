"""A snapshot is whole or refused, replaced at once, and shared by processes."""

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fanal.engine import compiled
from fanal.engine.match.hamming import HammingIndex
from fanal.engine.match.hamming.snapshot import DamagedSnapshot
from fanal.kit.errors import StorageFull
from hashes import SEED, answered, changed, uniform

SIZE = 5_000


@pytest.fixture
def index() -> HammingIndex:
    made = HammingIndex.build(uniform(np.random.default_rng(SEED), SIZE), np.arange(SIZE))
    made.add(uniform(np.random.default_rng(SEED + 1), 10), np.arange(SIZE, SIZE + 10))
    made.remove(np.array([3, SIZE + 2]))
    return made


def test_an_opened_index_answers_as_the_saved_one(index: HammingIndex, tmp_path: Path) -> None:
    index.save(tmp_path / "index")
    opened = HammingIndex.open(tmp_path / "index")
    queries = changed(np.random.default_rng(SEED), uniform(np.random.default_rng(SEED), 500), np.full(500, 20))
    assert len(opened) == len(index) == SIZE + 10 - 2
    assert answered(opened, queries, 31) == answered(index, queries, 31)
    assert [path.name for path in tmp_path.iterdir()] == ["index"]


def test_any_damaged_byte_is_noticed(index: HammingIndex, tmp_path: Path) -> None:
    path = tmp_path / "index"
    index.save(path)
    whole = path.read_bytes()
    used = np.flatnonzero(np.frombuffer(whole, np.uint8))
    places = [0, 9, 40, *np.random.default_rng(SEED).choice(used, 40).tolist()]
    for place in places:
        damaged = bytearray(whole)
        damaged[place] ^= 0x10
        path.write_bytes(damaged)
        with pytest.raises(DamagedSnapshot) as refused:
            HammingIndex.open(path)
        assert str(path) in refused.value.message
        assert "build the index again" in refused.value.hint


@pytest.mark.parametrize("length", [0, 7, 16, 300, 4096, 100_000, -1])
def test_a_file_cut_short_is_noticed_without_reading_it(index: HammingIndex, tmp_path: Path, length: int) -> None:
    path = tmp_path / "index"
    index.save(path)
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(DamagedSnapshot):
        HammingIndex.open(path, verify=False)


def test_damage_can_be_looked_for_later(index: HammingIndex, tmp_path: Path) -> None:
    path = tmp_path / "index"
    index.save(path)
    opened = HammingIndex.open(path, verify=False)
    opened.verify()
    with path.open("r+b") as file:
        file.seek(8192)
        file.write(b"damage")
    with pytest.raises(DamagedSnapshot):
        opened.verify()


def test_what_cannot_be_written_leaves_the_old_one(
    index: HammingIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "index"
    index.save(path)
    before = path.read_bytes()

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    index.add(uniform(np.random.default_rng(SEED), 1), np.array([77]))
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(StorageFull):
        index.save(path)
    assert path.read_bytes() == before
    assert [left.name for left in tmp_path.iterdir()] == ["index"]


def test_a_mapped_index_outlives_its_replacement(index: HammingIndex, tmp_path: Path) -> None:
    path = tmp_path / "index"
    index.save(path)
    opened = HammingIndex.open(path)
    queries = uniform(np.random.default_rng(SEED), 100)
    before = answered(opened, queries, 31)
    HammingIndex().save(path)
    assert answered(opened, queries, 31) == before
    assert len(HammingIndex.open(path)) == 0


READER = """
import sys
import numpy as np
from fanal.engine.match.hamming import HammingIndex
index = HammingIndex.open(sys.argv[1])
hashes = np.frombuffer(bytes.fromhex(sys.stdin.readline()), np.uint8).reshape(-1, 32)
index.remove(np.array([int(sys.argv[2])]))
print(index.search(hashes, 0)[1].tolist(), len(index), flush=True)
sys.stdin.readline()
"""


def test_processes_share_a_snapshot_and_not_their_changes(index: HammingIndex, tmp_path: Path) -> None:
    path = tmp_path / "index"
    index.save(path)
    queries = uniform(np.random.default_rng(SEED), SIZE)[:3]
    with ExitStack() as both:
        readers = [both.enter_context(reader(path, number)) for number in (0, 1)]
        told = []
        for process in readers:
            process.stdin.write(queries.tobytes().hex() + "\n")
            process.stdin.flush()
            told.append(process.stdout.readline().strip())
        facts = [mapping(process.pid, path) for process in readers]
        for process in readers:
            process.communicate("\n")
    assert told == [f"[1, 2] {SIZE + 7}", f"[0, 2] {SIZE + 7}"]
    for fact in facts:
        assert fact["Shared_Clean"] + fact["Shared_Dirty"] > 0
        assert fact["Private_Dirty"] == 0


def reader(path: Path, number: int) -> Any:
    command = [sys.executable, "-c", READER, str(path), str(number)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def mapping(process: int, path: Path) -> dict[str, int]:
    """Return what the kernel tells of a process's mapping of a file, in kB."""
    lines = Path(f"/proc/{process}/smaps").read_text().split(str(path))[1].splitlines()[1:20]
    facts = (line.split(":", 1) for line in lines if line.endswith("kB"))
    return {name: int(value.split()[0]) for name, value in facts}


def test_import_is_cheap() -> None:
    script = "import sys, fanal.engine.match.hamming; print('numba' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"


def test_compiled_code_is_named_after_every_source_it_comes_from() -> None:
    folder = Path(compiled.__file__).parent
    for name in compiled.KERNEL_SOURCES:
        assert (folder / name).is_file()
    used = [path for path in folder.rglob("*.py") if "engine.compiled import" in path.read_text()]
    assert {str(path.relative_to(folder)) for path in used} <= set(compiled.KERNEL_SOURCES)


def test_a_folder_others_can_write_to_is_not_trusted_with_code(tmp_path: Path) -> None:
    ours, open_to_all = tmp_path / "ours", tmp_path / "open"
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    assert compiled._is_ours(ours)
    assert not compiled._is_ours(open_to_all)
    (tmp_path / "file").touch()
    assert not compiled._is_ours(tmp_path / "file" / "below")
