"""Whole question banks to Markdown: what comes out, what is said to be lost, what the checker says."""

from pathlib import Path

import pytest

from near_learn.content import load
from near_learn.exchange import command, taking
from near_learn.exchange.naming import Ids
from tests.exchange.world import course_with

BANKS = Path(__file__).parent / "banks"
FILES = ["kitchen.gift", "garden.xml"]


def taken(file: str) -> tuple[str, str]:
    """The Markdown of a bank, and its notes a line each."""
    bank = command.read((BANKS / file).read_bytes())
    questions = [markdown for _, markdown in taking.written(bank, Ids())]
    notes = "".join(f"{note.line}: {note.message}\n" for note in sorted(set(bank.notes)))
    return "\n".join(questions), notes


@pytest.mark.parametrize("file", FILES)
def test_markdown(file: str) -> None:
    assert taken(file)[0] == (BANKS / f"{file}.md").read_text("utf-8")


@pytest.mark.parametrize("file", FILES)
def test_what_is_lost_is_said(file: str) -> None:
    assert taken(file)[1] == (BANKS / f"{file}.notes").read_text("utf-8")


@pytest.mark.parametrize("file", FILES)
def test_the_checker_takes_every_question(file: str, tmp_path: Path) -> None:
    library = load(course_with(tmp_path, taken(file)[0]))
    assert [str(problem) for problem in library.errors] == []


def test_categories() -> None:
    bank = command.read((BANKS / "kitchen.gift").read_bytes())
    assert taking.categories(bank.questions) == {"kitchen/start": 5, "kitchen/numbers": 8}
    bank = command.read((BANKS / "garden.xml").read_bytes())
    assert set(taking.categories(bank.questions)) == {"garden/basics", "garden/more"}
