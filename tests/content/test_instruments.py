"""Pre-test, post-test, survey, follow-up and diagnosis: modules that stand beside the modules of a course."""

from datetime import timedelta
from pathlib import Path

import pytest

from near_learn.content import Course, Library, load
from tests.content.world import COURSE, ENGLISH, FRONT, GOOD, SPANISH, found, write

LISTED = COURSE.replace("---\nAbout", "instruments: [before, after, survey, later, self]\n---\nAbout")
OWN = """\
---
id: {id}
language: en
title: A title
summary: A summary.
kind: {kind}
minutes: 5
{more}---

## Before you begin {{#quiz}}

Some words first.

"""
TEST = "objectives: [Listen, Draw]\n"
ITEMS = """\
### Which{n}? {{#{letter}1 objective=1}}

- [ ] This
- [x] That

### So{n}. {{#{letter}2 .true-false objective=2}}

= true
"""
LIKED = "### Did you like it? {#liked .likert}\n\n- No\n- Yes\n"


def text(identifier: str, kind: str, items: str, more: str = "") -> str:
    return OWN.format(id=identifier, kind=kind, more=more) + items


BEFORE = text("before", "pre-test", ITEMS.format(n="", letter="a"), TEST)
AFTER = text("after", "post-test", ITEMS.format(n=" now", letter="b"), TEST)
FILES: dict[str, str | bytes] = GOOD | {
    "c/course.md": LISTED,
    "c/before/en.md": BEFORE,
    "c/after/en.md": AFTER,
    "c/survey/en.md": text("survey", "survey", LIKED),
    "c/later/en.md": text("later", "follow-up", LIKED, "weeks: 6\n"),
    "c/self/en.md": text("self", "diagnosis", LIKED),
}


def loaded(folder: Path, **changes: str) -> Library:
    """The library with some of its files changed: `before`, `after`, …, `course`, `m`."""
    names = {"course": "c/course.md", "m": "c/01-one/en.md"}
    files: dict[str, str | bytes] = {
        names.get(key, f"c/{key}/en.md"): content for key, content in changes.items()
    }
    return load(write(folder, FILES | files))


@pytest.fixture
def course(tmp_path: Path) -> Course:
    library = loaded(tmp_path)
    assert found(library) == ""
    return library.courses["c"]


def test_instruments_stand_beside_the_modules(course: Course) -> None:
    assert [(each.id, each.kind, each.weeks) for each in course.instruments] == [
        ("before", "pre-test", None),
        ("after", "post-test", None),
        ("survey", "survey", None),
        ("later", "follow-up", 6),
        ("self", "diagnosis", None),
    ]
    assert [module.id for module in course.modules] == ["m", "other"]
    assert course.module("later") is course.instruments[3]
    assert [module.instrument for module in (*course.modules, *course.instruments)] == [False] * 2 + [
        True
    ] * 5


def test_an_instrument_is_answered_once_and_a_diagnosis_twice(course: Course) -> None:
    assert {each.id: each.attempts for each in course.instruments} == {
        "before": 1,
        "after": 1,
        "survey": 1,
        "later": 1,
        "self": 2,
    }
    assert {each.pass_mark for each in course.instruments} == {0}


def test_an_instrument_has_no_sections_but_words_before_its_questions(course: Course) -> None:
    own = course.module("before").text("en")
    assert (own.sections, own.quiz_title, own.quiz_html) == (
        (),
        "Before you begin",
        "<p>Some words first.</p>",
    )
    assert [question.objective for question in own.quiz] == [1, 2]


def test_instruments_are_no_part_of_the_structure(course: Course, tmp_path: Path) -> None:
    assert course.structure == load(write(tmp_path / "alone", GOOD)).courses["c"].structure


def test_a_follow_up_comes_after_eight_weeks_unless_it_says_otherwise(tmp_path: Path) -> None:
    library = loaded(tmp_path, later=text("later", "follow-up", LIKED))
    assert library.courses["c"].module("later").weeks == 8


def test_a_broken_instrument_is_left_out_and_the_course_shown(tmp_path: Path) -> None:
    library = loaded(tmp_path, survey=text("survey", "survey", LIKED.replace("- Yes\n", "")))
    assert [each.id for each in library.courses["c"].instruments] == ["before", "after", "later", "self"]
    assert len(library.courses["c"].modules) == 2


