"""The courses that are shipped: clean, long enough, fair questions, cases marked as fictional."""

import html
import re
from collections import Counter
from collections.abc import Iterable
from math import ceil
from pathlib import Path

import pytest

from near_learn.content import Library, Module, ModuleText, Question
from tests.kept import COURSES, shipped

LANGUAGES = {"en", "es", "nl", "cs", "fi", "it", "ro", "el"}
LEAST_WORDS, MOST_WORDS = 900, 1500
# The oldest, in eight languages: its reflection is a box without a field to write in.
FIRST = "model-change"

# Readability by LIX: words a sentence, and long words in a hundred. Below 30 is very easy, 40 is a newspaper.
HARDEST = 35

# What the case section must say in each language: that the case is made up.
FICTIONAL = {
    "en": r"This case is fictional",
    "es": r"Este caso es ficticio",
    "nl": r"Deze casus is (verzonnen|fictief)",
    "cs": r"Tento případ je (smyšlený|fiktivní)",
    "fi": r"Tämä tapaus on (kuvitteellinen|keksitty)",
    "it": r"Questo caso è (inventato|immaginario|di fantasia|fittizio)",
    "ro": r"Acest caz este (fictiv|imaginar)",
    "el": r"(Η περίπτωση αυτή|Αυτή η περίπτωση|Το περιστατικό αυτό|Αυτό το περιστατικό) είναι φανταστικ",
}

LIBRARY: Library = shipped()
MODULES: list[Module] = [module for course in LIBRARY.courses.values() for module in course.modules]
LATER = [module for module in MODULES if module.id != FIRST]
INSTRUMENTS = {
    f"{course.id}-{module.id}": module for course in LIBRARY.courses.values() for module in course.instruments
}

each_module = pytest.mark.parametrize("module", [pytest.param(module, id=module.id) for module in MODULES])
each_text = pytest.mark.parametrize(
    "text",
    [
        pytest.param(text, id=f"{module.id}-{language}")
        for module in MODULES
        for language, text in module.texts.items()
    ],
)
each_later_module = pytest.mark.parametrize("module", [pytest.param(m, id=m.id) for m in LATER])
# Everything with a mark at the end: the quizzes of modules, and the tests before and after a course.
MARKED = {f"quiz-{module.id}": module.text("en") for module in MODULES} | {
    name: module.text("en")
    for name, module in INSTRUMENTS.items()
    if any(question.graded for question in module.text("en").quiz)
}
each_marked = pytest.mark.parametrize("text", MARKED.values(), ids=MARKED.keys())
ROMANIAN = [
    pytest.param(path, id=path.relative_to(COURSES).as_posix())
    for path in sorted([*COURSES.rglob("ro.md"), *COURSES.rglob("*.ro.md")])
]


def plain(markup: str) -> str:
    """HTML as running text."""
    return html.unescape(re.sub(r"<[^>]+>", " ", markup))


def prose(text: ModuleText) -> str:
    """What a learner reads besides the questions: every section without its knowledge checks and the sources.

    Headings inside a section and the titles of boxes count. The objectives, the titles of sections,
    the quiz and the list of sources do not.
    """
    return " ".join(plain(section.html) for section in text.sections if section.id != "sources")


def words(running_text: str) -> int:
    """How many words there are; a hyphen or an apostrophe does not end a word."""
    return len(re.findall(r"\w+(?:[-’']\w+)*", running_text))


def lix(text: ModuleText) -> float:
    """How hard the running text of a module is to read, the questions and sources left out."""
    html = " ".join(section.html for section in text.sections if section.id != "sources")
    running = plain(re.sub(r"</(p|li|h\d|td|th)>", " . ", html))
    sentences = [piece for piece in re.split(r"[.!?]+\s", running) if re.search(r"\w", piece)]
    long = re.findall(r"\w{7,}", running)
    return words(running) / len(sentences) + 100 * len(long) / words(running)


def single_choice(questions: Iterable[Question]) -> list[Question]:
    """The choice questions with one right option."""
    return [question for question in questions if question.kind == "choice" and not question.multiple]


def position(question: Question) -> int:
    """Where the right option stands, from 1."""
    return next(number for number, option in enumerate(question.options, 1) if option.correct)


def right_is_longest(question: Question) -> bool:
    """Whether no other option is longer than the right one."""
    return _right_has(question, max(len(option.text) for option in question.options))


def right_is_shortest(question: Question) -> bool:
    """Whether no other option is shorter than the right one."""
    return _right_has(question, min(len(option.text) for option in question.options))


def _right_has(question: Question, length: int) -> bool:
    return any(option.correct and len(option.text) == length for option in question.options)


def chance(questions: list[Question]) -> float:
    """How often the right option would be the longest if length told nothing."""
    return sum(1 / len(question.options) for question in questions) / len(questions)


def test_the_courses_have_no_problems() -> None:
    assert [str(problem) for problem in LIBRARY.problems] == []


def test_the_first_course_is_there_with_its_four_modules() -> None:
    course = LIBRARY.courses["accompaniment"]
    assert [module.id for module in course.modules] == [
        "model-change",
        "dialogical-practice",
        "motivational-interviewing",
        "strengths",
    ]
    assert course.origin == "ES22"


