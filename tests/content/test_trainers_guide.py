"""The trainer's guide: each of its examples stands in a course that loads without a problem."""

import re
from pathlib import Path

import pytest

from near_learn.content import load
from near_learn.content.attributes import READERS
from near_learn.content.fields import COURSE, COURSE_TRANSLATION, INSTRUMENT, MODULE, TRANSLATION
from near_learn.content.kinds import KINDS
from near_learn.content.prose import BOXES
from near_learn.content.values import INSTRUMENTS

GUIDE = (Path(__file__).parents[2] / "docs" / "trainers.md").read_text("utf-8")
COURSES = Path(__file__).parent / "examples"
FILES = {path.relative_to(COURSES).as_posix(): path.read_text("utf-8") for path in COURSES.rglob("*.md")}
EXAMPLES = re.findall(r"^```markdown\n(.*?)\n```$", GUIDE, re.MULTILINE | re.DOTALL)


def test_the_example_course_is_clean_in_both_languages() -> None:
    library = load(COURSES)
    assert library.problems == ()
    assert library.courses["garden"].module("first-visit").languages == ("en", "es")


def test_the_guide_has_examples() -> None:
    assert len(EXAMPLES) >= 10


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.splitlines()[0] for example in EXAMPLES])
def test_an_example_stands_in_the_example_course(example: str) -> None:
    assert any(f"\n{example}\n" in f"\n{text}\n" for text in FILES.values())


@pytest.mark.parametrize("entry", sorted(COURSE | COURSE_TRANSLATION | MODULE | INSTRUMENT | TRANSLATION))
def test_every_entry_of_a_front_matter_is_described(entry: str) -> None:
    assert f"`{entry}`" in GUIDE


@pytest.mark.parametrize("box", BOXES)
def test_every_kind_of_box_is_shown(box: str) -> None:
    assert any(f'!!! {box} "' in example for example in EXAMPLES)


FEATURES = {
    "a footnote": r"\]?\[\^\w+\](?!:)",
    "a footnote's text": r"(?m)^\[\^\w+\]: ",
    "an abbreviation": r"(?m)^\*\[\w+\]: ",
    "a word and what it means": r"\n:   \w",
    "text to unfold": r'(?m)^\?\?\? "',
    "a formula in a line": r"\$n = 40\$",
    "a formula on its own lines": r"(?m)^\$\$$",
    "money": r"\\\$65",
    "a sound": r"!\[[^\]]+\]\(media/\w+\.mp3\)",
    "a film": r"!\[[^\]]+\]\(media/\w+\.webm\)",
    "a picture": r"!\[[^\]]{9,}\]\(media/\w+\.svg\)",
    "a picture with a line under it": r'!\[[^\]]+\]\(media/\w+\.svg "[^"]+"\)',
    "decoration": r"!\[-\]\(media/",
    "a table": r"\|--",
    "names of rows": r"(?m)^\| \*\*",
    "a quotation": r"(?m)^> The",
    "a line across": r"\n\n---\n\n",
    "words as typed": r"`14 of 40`",
    "a list in a list": r"(?m)^    - ",
    "a link to another module": r"\]\(\.\./",
}


@pytest.mark.parametrize("feature", FEATURES)
def test_every_feature_of_the_prose_is_shown(feature: str) -> None:
    assert any(re.search(FEATURES[feature], example) for example in EXAMPLES)


def test_the_captions_in_the_guide_are_a_file() -> None:
    (captions,) = re.findall(r"```vtt\n(.*?)```", GUIDE, re.DOTALL)
    assert captions in {path.read_text("utf-8") for path in COURSES.rglob("*.vtt")}


def test_every_file_that_the_guide_draws_is_there() -> None:
    (tree,) = re.findall(r"```text\n(.*?)```", GUIDE, re.DOTALL)
    names = {line.split()[0].rstrip("/") for line in tree.splitlines()[1:]}
    assert names == {path.name for path in COURSES.rglob("*")}


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"choice"}))
def test_every_kind_of_question_is_shown_and_what_it_is_worth_is_said(kind: str) -> None:
    assert any(re.search(rf"(?m)^### .*\{{#[a-z-]+ \.{kind}[ }}]", example) for example in EXAMPLES)
    (row,) = [
        line for line in GUIDE.splitlines() if line.startswith("| ") and f"`.{kind}`" in line.split("|")[1]
    ]
    assert row.count("|") == 4


@pytest.mark.parametrize("attribute", READERS)
def test_every_attribute_is_shown(attribute: str) -> None:
    assert any(re.search(rf"(?m)^### .*\{{#[^}}]* {attribute}[=}} ]", example) for example in EXAMPLES)
    assert re.search(rf"(?m)^\| `{attribute}[=`]", GUIDE)


@pytest.mark.parametrize("kind", INSTRUMENTS)
def test_every_instrument_is_described(kind: str) -> None:
    assert f"\n| `{kind}` |" in GUIDE


def test_the_example_course_asks_every_kind_and_has_instruments() -> None:
    course = load(COURSES).courses["garden"]
    asked = [question for module in course.modules for question in module.text("en").questions]
    assert {question.kind for question in asked} == set(KINDS)
    assert [module.kind for module in course.instruments] == ["pre-test", "post-test", "survey", "follow-up"]
    assert course.module("season").draw == {1: 2, 2: 3}
