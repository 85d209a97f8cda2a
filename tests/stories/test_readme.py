"""Whoever types what README.md says sees what it shows."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from fanal.project.postgres import place

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"(?P<before>[^\n]*)\n```console\n(?P<lines>.*?)\n```", re.DOTALL)
SECONDS = 300


@dataclass
class Typed:
    """One command of the page and the lines that it promises."""

    command: str
    promised: list[str] = field(default_factory=list)


def commands() -> list[Typed]:
    """Return the commands of all blocks but those marked as not run, with a reason."""
    found: list[Typed] = []
    for block in BLOCK.finditer(README):
        if re.fullmatch(r"<!-- not run: .+ -->", block["before"]):
            continue
        for line in block["lines"].split("\n"):
            if line.startswith("$ "):
                found.append(Typed(line.removeprefix("$ ")))
            else:
                found[-1].promised.append(line)
    return found


def promised(lines: list[str]) -> re.Pattern[str]:
    """Return a pattern of the lines in their order; `...` stands for anything, a line of its own for any lines."""
    return re.compile(".*?".join(re.escape(part) for part in "\n".join(lines).split("...")), re.DOTALL)


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    """A person's terminal, with the command at hand and a data folder that is empty."""
    folder = Path(tempfile.mkdtemp(prefix="fanal-readme-"))
    folder.chmod(0o711)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    yield {
        **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        "FANAL_DATA": str(folder / "data"),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "PATH": path,
    }
    _wait_for_the_server_to_stop(folder / "data")
    shutil.rmtree(folder)


def _wait_for_the_server_to_stop(data: Path) -> None:
    running = place.find(data).cluster / "postmaster.pid"
    deadline = time.monotonic() + 300
    while running.exists():
        assert time.monotonic() < deadline, "PostgreSQL runs on, though nobody uses it"
        time.sleep(0.1)


def test_what_the_page_shows_is_what_happens(environment: dict[str, str]) -> None:
    typed = commands()
    assert len(typed) >= 5
    for one in typed:
        done = subprocess.run(
            one.command, shell=True, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=SECONDS
        )
        assert done.returncode == 0, f"{one.command}\n{done.stdout}\n{done.stderr}"
        assert promised(one.promised).search(done.stdout + done.stderr), f"{one.command}\n{done.stdout}\n{done.stderr}"


def test_every_file_that_the_page_names_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
