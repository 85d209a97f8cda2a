"""The pages of the handbook that follow from the program: run this file to write them (`make handbook`)."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

from fanal.doors.cli.app import build
from fanal.engine.media.refusals import Refusal

ROOT = Path(__file__).parents[1]
HANDBOOK = ROOT / "docs" / "handbook"
SAID = ("code", "status", "next_step")

COMMANDS = """# Commands

Results go to standard output, words to standard error. The exit code is 0 when all went well, 1 when something failed,
2 when the command was typed wrongly. `--json` prints JSON Lines. `fanal COMMAND --help` says what stands here.
"""
ERRORS = """# Errors

Each error has a code that stays, a sentence, and the next step. A door that speaks HTTP answers with the status; a
command prints the sentence and the next step, and ends with 1.
"""
REFUSALS = """
## Files that could not be read

What is wrong with one file is noted at that file; the others go on, and its bytes are kept. The next step is to look at
it with a specialist's tool, or to submit it by its digests only.

| code | what it means |
|---|---|
"""


def commands_page() -> str:
    """Return the page of commands, as `--help` tells them."""
    return COMMANDS + "".join(_commands(get_command(build()), "fanal"))


def _commands(command: Any, name: str) -> Iterator[str]:
    children = getattr(command, "commands", {})
    if not children or command.params:
        yield f"\n## {name}\n\n{' '.join(command.help.split())}\n"
        yield from _parameters(command.params)
    for child, inner in children.items():
        yield from _commands(inner, f"{name} {child}")


def _parameters(parameters: list[Any]) -> Iterator[str]:
    rows = [f"| {_typed(one)} | {_default(one)} | {' '.join((one.help or '').split())} |\n" for one in parameters]
    if rows:
        yield "\n| argument or option | without it | what it is |\n|---|---|---|\n"
        yield from rows


def _typed(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return f"`{parameter.name.upper()}{'...' if parameter.nargs == -1 else ''}`"
    return ", ".join(f"`{option}`" for option in [*parameter.opts, *parameter.secondary_opts])


def _default(parameter: Any) -> str:
    if parameter.required:
        return "needed"
    shown = parameter.default not in (None, "", False, (), []) and not callable(parameter.default)
    if not shown:
        return ""
    return f"`{parameter.opts[0] if parameter.default is True else parameter.default}`"


def errors_page() -> str:
    """Return the page of error codes."""
    rows = [f"| `{one['code']}` | {one['status']} | {one['doc']} | {one['next_step']} |\n" for one in _errors()]
    table = "\n| code | status | what it means | next step |\n|---|---|---|---|\n" + "".join(rows)
    return ERRORS + table + REFUSALS + "".join(f"| `media.{one.name.lower()}` | {one.sentence} |\n" for one in Refusal)


def _errors() -> list[dict[str, Any]]:
    """Read the errors out of the source: what a class does not say, its family says."""
    classes = dict(_error_classes())
    found = [_inherited(name, classes) for name, own in classes.items() if "code" in own]
    found = [one for one in found if "next_step" in one]
    return sorted(found, key=lambda one: ("." in str(one["code"]), str(one["code"])))


def _error_classes() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted((ROOT / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and node.bases:
                said = dict(_said(node))
                first = (ast.get_docstring(node) or "").split("\n\n")[0]
                yield node.name, {**said, "doc": " ".join(first.split()), "family": ast.unparse(node.bases[0])}


def _said(node: ast.ClassDef) -> Iterator[tuple[str, Any]]:
    for line in node.body:
        target = line.targets[0] if isinstance(line, ast.Assign) else getattr(line, "target", None)
        value = getattr(line, "value", None)
        if isinstance(target, ast.Name) and target.id in SAID and isinstance(value, ast.Constant):
            yield target.id, value.value


def _inherited(name: str, classes: dict[str, dict[str, Any]]) -> dict[str, Any]:
    own = classes.get(name)
    if own is None:
        return {}
    return {**_inherited(str(own["family"]), classes), **own}


PAGES = {"commands.md": commands_page, "errors.md": errors_page}

if __name__ == "__main__":
    for page, written in PAGES.items():
        (HANDBOOK / page).write_text(written(), encoding="utf-8")