def test_the_first_course_page_is_there_in_every_language() -> None:
    course = LIBRARY.courses["accompaniment"]
    assert set(course.title) == set(course.summary) == set(course.description_html) == LANGUAGES


@each_module
def test_an_english_module_has_a_readable_length(module: Module) -> None:
    assert LEAST_WORDS <= words(prose(module.text("en"))) <= MOST_WORDS


@each_module
def test_an_english_module_is_plain_to_read(module: Module) -> None:
    assert lix(module.text("en")) < HARDEST


@each_module
def test_a_section_fits_a_page(module: Module) -> None:
    lengths = {section.id: words(plain(section.html)) for section in module.text("en").sections}
    assert {section: length for section, length in lengths.items() if not 80 <= length <= 300} == {}


@each_module
def test_a_module_has_objectives_and_all_its_parts(module: Module) -> None:
    text = module.text("en")
    parts = {section.id for section in text.sections}
    assert len(text.objectives) >= 3
    assert {"why", "ideas", "steps", "evidence", "role", "case", "reflection", "sources"} <= parts


@each_text
def test_a_module_asks_often_enough(text: ModuleText) -> None:
    assert sum(question.graded for question in text.checks) >= 4
    assert len(text.quiz) >= 8
    assert len({question.kind for question in text.quiz}) >= 3
    assert sum(bool(section.questions) for section in text.sections) >= 3, "checks are spread over sections"


@each_later_module
def test_a_later_module_has_a_place_to_reflect(module: Module) -> None:
    assert any(question.kind == "reflection" for question in module.text("en").checks)


@each_module
def test_a_question_says_what_it_asks_for_and_where_to_read_again(module: Module) -> None:
    text = module.text("en")
    graded = [question for question in text.questions if question.graded]
    assert [question.id for question in graded if not (question.objective and question.see)] == []
    asked = {question.objective for question in text.quiz}
    assert asked == set(range(1, len(text.objectives) + 1)), "the quiz asks for every objective"


@each_text
def test_every_option_has_feedback_and_every_question_an_explanation(text: ModuleText) -> None:
    silent = [
        f"{question.id} {option.id}"
        for question in text.questions
        if question.kind in {"choice", "matching"}
        for option in question.options
        if not plain(option.feedback_html).strip()
    ]
    unexplained = [
        question.id
        for question in text.questions
        if question.graded and not plain(question.explanation_html).strip()
    ]
    assert (silent, unexplained) == ([], [])


@each_module
def test_length_does_not_give_the_right_option_away(module: Module) -> None:
    questions = single_choice(module.text("en").questions)
    longest = [question.id for question in questions if right_is_longest(question)]
    assert len(longest) < len(questions) / 2, longest


@each_module
def test_place_does_not_give_the_right_option_away(module: Module) -> None:
    questions = single_choice(module.text("en").questions)
    places = Counter(position(question) for question in questions)
    assert max(places.values()) <= 0.6 * len(questions), places


@each_marked
def test_length_does_not_give_the_right_option_of_a_quiz_away(text: ModuleText) -> None:
    """The longest, or the shortest, is the right one hardly more often than by chance."""
    questions = single_choice(text.quiz)
    longest = [question.id for question in questions if right_is_longest(question)]
    shortest = [question.id for question in questions if right_is_shortest(question)]
    assert len(longest) <= (chance(questions) + 0.1) * len(questions), longest
    assert len(shortest) <= len(questions) / 2, shortest


@each_marked
def test_place_does_not_give_the_right_option_of_a_quiz_away(text: ModuleText) -> None:
    questions = single_choice(text.quiz)
    places = Counter(position(question) for question in questions)
    assert max(places.values()) <= ceil(0.4 * len(questions)), places


@pytest.mark.parametrize("instrument", INSTRUMENTS.values(), ids=INSTRUMENTS.keys())
def test_an_instrument_has_a_few_minutes_of_questions(instrument: Module) -> None:
    text = instrument.text("en")
    assert 4 <= len(text.quiz) <= 15
    assert instrument.minutes <= 15


def test_every_course_has_tests_a_survey_and_a_follow_up() -> None:
    kinds = {"pre-test", "post-test", "survey", "follow-up"}
    missing = {
        course.id: kinds - {module.kind for module in course.instruments}
        for course in LIBRARY.courses.values()
    }
    assert missing == {course: set() for course in LIBRARY.courses}


@each_text
def test_every_case_says_that_it_is_fictional(text: ModuleText) -> None:
    assert re.search(FICTIONAL[text.language], plain(text.section("case").html))


@pytest.mark.parametrize("path", ROMANIAN)
def test_romanian_is_written_with_comma_below(path: Path) -> None:
    assert re.findall(r"\w*[şţŞŢ]\w*", path.read_text(encoding="utf-8")) == []


def test_romanian_titles_are_written_with_comma_below() -> None:
    shown = [
        value["ro"]
        for course in LIBRARY.courses.values()
        for value in (course.title, course.summary)
        if "ro" in value
    ]
    assert not re.search(r"[şţŞŢ]", " ".join(shown))
