"""Figures of a question against values worked out by hand."""

from __future__ import annotations

from collections import Counter

import pytest

from near_learn.content import Option, Question
from near_learn.insight.item import Item, Remark, item, rest
from near_learn.insight.sample import Given, protected

QUESTION = Question(
    id="q",
    title="Which?",
    stem_html="",
    kind="choice",
    multiple=False,
    options=(Option("o1", "This", "This", True), Option("o2", "That", "That", False)),
)
SCALE = Question(
    id="s",
    title="How?",
    stem_html="",
    kind="likert",
    multiple=False,
    options=tuple(Option(f"o{number}", str(number), "", False) for number in (1, 2, 3, 4)),
)
WRITTEN = Question(id="w", title="What?", stem_html="", kind="numeric", multiple=False)


def given(number: int, response: str, score: float | None, language: str = "en") -> Given:
    return Given(f"r{number}", f"a{number}", language, response, score == 1, score, 10.0 * number, 1)


def asked(question: Question, answers: list[Given], others: list[float], least: int = 1) -> Item:
    pairs = zip(answers, others, strict=True)
    return item(question, answers, {each.registration: other for each, other in pairs}, least)


def test_difficulty_options_and_time_are_counted() -> None:
    answers = [given(1, "o1", 1), given(2, "o2", 0), given(3, "o1", 1), given(4, "o1", 1)]
    found = asked(QUESTION, answers, [0.5, 0.1, 0.7, 0.9])
    assert (found.answered, found.difficulty, found.right, found.seconds) == (4, 0.75, 0.75, 25.0)
    assert [(each.text, each.count, each.correct) for each in found.chosen] == [
        ("This", 3, True),
        ("That", 1, False),
    ]
    assert found.chosen[0].others == pytest.approx(0.7)
    assert found.chosen[1].others is None  # one person is too few to speak of


def test_discrimination_is_the_correlation_with_the_other_questions() -> None:
    answers = [given(number, "o1" if number > 5 else "o2", float(number > 5)) for number in range(1, 11)]
    others = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]
    found = asked(QUESTION, answers, others)
    assert found.discrimination == pytest.approx(0.8703882797784892)
    assert found.remarks == ()
    turned = asked(QUESTION, answers, others[::-1])
    assert turned.remarks == (Remark.KEY,)


def test_too_few_answers_or_all_alike_say_nothing_about_discrimination() -> None:
    few = [given(number, "o1", float(number % 2)) for number in range(9)]
    assert asked(QUESTION, few, [0.5] * 9).discrimination is None
    alike = [given(number, "o1", 1.0) for number in range(12)]
    found = asked(QUESTION, alike, [number / 12 for number in range(12)])
    assert (found.discrimination, found.remarks) == (None, (Remark.EASY,))


def test_an_option_that_nobody_takes_is_named_once_there_are_many_answers() -> None:
    answers = [given(number, "o1", 1.0) for number in range(60)]
    assert Remark.UNTEMPTING in item(QUESTION, answers, {}, 1).remarks
    assert Remark.UNTEMPTING not in item(QUESTION, answers[:40], {}, 1).remarks


def test_a_scale_has_a_mean_position_and_no_right_answer() -> None:
    found = asked(SCALE, [given(1, "o2", None), given(2, "o4", None)], [0, 0])
    assert (found.mean, found.difficulty, found.right) == (3, None, None)
    assert [each.correct for each in found.chosen] == [None] * 4


def test_what_few_people_wrote_is_not_listed() -> None:
    answers = [given(number, "12" if number < 5 else f"my name {number}", 0.0) for number in range(8)]
    assert [(each.text, each.count) for each in asked(WRITTEN, answers, [0] * 8, least=5).chosen] == [
        ("12", 5)
    ]


def test_the_rest_of_an_attempt_leaves_the_question_itself_out() -> None:
    answers = {"q": [given(1, "o1", 1.0)], "r": [given(1, "x", 0.5)], "s": [given(1, "y", 0.0)]}
    found = rest(answers, {"q": 1, "r": 2, "s": 1})
    assert found == {"q": {"r1": 1 / 3}, "r": {"r1": 0.5}, "s": {"r1": 2 / 3}}
    assert rest({"q": answers["q"]}, {"q": 1}) == {"q": {}}


LANGUAGES = [given(n, "o1", 1.0, "en") for n in range(14)] + [
    given(n, "o1", 1.0, "es") for n in range(14, 26)
]
TWO_IN_GREEK = [given(n, "o1", 1.0, "el") for n in range(26, 28)]


def shown(rows: list[Given], language: str, strata: dict[str, str] | None = None) -> int:
    return len(protected(rows, language, 5, strata or {}))


def test_a_language_is_shown_apart_when_it_and_what_is_left_are_large_enough() -> None:
    assert shown(LANGUAGES, "es") == 12 - 5
    assert shown([*LANGUAGES, *TWO_IN_GREEK], "el") == 0
    # The two in Greek stand with the Spanish: all less English less Spanish would be the two.
    assert shown([*LANGUAGES, *TWO_IN_GREEK], "es") == 0
    assert shown([*LANGUAGES, *TWO_IN_GREEK], "en") == 14 - 5
    assert shown([*LANGUAGES, *TWO_IN_GREEK], "") == 28 - 10


def test_at_most_half_of_those_who_are_told_together_elsewhere_are_left_out() -> None:
    rows = LANGUAGES[:14]
    strata = {row.registration: str(number // 4) for number, row in enumerate(rows)}
    left = {row.registration for row in rows} - {row.registration for row in protected(rows, "", 5, strata)}
    by_stratum = Counter(strata[name] for name in left)
    assert (len(left), set(by_stratum.values()) <= {1, 2}, len(by_stratum)) == (5, True, 4)
    # Where everybody is told apart elsewhere, nobody can be left out, so nothing is shown.
    assert shown(rows, "", {row.registration: row.registration for row in rows}) == 0
    assert len(protected(rows, "", 1, {})) == 14


def test_somebody_who_answers_twice_is_one_person() -> None:
    twice = [given(1, "o1", 1.0)] * 12
    assert shown(twice, "") == 0
    assert shown([*twice, given(1, "o1", 1.0, "es"), *LANGUAGES[2:8]], "es") == 0
