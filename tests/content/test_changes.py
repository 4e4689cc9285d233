"""What learners notice of a new state of a course: each kind of change, and nothing else."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from near_learn.content import Course
from near_learn.content.changes import Changes, Lists, ModuleChange, compare
from near_learn.content.library import load_course

GARDEN = Path(__file__).parents[1] / "records" / "courses" / "garden"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(GARDEN, tmp_path / "garden"))


def read(folder: Path) -> Course:
    library = load_course(folder)
    assert not library.errors, library.errors
    return library.courses["garden"]


def edit(folder: Path, before: str, after: str, *files: str) -> None:
    for file in files or ("01-soil/en.md", "01-soil/es.md"):
        text = (folder / file).read_text(encoding="utf-8")
        assert before in text, (file, before)
        (folder / file).write_text(text.replace(before, after, 1), encoding="utf-8")


def changed(folder: Path, change: Callable[[], None]) -> Changes:
    old = read(folder)
    change()
    return compare(old, read(folder))


def soil(found: Changes) -> ModuleChange:
    (only,) = found.modules
    assert only.module.id == "soil"
    return only


def test_the_same_state_is_no_change(folder: Path) -> None:
    found = compare(read(folder), read(folder))
    assert not found
    assert found == Changes(first=False, structure=False)


def test_of_a_new_course_everything_is_new(folder: Path) -> None:
    found = compare(None, read(folder))
    assert found
    assert found.first
    assert not found.structure
    assert [(each.what, each.module.id) for each in found.modules] == [("added", "soil"), ("added", "water")]


def test_wording_is_told_by_language(folder: Path) -> None:
    found = changed(folder, lambda: edit(folder, "title: ", "title: X ", "01-soil/es.md"))
    assert soil(found).wording == ("es",)
    assert not found.structure
    assert found.quizzes == ()
    assert soil(found).sections == soil(found).quiz == Lists()


def test_wording_of_the_course_page(folder: Path) -> None:
    found = changed(folder, lambda: edit(folder, "What this", "Which", "course.md"))
    assert found.page == ("en",)
    assert not found.modules
    assert found


def test_wording_of_a_question_is_wording(folder: Path) -> None:
    found = changed(folder, lambda: edit(folder, "- [x] Sun", "- [x] Sunlight", "01-soil/en.md"))
    assert soil(found).wording == ("en",)
    assert not soil(found).quiz
    assert found.quizzes == ()


def test_a_changed_quiz_question(folder: Path) -> None:
    def turn_round() -> None:
        for language in ("en", "es"):
            path = folder / f"01-soil/{language}.md"
            before, heading, quiz = path.read_text().partition("{#partners}")
            quiz = quiz.replace("- [ ]", "- [y]").replace("- [x]", "- [ ]", 1).replace("- [y]", "- [x]")
            path.write_text(before + heading + quiz)

    found = changed(folder, turn_round)
    assert soil(found).quiz == Lists(changed=("partners",))
    assert found.quizzes == ("soil",)
    assert not found.structure


def test_an_added_and_a_removed_quiz_question(folder: Path) -> None:
    found = changed(folder, lambda: edit(folder, "{#purpose}", "{#meaning}"))
    assert soil(found).quiz == Lists(added=("meaning",), removed=("purpose",))
    assert found.quizzes == ("soil",)


def test_a_changed_knowledge_check_changes_no_quiz(folder: Path) -> None:
    found = changed(folder, lambda: edit(folder, "{#needed}", "{#wanted}"))
    assert soil(found).checks == Lists(added=("wanted",), removed=("needed",))
    assert found.quizzes == ()
    assert not found.structure


def test_a_pass_mark_is_a_setting_and_makes_another_quiz(folder: Path) -> None:
    found = changed(folder, lambda: edit(folder, "pass_mark: 0.6", "pass_mark: 0.7"))
    assert soil(found).settings == ("pass_mark",)
    assert found.quizzes == ("soil",)


def test_a_new_section(folder: Path) -> None:
    def add() -> None:
        for language in ("en", "es"):
            path = folder / f"01-soil/{language}.md"
            before, heading, rest = path.read_text().rpartition("\n## ")
            path.write_text(f"{before}\n## More {{#more}}\n\nWords.\n{heading}{rest}")

    found = changed(folder, add)
    assert soil(found).sections == Lists(added=("more",))
    assert soil(found).section("more", "en") == "More"
    assert found.structure


def test_modules_added_removed_and_in_another_order(folder: Path) -> None:
    old = read(folder)
    edit(folder, "[01-soil, 02-water]", "[02-water, 01-soil]", "course.md")
    turned = read(folder)
    assert compare(old, turned) == Changes(first=False, structure=True, order=True)
    edit(folder, "[02-water, 01-soil]", "[02-water]", "course.md")
    shutil.rmtree(folder / "01-soil")
    less = read(folder)
    assert [(each.what, each.module.id) for each in compare(turned, less).modules] == [("removed", "soil")]
    back = compare(less, turned)
    assert [(each.what, each.module.id) for each in back.modules] == [("added", "soil")]
    assert back.structure
    assert not back.order


def test_a_language_more(folder: Path) -> None:
    translation = folder / "01-soil/fi.md"
    found = changed(
        folder,
        lambda: (
            translation.write_text(
                (folder / "01-soil/es.md").read_text().replace("language: es", "language: fi")
            )
            and None
        ),
    )
    assert soil(found).languages == Lists(added=("fi",))
    assert not found.structure


def test_it_can_be_told_to_programs(folder: Path) -> None:
    found = changed(folder, lambda: edit(folder, "{#purpose}", "{#meaning}"))
    told = json.loads(json.dumps(found.as_json()))
    assert told["structure"] is False
    assert told["modules"][0]["module"] == "soil"
    assert told["modules"][0]["quiz"]["added"] == ["meaning"]
    assert told["modules"][0]["new_attempts"] is True