def test_instruments_are_translated_like_modules(tmp_path: Path) -> None:
    spanish = AFTER.replace("language: en", "language: es").replace(
        "kind: post-test\nminutes: 5\n", "source_version: 1\n"
    )
    write(tmp_path, {"c/after/es.md": spanish.replace(" objective=1", "").replace(" objective=2", "")})
    library = loaded(tmp_path)
    assert found(library) == ""
    own = library.courses["c"].module("after")
    assert own.languages == ("en", "es")
    assert [question.objective for question in own.text("es").quiz] == [1, 2]


ODD = {
    "a test without objectives": (
        {"before": BEFORE.replace(" objective=1", "")},
        "before/en.md:15: every question of a test measures an objective; write its number in the braces: "
        "objective=1",
    ),
    "a test without right answers": (
        {"self": text("before", "pre-test", "### Sure? {#x .likert objective=1}\n\n- No\n- Yes\n", TEST)},
        "self/en.md:1: no question of the pre-test has a right answer; add one, or make it a survey",
    ),
    "other numbers of questions": (
        {"after": AFTER.replace(".true-false objective=2", ".true-false objective=1")},
        "after/en.md:11: objective 1: the pre-test has 0 of kind true-false and this has 1; both tests "
        "need the same number, so that their results can be compared",
    ),
    "another number of objectives": (
        {"after": AFTER.replace("[Listen, Draw]", "[Listen, Draw, Plan]")},
        "after/en.md:8: there are 3 objectives and 2 in the pre-test; both tests measure the same ones",
    ),
    "the same question twice": (
        {"after": AFTER.replace("{#b1", "{#a1")},
        "after/en.md:15: the question a1 is in the pre-test too; ask another one, with an id of its own",
    ),
    "the same words twice": (
        {"after": AFTER.replace("Which now?", "which?")},
        "after/en.md:15: the pre-test asks the same in the same words; ask in another way",
    ),
    "a second test": (
        {"survey": text("again", "pre-test", ITEMS.format(n=" again", letter="c"), TEST)},
        "survey/en.md:6: the course has a pre-test already, in before; keep one",
    ),
    "weeks elsewhere": (
        {"survey": text("survey", "survey", LIKED, "weeks: 4\n")},
        "survey/en.md:8: only a follow-up comes weeks later; take the line out",
    ),
    "weeks in a module": (
        {"m": ENGLISH.replace("minutes: 40", "minutes: 40\nweeks: 3")},
        "01-one/en.md:8: weeks: only a follow-up comes weeks later; take the line out",
    ),
    "a pass mark": (
        {"survey": text("survey", "survey", LIKED, "pass_mark: 0.5\n")},
        "survey/en.md:8: pass_mark: nobody passes or fails an instrument, so it has no pass mark; "
        "take the line out",
    ),
    "a draw": (
        {"before": BEFORE.replace("minutes: 5", "minutes: 5\ndraw: 1")},
        "before/en.md:8: draw: in an instrument everybody answers the same questions; take the line out",
    ),
    "attempts": (
        {"self": text("self", "diagnosis", LIKED, "attempts: 3\n")},
        "self/en.md:8: attempts: an instrument is answered once (a diagnosis twice); take the line out",
    ),
    "a section": (
        {"survey": text("survey", "survey", LIKED + "\n## More {#more}\n\nText.\n")},
        "survey/en.md:19: a survey has one section, `## Title {#quiz}`; move this text before its questions",
    ),
    "no questions": (
        {"survey": text("survey", "survey", "")},
        "survey/en.md:1: the survey has no questions; write them under `## Title {#quiz}`",
    ),
    "something to read again": (
        {"before": BEFORE.replace("{#a1 ", "{#a1 see=why ")},
        "before/en.md:15: see=why: there is no section to read again here; take it out",
    ),
    "a kind that does not exist": (
        {"survey": text("survey", "followup", LIKED)},
        "survey/en.md:6: kind: 'followup' cannot be used; did you mean follow-up?",
    ),
    "a module among the instruments": (
        {"survey": ENGLISH.replace("id: m", "id: n")},
        "survey/en.md:6: course.md names this folder under instruments:, and skill is a module; write one of "
        "pre-test, post-test, survey, follow-up, diagnosis, or name it under modules:",
    ),
    "an instrument among the modules": (
        {"m": text("m", "survey", LIKED)},
        "01-one/en.md:6: a survey is no module; name its folder under instruments: in course.md",
    ),
    "a folder in both lists": (
        {"course": LISTED.replace("02-other]", "02-other, survey]")},
        "course.md:6: the folder survey is among the modules too; name it in one of the two lists",
    ),
    "a folder that is not there": (
        {"course": LISTED.replace("survey,", "survey, gone,")},
        "course.md:6: there is no folder gone beside course.md; correct the name, or take it out",
    ),
    "the id of a module": (
        {"survey": text("m", "survey", LIKED)},
        "survey/en.md:2: the module in 01-one has the id m too; change one of them",
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_what_the_checker_says(name: str, tmp_path: Path) -> None:
    changes, message = ODD[name]
    messages = [str(problem) for problem in loaded(tmp_path, **changes).problems]
    assert f"c/{message}" in messages


# --- the front matter of a module's quiz, and of a course -----------------------------------------

POOL = FRONT.replace("[Listen]", "[Listen, Draw]") + "\n## Quiz {#quiz}\n\n" + ITEMS.format(n="", letter="a")


def front(line: str) -> str:
    return POOL.replace("version: 2", f"version: 2\n{line}")


def test_draws_and_pauses(tmp_path: Path) -> None:
    own = loaded(tmp_path, m=front("draw: 1\ncool_down_hours: 24\nshuffle: true")).courses["c"].module("m")
    assert (own.draw, own.cool_down, own.shuffle) == (1, timedelta(hours=24), True)
    plain = loaded(tmp_path).courses["c"].module("m")
    assert (plain.draw, plain.cool_down, plain.shuffle) == (None, None, False)


def test_a_draw_by_objectives(tmp_path: Path) -> None:
    library = loaded(tmp_path, m=front("draw: {1: 1, 2: 1}"))
    assert found(library) == ""
    own = library.courses["c"].module("m")
    assert own.draw == {1: 1, 2: 1}
    assert own.quiz_key != loaded(tmp_path, m=POOL).courses["c"].module("m").quiz_key


MEANT = {
    "draw: 3": "10: draw: 3 is more than the quiz has to draw from, 2; write fewer",
    "draw: 2": "10: the quiz has 2 questions to draw from, so draw: leaves none out",
    "draw: {1: 2}": "10: draw: 2 is more than the quiz has for objective 1, 1; write a smaller number, "
    "or add questions with objective=1",
    "draw: {3: 1}": "10: draw: there is no objective 3; the front matter has 2",
    "draw: {1: 1}": "20: the question is never drawn; give it an objective that draw: names, "
    "with objective=1",
    "draw: some": "10: draw: 'some' cannot be used; write a number, `draw: 5`, or so many of each "
    "objective, `draw: {1: 2, 2: 3}`",
    "draw: {one: 1}": "10: draw: 'one' cannot be used; write the number of an objective before the colon",
    "draw: {1: 0}": "10: draw: '0' cannot be used; write a whole number from 1 to 200",
    "shuffle: yes": "10: shuffle: 'yes' cannot be used; write true or false",
    "cool_down_hours: 0": "10: cool_down_hours: '0' cannot be used; write a whole number from 1 to 8760",
    "cooldown_hours: 2": "10: there is no entry 'cooldown_hours'; did you mean cool_down_hours?",
}


@pytest.mark.parametrize("line", MEANT)
def test_what_the_checker_says_about_an_entry(line: str, tmp_path: Path) -> None:
    messages = [str(problem) for problem in loaded(tmp_path, m=front(line)).problems]
    assert f"c/01-one/en.md:{MEANT[line]}" in messages


def test_a_draw_without_a_quiz(tmp_path: Path) -> None:
    text = FRONT.replace("version: 2", "version: 2\ndraw: 1") + "\n## Text {#text}\n\nText.\n"
    assert "draw: 1 is more than the quiz has to draw from, 0; write fewer" in found(loaded(tmp_path, m=text))


def test_a_draft(tmp_path: Path) -> None:
    assert loaded(tmp_path, course=LISTED.replace("id: c", "id: c\ndraft: true")).courses["c"].draft


@pytest.mark.parametrize(
    ("line", "closed"), [("", False), ("enrolment: open", False), ("enrolment: Closed", True)]
)
def test_a_course_says_whether_one_enrols_by_oneself(tmp_path: Path, line: str, closed: bool) -> None:
    assert loaded(tmp_path, course=LISTED.replace("id: c", f"id: c\n{line}")).courses["c"].closed is closed


def test_nothing_else_is_an_enrolment(tmp_path: Path) -> None:
    found = loaded(tmp_path, course=LISTED.replace("id: c", "id: c\nenrolment: invited"))
    assert "write open or closed" in str(found.problems[0])
    assert not loaded(tmp_path).courses["c"].draft


def test_a_language_that_the_course_cannot_name_is_noted_for_instruments_too(tmp_path: Path) -> None:
    greek = SPANISH.replace("language: es", "language: el")
    write(tmp_path, {"c/survey/el.md": greek})
    assert "c/survey/el.md" in found(loaded(tmp_path))
