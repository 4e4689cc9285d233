"""What the checker says about bad course files: every message with its file and line, as a trainer reads it.

The cases are in the files of bad/: a name, the text, and what the checker prints.
"""

from pathlib import Path

import pytest

from tests.content.world import (
    ENGLISH,
    FRONT,
    KINDS_FRONT,
    KINDS_TEXT,
    QUIZ,
    SPANISH,
    TEXT,
    Case,
    cases,
    found,
    library,
)


def table(file: str) -> pytest.MarkDecorator:
    """One test a case of the file."""
    return pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in cases(file)])


@table("prose.txt")
def test_prose(case: Case, tmp_path: Path) -> None:
    text = f"{FRONT}\n## Text {{#text}}\n\n{case.text}{QUIZ}"
    assert found(library(tmp_path, en=text.replace("\n\n## Text", "\n## Text", 1))) == case.expected


@table("structure.txt")
def test_structure(case: Case, tmp_path: Path) -> None:
    assert found(library(tmp_path, en=FRONT + case.text + "\n")) == case.expected


@table("questions.txt")
def test_questions(case: Case, tmp_path: Path) -> None:
    assert found(library(tmp_path, en=FRONT + case.text + "\n")) == case.expected


@table("front.txt")
def test_front_matter(case: Case, tmp_path: Path) -> None:
    assert found(library(tmp_path, en=case.text + TEXT)) == case.expected


@table("translation.txt")
def test_translation(case: Case, tmp_path: Path) -> None:
    assert found(library(tmp_path, en=ENGLISH, es=case.text + "\n")) == case.expected


@table("translated-questions.txt")
def test_translated_questions(case: Case, tmp_path: Path) -> None:
    english = KINDS_FRONT + KINDS_TEXT
    assert found(library(tmp_path, en=english, es=case.text + "\n")) == case.expected


@table("course.txt")
def test_course_page(case: Case, tmp_path: Path) -> None:
    assert found(library(tmp_path, course=case.text, es=SPANISH)) == case.expected


def test_the_small_course_itself_is_clean(tmp_path: Path) -> None:
    assert found(library(tmp_path, es=SPANISH)) == ""
