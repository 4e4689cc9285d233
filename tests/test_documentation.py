"""What the documents promise exists, and what exists is documented."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from near_learn.cli import cli
from near_learn.config import documentation

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")])


@pytest.mark.parametrize("variable", [variable for variable, _, _ in documentation()])
def test_every_setting_is_in_the_operators_guide(variable: str) -> None:
    assert f"`{variable}`" in (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")


def test_no_document_names_a_setting_that_does_not_exist() -> None:
    known = {variable for variable, _, _ in documentation()} | {"NEAR_LEARN_TEST_POSTGRESQL"}
    named = {
        (path.name, variable)
        for path in DOCUMENTS
        for variable in re.findall(r"NEAR_LEARN_[A-Z_]+[A-Z]", path.read_text(encoding="utf-8"))
    }
    assert {each for each in named if each[1] not in known} == set()


def commands(group: click.Group, prefix: str = "near-learn") -> list[str]:
    """The full name of every command."""
    names = []
    for name, command in group.commands.items():
        names += (
            commands(command, f"{prefix} {name}")
            if isinstance(command, click.Group)
            else [f"{prefix} {name}"]
        )
    return names


@pytest.mark.parametrize("command", commands(cli))
def test_every_command_is_documented(command: str) -> None:
    assert any(command in path.read_text(encoding="utf-8") for path in DOCUMENTS)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    prose = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.M | re.S)
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", prose):
        assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_every_make_target_has_a_help_line() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.search(r"^\.PHONY: (.*)$", makefile, re.M)
    assert targets
    for target in targets.group(1).split():
        assert re.search(rf"^{target}:.*## \S", makefile, re.M), target
