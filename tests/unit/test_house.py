"""The repository itself: what every part of it promises in how it is written."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import handbook

ROOT = handbook.ROOT
SOURCES = sorted((ROOT / "src").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
WRITTEN = ["src", "tests", "benchmarks", "docs", "scripts", "requirements", ".ci"]
AT_THE_TOP = ["README.md", "CHANGELOG.md", "Makefile", "pyproject.toml", ".importlinter", ".pre-commit-config.yaml"]
TEXT = {"", ".py", ".md", ".html", ".js", ".css", ".svg", ".po", ".txt", ".toml", ".json"}

MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_FUNCTION = 60
WORDS_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "common", "manager", "base_service", "misc"}

BOUNDARIES = {
    "engine/media/examine.py": "whatever a decoder raises on a hostile file, and its words, stays there",
    "engine/media/archive.py": "the same for unpackers",
    "engine/sandbox/zygote.py": "whatever is wrong with our own modules, the broker must hear it",
    "engine/sandbox/decoder.py": "a decoder answers with a refusal whatever happens to it",
    "engine/fingerprint/added.py": "code of another package is loaded; what it raises is told and costs no other",
    "casework/prints/queries.py": "an added technique that cannot look for a part costs its own links, not the search",
    "core/jobs/worker.py": "a job may fail in any way; it is retried, then put on the shelf with its reason",
    "doors/api/lookout.py": "where the lookout fails no stream stays open; whoever listened comes back and asks anew",
    "doors/cli/app.py": "a traceback would quote content: what was not foreseen is told by kind and place",
}
"""Where everything may be caught and not raised again, and why."""

SKIPS = {
    "contract/test_database_embedded.py": "only root has a second user to test with",
}
"""Tests that need what not every user has."""


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def parsed(paths: list[Path]) -> Iterator[tuple[Path, ast.AST]]:
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            yield path, node


def texts() -> Iterator[tuple[str, str]]:
    paths = [ROOT / name for name in AT_THE_TOP]
    for folder in WRITTEN:
        paths += [path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    for path in paths:
        if path.suffix in TEXT and path != Path(__file__):
            yield named(path), path.read_text(encoding="utf-8")


def test_files_are_short() -> None:
    assert [named(path) for path in SOURCES if lines(path) > MOST_LINES_OF_A_FILE] == []


def test_functions_are_short() -> None:
    # Counted from the first line of the body: a kernel's long list of arrays is no logic.
    long = [
        f"{named(path)}: {node.name}"
        for path, node in parsed(SOURCES)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.body[0].lineno + 1 > MOST_LINES_OF_A_FUNCTION
    ]
    assert long == []


def test_names_say_what_a_file_does() -> None:
    for path in [*SOURCES, *TESTS]:
        words = {part.removesuffix(".py") for part in path.relative_to(ROOT).parts}
        assert not words & WORDS_THAT_SAY_NOTHING, named(path)


def test_every_app_tells_its_promise() -> None:
    apps = [path.parent for path in SOURCES if path.name == "apps.py"]
    assert len(apps) >= 8
    assert [named(app) for app in apps if not (app / "README.md").exists()] == []


def test_everything_is_caught_only_at_the_boundaries() -> None:
    catching = set()
    for path, node in parsed(SOURCES):
        if not isinstance(node, ast.ExceptHandler):
            continue
        broad = node.type is None or ast.unparse(node.type) in ("Exception", "BaseException")
        goes_on = not any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
        if broad and goes_on:
            catching.add(path.relative_to(ROOT / "src" / "fanal").as_posix())
    assert sorted(catching - set(BOUNDARIES)) == []


def test_tests_do_not_skip() -> None:
    skipping = set()
    for path, node in parsed(TESTS):
        if isinstance(node, ast.Attribute) and node.attr in ("skip", "skipif", "xfail", "importorskip"):
            skipping.add(path.relative_to(ROOT / "tests").as_posix())
    assert sorted(skipping - set(SKIPS)) == []


def test_requirements_are_locked_and_name_no_place() -> None:
    for path in sorted((ROOT / "requirements").glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        assert "://" not in text, named(path)
        assert "--index" not in text, named(path)
        for requirement in re.split(r"\n(?=[a-z0-9])", text.strip()):
            assert re.match(r"[\w.\-\[\], ]+==\S+", requirement), requirement[:80]
            assert "--hash=sha256:" in requirement, requirement[:80]


def test_no_place_of_anybodys_machine_is_named() -> None:
    private = re.compile(r"/work/(main|shared)|/root/\.|/opt/|/home/[a-z]+/|/tmp/[a-z0-9]{2,3}/")
    registries = re.compile(r"\b(pypi\.org|pythonhosted\.org|deb\.debian\.org|registry\.npmjs\.org)\b")
    for name, text in texts():
        for pattern in (private, registries):
            found = pattern.search(text)
            assert not found, f"{name}: {found and found[0]}"


def test_every_setting_is_in_the_handbook() -> None:
    page = (handbook.HANDBOOK / "settings.md").read_text(encoding="utf-8")
    read = (ROOT / "src" / "fanal" / "kit" / "settings.py").read_text(encoding="utf-8")
    asked = set(re.findall(r'environ(?:\.get\(|\[)"([A-Z_]+)"', read)) - {"XDG_DATA_HOME"}
    explained = set(re.findall(r"^\| `([A-Z_]+)`", page, re.MULTILINE))
    assert len(asked) >= 7
    assert asked - explained == set(), "not in docs/handbook/settings.md"
    everywhere = "".join(path.read_text(encoding="utf-8") for path in SOURCES)
    assert {name for name in explained if name not in everywhere} == set(), "of no effect"


@pytest.mark.parametrize("page", handbook.PAGES)
def test_pages_of_the_handbook_say_what_the_program_says(page: str) -> None:
    written = (handbook.HANDBOOK / page).read_text(encoding="utf-8")
    assert written == handbook.PAGES[page](), f"docs/handbook/{page} is stale: make handbook"
