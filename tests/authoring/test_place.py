"""Which files the desk opens."""

from __future__ import annotations

from pathlib import Path

import pytest

from near_learn.authoring.place import Unknown, course_folder, course_folders, place, texts


@pytest.mark.parametrize(
    ("file", "module", "language", "translated"),
    [
        ("course.md", "", "en", False),
        ("course.es.md", "", "es", True),
        ("course.pt-BR.md", "", "pt-BR", True),
        ("01-first-visit/en.md", "01-first-visit", "en", False),
        ("01-first-visit/el.md", "01-first-visit", "el", True),
    ],
)
def test_texts_of_a_course(courses: Path, file: str, module: str, language: str, translated: bool) -> None:
    found = place(courses / "garden", file)
    assert (found.module, found.language, found.translated, found.file) == (
        module,
        language,
        translated,
        file,
    )
    assert found.path == courses / "garden" / file


@pytest.mark.parametrize(
    "file",
    [
        "",
        "/course.md",
        "../garden/course.md",
        "../../etc/passwd",
        "..",
        ".",
        ".hidden.md",
        "course.en.md",
        "course..md",
        "course.md/",
        "course.md\n",
        "Course.md",
        "course.xx.md",
        "course.spa.md",
        "course.../x.md",
        "notes.txt",
        "README.md",
        "en.md",
        "01-first-visit",
        "01-first-visit/",
        "01-first-visit/en",
        "01-first-visit/EN.md",
        "01-first-visit/en.md.bak",
        "01-first-visit/gr.md",
        "01-first-visit/media/plan.svg",
        "01-first-visit/media/en.md",
        "01-first-visit/../01-first-visit/en.md",
        "01-first-visit//en.md",
        "01-first-visit\\en.md",
        "nowhere/en.md",
        "media/en.md",
        "./course.md",
    ],
)
def test_everything_else_is_unknown(courses: Path, file: str) -> None:
    with pytest.raises(Unknown):
        place(courses / "garden", file)


@pytest.mark.parametrize(
    "name", ["", ".", "..", "nowhere", "garden/01-first-visit", "../courses", "gard\0en", ".git"]
)
def test_courses_are_folders_of_the_courses_folder(courses: Path, name: str) -> None:
    with pytest.raises(Unknown):
        course_folder(courses, name)


def test_links_to_other_places_are_no_courses_modules_or_texts(courses: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "en.md").write_text("secret")
    (courses / "linked").symlink_to(outside)
    (courses / "garden" / "09-linked").symlink_to(outside)
    (courses / "garden" / "02-season" / "fi.md").symlink_to(outside / "en.md")
    assert [path.name for path in course_folders(courses)] == ["garden"]
    with pytest.raises(Unknown):
        course_folder(courses, "linked")
    for file in ("09-linked/en.md", "02-season/fi.md"):
        with pytest.raises(Unknown):
            place(courses / "garden", file)
    assert [each.name for each in texts(courses / "garden", "02-season")] == ["en.md"]
