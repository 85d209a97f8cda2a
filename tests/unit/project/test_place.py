"""Where a cluster lives is written down once, whoever starts at the same moment."""

import threading
from pathlib import Path

import pytest

from fanal.project.postgres import place


def test_the_note_of_a_place_is_there_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "APART", tmp_path / "apart")  # as root, in tests' folders nobody else can enter
    seen, over = set[str](), threading.Event()

    def look() -> None:
        while not over.is_set():
            for note in tmp_path.glob(f"*/{place.NOTE}"):
                seen.add(note.read_text(encoding="utf-8"))

    reader = threading.Thread(target=look)
    reader.start()
    for number in range(200):
        place.make(tmp_path / str(number))
    over.set()
    reader.join()
    assert seen <= {"postgresql\n"} | {f"{place.find(tmp_path / str(number)).home}\n" for number in range(200)}
    assert all((tmp_path / str(number) / place.NOTE).exists() for number in range(200))
