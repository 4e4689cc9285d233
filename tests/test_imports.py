"""The direction of imports: wsgi → near_learn → xapi; in near_learn from blueprints to foundations."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BLUEPRINTS = (
    "player",
    "certificates",
    "events",
    "reports",
    "admin",
    "authoring",
    "packages",
    "sign_in",
    "demo",
)


def imports(path: Path) -> Iterator[str]:
    """Every module that the file imports, as a dotted name; relative imports are resolved."""
    package = ".".join(path.relative_to(ROOT).with_suffix("").parts[:-1])
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parent = (
                ".".join(package.split(".")[: len(package.split(".")) - node.level + 1]) if node.level else ""
            )
            base = ".".join(part for part in (parent, node.module or "") if part)
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


RULES = {
    "xapi": r"(flask|near_learn|werkzeug)(\.|$)|flask_",
    "near_learn/content": r"flask(?!\.cli)|sqlalchemy|xapi|near_learn\.(?!content)",
    "near_learn/people": rf"near_learn\.({'|'.join(BLUEPRINTS)})(\.|$)",
    "near_learn/records": rf"near_learn\.({'|'.join(BLUEPRINTS)})(\.|$)",
    "near_learn/certificates": r"near_learn\.(player|reports|admin|demo)(\.|$)",
    "near_learn/events": r"near_learn\.(player|certificates|reports|admin|demo)(\.|$)",
    "near_learn/player": r"near_learn\.(reports|admin|demo)(\.|$)",
    "near_learn/reports": r"near_learn\.(player|admin|demo)(\.|$)",
}


@pytest.mark.parametrize(("folder", "forbidden"), list(RULES.items()))
def test_imports_go_one_way(folder: str, forbidden: str) -> None:
    files = sorted((ROOT / folder).rglob("*.py"))
    assert files, f"{folder} holds no code"
    found = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in files
        for name in imports(path)
        # The command that checks courses may ask the settings where they are.
        if re.match(forbidden, name)
        and not (path.name == "check_command.py" and name.startswith(("near_learn.config", "flask")))
    ]
    assert not found


def test_wsgi_imports_only_the_application() -> None:
    assert {name.split(".")[0] for name in imports(ROOT / "wsgi.py")} == {"near_learn"}
