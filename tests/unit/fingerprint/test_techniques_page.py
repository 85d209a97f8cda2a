"""The page on adding a technique shows the very code that the tests run."""

from pathlib import Path

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "handbook" / "techniques.md").read_text()
PLUGIN = ROOT / "tests" / "plugin"


def after_docstring(path: Path) -> str:
    return path.read_text().split('"""', 2)[2].strip()


def test_the_page_shows_the_technique_that_the_tests_install() -> None:
    assert after_docstring(PLUGIN / "mean_colour.py") in PAGE


def test_the_page_shows_how_it_is_tested_and_found() -> None:
    shown = after_docstring(PLUGIN / "test_mean_colour.py").replace("plugin.mean_colour", "mean_colour")
    assert shown in PAGE
    entry = (PLUGIN / "pyproject.toml").read_text().split("\n\n")[-1].strip()
    assert entry in PAGE
