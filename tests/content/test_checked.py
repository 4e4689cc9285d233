"""What checking found is taken from the last time only when nothing at all has changed since."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from near_learn.content import checked
from near_learn.content.checked import Checked, Whole, whole
from near_learn.content.library import course_folders, load
from tests.content.world import ENGLISH, GOOD, SPANISH, write

GLOSSARY = "professional:\n  en: professional\n  es: profesional\n  not:\n    es: [operario]\n"
FILES = {
    **GOOD,
    "c/01-one/es.md": SPANISH,
    "c/01-one/media/plan.txt": "A plan",
    "glossary.yaml": GLOSSARY,
}
OPENED: list[str] | None = None


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if OPENED is not None and event == "open" and isinstance(arguments[0], str):
        OPENED.append(arguments[0])


sys.addaudithook(_note)


@pytest.fixture
def courses(tmp_path: Path) -> Path:
    return write(tmp_path / "courses", FILES)


def again(courses: Path, kept: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The folders of the courses that are checked, and not known from the last time."""
    done = []
    of = Checked.of

    def noted(path: Path, root: Path) -> Checked:
        done.append(path.name)
        return of(path, root)

    with monkeypatch.context() as patch:
        patch.setattr(Checked, "of", noted)
        found = whole(course_folders(courses), courses, kept)
    assert found == fresh(courses)
    return done


def fresh(courses: Path) -> Whole:
    """What is found when nothing is known."""
    return whole(course_folders(courses), courses, None)


def test_it_says_what_loading_says(courses: Path) -> None:
    (courses / "c/01-one/es.md").write_text(SPANISH.replace("source_version: 2", "source_version: 1"))
    write(courses, {name.replace("c/", "d/", 1): text for name, text in GOOD.items()})
    library = load(courses)
    assert fresh(courses).problems == library.problems
    assert any("has the id" in problem.message for problem in library.problems)


def test_nothing_is_checked_twice(courses: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tmp_path / "kept"
    assert again(courses, kept, monkeypatch) == ["c"]
    assert again(courses, kept, monkeypatch) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("c/01-one/en.md", ENGLISH.replace("Text.", "Texts.")),
        ("c/01-one/media/plan.txt", "A plot"),
        ("c/01-one/media/.hidden", ""),
        ("c/01-one/fi.md", "new"),
        ("glossary.yaml", GLOSSARY.replace("operario", "texto")),
    ],
)
def test_any_byte_counts(
    name: str, text: str, courses: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "kept"
    whole(course_folders(courses), courses, kept)
    seen = (courses / "c").stat()
    write(courses, {name: text})
    os.utime(courses / "c", ns=(seen.st_atime_ns, seen.st_mtime_ns))
    assert again(courses, kept, monkeypatch) == ["c"]


def test_another_program_checks_again(courses: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tmp_path / "kept"
    whole(course_folders(courses), courses, kept)
    monkeypatch.setattr(checked, "program", lambda: "another one")
    assert again(courses, kept, monkeypatch) == ["c"]


def test_what_cannot_be_told_apart_is_checked_each_time(
    courses: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "kept"
    (courses / "c/01-one/media/link.txt").symlink_to(courses / "c/01-one/media/plan.txt")
    assert again(courses, kept, monkeypatch) == ["c"]
    assert again(courses, kept, monkeypatch) == ["c"]


def test_what_was_kept_and_is_damaged_is_checked_again(
    courses: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "kept"
    whole(course_folders(courses), courses, kept)
    for file in kept.iterdir():
        file.write_text('{"folder": "c"}')
    assert again(courses, kept, monkeypatch) == ["c"]


def test_every_file_that_checking_opens_is_in_the_hash(
    courses: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules[__name__], "OPENED", [])
    Checked.of(courses / "c", courses)
    opened, hashed = list(OPENED or ()), {str(courses / "glossary.yaml")}
    monkeypatch.setattr(sys.modules[__name__], "OPENED", None)
    hashed |= {str(path) for path in checked._files(courses / "c")}
    ours = {path for path in opened if not path.startswith((sys.prefix, sys.base_prefix))}
    assert str(courses / "c/01-one/es.md") in ours
    package = str(Path(checked.__file__).parent)
    assert [path for path in ours if path not in hashed and not path.startswith(package)] == []


def test_many_courses_are_checked_side_by_side_with_the_same_result(tmp_path: Path) -> None:
    numbers = range(checked.FEW + 2)
    names = {name: text for name, text in GOOD.items() if name.startswith("c/")}
    many = {name.replace("c/", f"c{number}/", 1): text for number in numbers for name, text in names.items()}
    for name in [name for name in many if name.endswith("course.md")]:
        many[name] = many[name].replace("id: c", f"id: {name.partition('/')[0]}")
    courses = write(tmp_path / "courses", many)
    found = fresh(courses)
    assert found.problems == load(courses).problems
    assert len(found.languages) == 2 * len(numbers)
