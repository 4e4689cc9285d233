"""A text that is not saved is checked and rendered as the loader would, were it saved."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from near_learn.authoring.checking import check
from near_learn.authoring.place import place, texts
from near_learn.content.places import module_folders

FILES = ["course.md", "course.es.md", "01-first-visit/en.md", "01-first-visit/es.md", "02-season/en.md"]


@pytest.mark.parametrize("file", FILES)
def test_a_good_text_has_no_problems_and_can_be_seen(courses: Path, file: str) -> None:
    here = place(courses / "garden", file)
    checked = check(here, here.path.read_text())
    assert checked.problems == ()
    assert (checked.text is not None) is bool(here.module)
    assert bool(checked.course_html) is not bool(here.module)


def test_every_text_of_the_garden_is_checked_alike(courses: Path) -> None:
    garden = courses / "garden"
    found = [
        *texts(garden),
        *(each for folder in module_folders(garden) for each in texts(garden, folder.name)),
    ]
    assert len(found) > 5
    assert [problem for each in found for problem in check(each, each.path.read_text()).problems] == []


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "says"),
    [
        (
            "01-first-visit/en.md",
            "- [x] The people who already",
            "- [ ] The people who already",
            None,
            "no option",
        ),
        (
            "01-first-visit/en.md",
            "(../02-season/en.md#water)",
            "(../02-season/en.md#wine)",
            None,
            "no heading",
        ),
        ("01-first-visit/en.md", "(media/plan.svg)", "(media/plans.svg)", None, "no such file"),
        ("01-first-visit/en.md", "kind: skill", "kind: skilful", 6, "kind"),
        ("01-first-visit/es.md", "{#why}", "{#por-que}", None, "why"),
        ("course.md", "  - 02-season", "  - 02-winter", None, "no folder 02-winter"),
        ("course.md", "(01-first-visit/en.md)", "(01-first-visit/en.md#none)", None, "no heading"),
        ("course.es.md", "source_version: 1", "source_version: 7", 2, "version 7"),
    ],
)
def test_a_mistake_is_found_at_its_line(
    courses: Path, file: str, old: str, new: str, line: int | None, says: str
) -> None:
    here = place(courses / "garden", file)
    text = here.path.read_text()
    assert old in text
    checked = check(here, text.replace(old, new, 1))
    expected = line or text[: text.index(old)].count("\n") + 1
    assert any(says in problem.message for problem in checked.problems), checked.problems
    assert {problem.path for problem in checked.problems} == {f"garden/{file}"}
    if line:
        assert expected in {problem.line for problem in checked.problems}
    assert here.path.read_text() == text


def test_what_can_be_rendered_is_shown_whatever_else_is_wrong(courses: Path) -> None:
    here = place(courses / "garden", "01-first-visit/en.md")
    text = here.path.read_text().replace("- [x] The people who", "- [ ] The people who", 1)
    checked = check(here, text)
    assert checked.errors == 1
    assert checked.text is not None
    assert "tomatoes" in checked.text.section("why").html


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "---",
        "no front matter",
        "---\nid: x\n",
        "---\n- a\n---\n",
        "---\nid: first-visit\n---\n## A\n",
        "\ufeff---\r\n",
        "```\n" * 3,
        "[" * 100_000,
        "<" * 100_000,
        "> " * 60_000,
        "### q {#q}\n- [x] a\n" * 4_000,
        "---\na: &a [x,x]\nb: *a\n---\n",
    ],
)
@pytest.mark.parametrize(
    "file", ["course.md", "course.es.md", "01-first-visit/en.md", "01-first-visit/es.md"]
)
def test_no_text_breaks_it_or_takes_long(courses: Path, file: str, text: str) -> None:
    begun = time.perf_counter()
    checked = check(place(courses / "garden", file), text)
    assert checked.errors
    assert time.perf_counter() - begun < 10


def test_the_glossary_speaks_while_typing(courses: Path) -> None:
    (courses / "glossary.yaml").write_text("garden:\n  en: garden\n  not:\n    en: [tomatoes]\n")
    here = place(courses / "garden", "01-first-visit/en.md")
    assert any("tomatoes" in problem.message for problem in check(here, here.path.read_text()).problems)
