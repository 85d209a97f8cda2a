"""The list of verbs is closed: what the code records is on it."""

import ast
from pathlib import Path

import fanal
from fanal.core.audit.vocabulary import ACTIONS


def recorded() -> dict[str, str]:
    """Return every verb written out in a call of `record` or `Entry`, with its file."""
    found: dict[str, str] = {}
    for path in sorted(Path(fanal.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("record", "Entry"):
                for argument in node.args[:1]:
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        found[argument.value] = path.name
    return found


def test_every_recorded_verb_is_in_the_vocabulary() -> None:
    verbs = recorded()
    assert "leads.judged" in verbs
    assert {verb: file for verb, file in verbs.items() if verb not in ACTIONS} == {}
