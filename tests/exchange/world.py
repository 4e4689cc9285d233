"""A course whose quiz is given, for what is imported and exported."""

from pathlib import Path

from near_learn.content import Question, load
from tests.content.world import FRONT, GOOD, write


def course_with(folder: Path, questions: str) -> Path:
    """A courses folder in which the quiz of the first module of `c` holds these questions."""
    text = f"{FRONT}\n## Why {{#why}}\n\nText.\n\n## Quiz {{#quiz}}\n\n{questions}"
    return write(folder, GOOD | {"c/01-one/en.md": text})


def questions_of(folder: Path, questions: str) -> tuple[Question, ...]:
    """The questions as learners get them."""
    library = load(course_with(folder, questions))
    assert [str(problem) for problem in library.errors] == []
    return library.courses["c"].module("m").text("en").quiz
