"""Every action that the program notes in the audit log has a name that people can read."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from near_learn.privacy import actions

ROOT = Path(__file__).parents[2] / "near_learn"


def noted() -> Iterator[tuple[str, str]]:
    """(file, action) of every call of audit.note and audit.note_all with an action written out."""
    for path in sorted(ROOT.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if "audit" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {"audit.note", "audit.note_all"}:
                for keyword in node.keywords:
                    if keyword.arg == "action" and isinstance(keyword.value, ast.Constant):
                        yield path.name, str(keyword.value.value)


def test_every_action_has_a_name() -> None:
    assert {(file, action) for file, action in noted() if action not in actions.NAMES} == set()
