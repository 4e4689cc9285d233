"""One table of cases for both graders: the server's, and that of a packaged unit in JavaScript."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from near_learn.content import Grade, Option, Question, drawing, grade, quiz_score
from near_learn.content.kinds import KINDS
from near_learn.content.kinds.numeric import typed
from near_learn.content.kinds.tolerance import same, simple
from near_learn.content.question import Gap, Range, Target
from near_learn.packages import unit_data
from tests.conftest import missing

HERE = Path(__file__).parent
Table = Mapping[str, Any]


def question(name: str, spec: Table, **more: Any) -> Question:
    """A question of the table, whose texts are its ids."""
    options = tuple(Option(key, key, key, right) for key, right in spec.get("options", {}).items())
    return Question(
        id=name,
        title=name,
        stem_html="",
        kind=spec["kind"],
        multiple=sum(option.correct for option in options) > 1,
        options=options,
        targets=tuple(Target(each, each, each) for each in spec.get("targets", ())),
        matches=MappingProxyType(spec.get("matches", {})),
        gaps=tuple(Gap(f"g{number}", tuple(texts)) for number, texts in enumerate(spec.get("gaps", ()), 1)),
        range=Range(*spec["range"]) if "range" in spec else None,
        **more,
    )


def told(response: Sequence[str | Sequence[Any]]) -> list[str]:
    """A response of the table; long texts stand there as a text and how often it is repeated."""
    return [part if isinstance(part, str) else part[0] * part[1] for part in response]


TABLE: dict[str, Any] = json.loads((HERE / "cases.json").read_text(encoding="utf-8"))
for rows in (TABLE["grades"], TABLE["refused"]):
    for row in rows:
        row[1] = told(row[1])
QUESTIONS = {name: question(name, spec) for name, spec in TABLE["questions"].items()}

# Which questions are drawn and how their options stand follows from hashes: here the server is the table.
QUIZ = tuple(
    question(
        f"q{number}", {"kind": "short-answer" if number % 5 == 0 else "choice"}, objective=number % 4 or None
    )
    for number in range(1, 13)
)
SEEDS = [f"6a0c7d2e-0000-4000-8000-00000000000{number}/módulo/{number}" for number in range(1, 4)]
DRAWS: list[int | dict[int, int] | None] = [None, 0, 3, 50, {1: 1, 3: 2}, {2: 9}]
LONG = ["", "abc", "é€" * 40, *("x" * length for length in (55, 56, 63, 64, 119, 120, 1000))]
# The letters of the eight languages, and what else a keyboard may send.
SIGNS = [chr(code) for code in (*range(1, 0x530), *range(0x1E00, 0x2070), 0x212A, 0x212B, 0xFB01, 0xFF21)]


@pytest.fixture(scope="module")
def browser() -> Table:
    """What the scripts make of the table."""
    if shutil.which("node") is None:
        missing("Node.js", "Install it (Debian: apt-get install nodejs).")
    given = {
        "folder": str(unit_data.FOLDER),
        "questions": {name: unit_data.question_data(each, str) for name, each in QUESTIONS.items()},
        "cases": {
            **TABLE,
            "drawn": [
                {"quiz": [unit_data.question_data(each, str) for each in QUIZ], "draw": draw, "seed": seed}
                for draw in DRAWS
                for seed in SEEDS
            ],
            "stand": [
                {"question": name, "seed": seed, "shuffle": shuffle} for name, seed, shuffle in standing()
            ],
            "hashes": LONG,
            "simple": [f"{sign}x" for sign in SIGNS],
        },
    }
    done = subprocess.run(
        ["node", str(HERE / "grade.cjs")], input=json.dumps(given), capture_output=True, text=True, check=True
    )
    made: Table = json.loads(done.stdout)
    return made


def standing() -> list[tuple[str, str, bool]]:
    """Every question, in several attempts, shuffled and not."""
    return [(name, seed, shuffle) for name in QUESTIONS for seed in SEEDS for shuffle in (True, False)]


def test_the_table_has_every_kind() -> None:
    assert {each.kind for each in QUESTIONS.values()} == set(KINDS)


@pytest.mark.parametrize("number", range(len(TABLE["grades"])))
def test_grades(browser: Table, number: int) -> None:
    name, response, score = TABLE["grades"][number]
    expected = {
        "score": None if score is None else pytest.approx(score),
        "success": None if score is None else score == 1,
    }
    marked = grade(QUESTIONS[name], response)
    assert {"score": marked.score, "success": marked.success} == expected
    # To the last digit, so that both are on the same side of a pass mark.
    assert browser["grades"][number] == {"score": marked.score, "success": marked.success}


@pytest.mark.parametrize("number", range(len(TABLE["refused"])))
def test_what_no_form_can_send_is_refused(browser: Table, number: int) -> None:
    name, response = TABLE["refused"][number]
    with pytest.raises(ValueError, match="response"):
        grade(QUESTIONS[name], response)
    assert browser["refused"][number] == "refused"


def test_which_texts_count_as_the_same(browser: Table) -> None:
    pairs = [*TABLE["same"], *TABLE["different"]]
    expected = [True] * len(TABLE["same"]) + [False] * len(TABLE["different"])
    assert [same(*pair) for pair in pairs] == expected
    assert browser["same"] == expected


def test_letters_are_made_simple_alike(browser: Table) -> None:
    found = zip(SIGNS, browser["simple"], strict=True)
    assert not [sign for sign, made in found if made != simple(f"{sign}x")]


def test_numbers_are_read_alike(browser: Table) -> None:
    expected = [number for _, number in TABLE["typed"]]
    assert [typed(text) for text, _ in TABLE["typed"]] == expected
    assert browser["typed"] == expected


@pytest.mark.parametrize("number", range(len(TABLE["quizzes"])))
def test_scores_of_a_quiz(browser: Table, number: int) -> None:
    case = TABLE["quizzes"][number]
    asked = [
        (question(name, TABLE["questions"][name], weight=weight), response)
        for name, weight, response in case["answers"]
    ]
    share = quiz_score([(each, grade(each, response)) for each, response in asked])
    assert share == pytest.approx(case["scaled"])
    assert browser["quizzes"][number]["scaled"] == share
    assert (share >= case["pass_mark"]) == case["passed"]


def test_the_same_questions_are_drawn(browser: Table) -> None:
    expected = [[each.id for each in drawing.drawn(QUIZ, draw, seed)] for draw in DRAWS for seed in SEEDS]
    assert browser["drawn"] == expected


def test_answers_stand_in_the_same_order(browser: Table) -> None:
    expected = [
        [
            [each.id for each in drawing.options(QUESTIONS[name], seed, shuffle=shuffle)],
            [each.id for each in drawing.targets(QUESTIONS[name], seed)],
        ]
        for name, seed, shuffle in standing()
    ]
    assert browser["stand"] == expected


def test_hashes(browser: Table) -> None:
    assert browser["hashes"] == [sha256(text.encode()).hexdigest() for text in LONG]


def test_an_empty_response_is_worth_nothing() -> None:
    assert grade(QUESTIONS["true"], []) == Grade(0.0, False)
