"""Two digests of a course: what changes them, and what does not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from near_learn.content import Course
from near_learn.content.library import load_course

GARDEN = Path(__file__).parents[1] / "records" / "courses" / "garden"
SOIL, WATER = "01-soil/en.md", "02-water/en.md"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(GARDEN, tmp_path / "garden"))


def read(folder: Path) -> Course:
    library = load_course(folder)
    assert not library.errors
    return library.courses["garden"]


def edit(folder: Path, file: str, before: str, after: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert before in text
    (folder / file).write_text(text.replace(before, after, 1), encoding="utf-8")


WORDING = [
    ("course.md", "en: ", "en: Our "),
    (SOIL, "title: ", "title: The "),
    (SOIL, "summary: ", "summary: More "),
    (SOIL, "- [x] ", "- [x] Surely: "),
    (SOIL, "More words", "Other words"),
    ("01-soil/es.md", "title: ", "title: El "),
]


@pytest.mark.parametrize(("file", "before", "after"), WORDING)
def test_wording_changes_neither(folder: Path, file: str, before: str, after: str) -> None:
    old = read(folder)
    edit(folder, file, before, after)
    new = read(folder)
    assert old.release != new.release
    assert old.structure == new.structure
    assert [module.quiz_key for module in old.modules] == [module.quiz_key for module in new.modules]


def test_the_order_of_modules_is_structure(folder: Path) -> None:
    old = read(folder)
    text = (folder / "course.md").read_text()
    text = text.replace("01-soil", "x").replace("02-water", "01-soil").replace("x", "02-water", 1)
    (folder / "course.md").write_text(text)
    new = read(folder)
    assert [module.id for module in new.modules] == ["water", "soil"]
    assert old.structure != new.structure
    assert old.module("soil").quiz_key == new.module("soil").quiz_key


def test_a_new_section_is_structure(folder: Path) -> None:
    old = read(folder)
    for language in ("en", "es"):
        edit(folder, f"01-soil/{language}.md", "\n## ", "\n## Extra {#extra}\n\nText.\n\n## ")
    new = read(folder)
    assert old.structure != new.structure
    assert old.module("soil").quiz_key == new.module("soil").quiz_key


def test_a_pass_mark_is_part_of_the_quiz(folder: Path) -> None:
    old = read(folder)
    for language in ("en", "es"):
        edit(folder, f"01-soil/{language}.md", "pass_mark: 0.6", "pass_mark: 0.7")
    new = read(folder)
    assert old.structure == new.structure
    assert old.module("soil").quiz_key != new.module("soil").quiz_key
    assert old.module("water").quiz_key == new.module("water").quiz_key


def test_a_right_answer_is_part_of_the_quiz(folder: Path) -> None:
    old = read(folder)
    for language in ("en", "es"):
        text = (folder / f"01-soil/{language}.md").read_text()
        quiz = text.index("{#quiz}")
        text = text[:quiz] + text[quiz:].replace("- [ ]", "- [y]").replace("- [x]", "- [ ]").replace(
            "- [y]", "- [x]"
        )
        (folder / f"01-soil/{language}.md").write_text(text)
    new = read(folder)
    assert old.structure == new.structure
    assert old.module("soil").quiz_key != new.module("soil").quiz_key
