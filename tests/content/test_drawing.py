"""Draws and shuffles: fair, and the same for the same seed for ever."""

from collections import Counter
from dataclasses import replace
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from near_learn.content import Option, Question
from near_learn.content.drawing import drawn, options, shuffled, targets
from near_learn.content.question import Target


def asked(name: str, kind: str = "choice", objective: int | None = None, size: int = 4) -> Question:
    """A question with as many options as said."""
    choices = tuple(Option(f"o{place}", "", "", place == 1) for place in range(1, size + 1))
    sides = tuple(Target(f"t{place}", "", "") for place in range(1, size + 1))
    return Question(
        name, "", "", kind, False, choices, objective=objective, targets=sides if kind == "matching" else ()
    )


QUIZ = tuple(asked(f"q{number}", objective=1 + number % 2) for number in range(10))
OPEN = asked("sure", "likert")


def ids(items: tuple[Question, ...] | tuple[Option, ...] | tuple[Target, ...]) -> list[str]:
    return [item.id for item in items]


def test_an_order_is_the_same_for_ever() -> None:
    # The digests decide, so these hold on every machine and in every release.
    assert ids(shuffled(QUIZ, "seed")) == ["q7", "q8", "q9", "q1", "q6", "q2", "q3", "q0", "q4", "q5"]
    assert ids(drawn(QUIZ, 3, "seed")) == ["q7", "q8", "q9"]


def test_without_a_draw_all_are_asked() -> None:
    assert drawn(QUIZ, None, "seed") == QUIZ


@given(st.text(), st.integers(1, 12))
def test_so_many_are_drawn_in_the_order_of_the_quiz(seed: str, number: int) -> None:
    found = drawn(QUIZ, number, seed)
    assert len(found) == min(number, 10)
    assert list(found) == [question for question in QUIZ if question in found]
    assert drawn(QUIZ, number, seed) == found


@given(st.text())
def test_so_many_of_each_objective_are_drawn(seed: str) -> None:
    found = drawn(QUIZ, MappingProxyType({1: 2, 2: 3}), seed)
    assert Counter(question.objective for question in found) == {1: 2, 2: 3}


@pytest.mark.parametrize("draw", [1, {1: 1}])
def test_what_has_no_right_answer_is_always_asked(draw: int | dict[int, int]) -> None:
    for number in range(20):
        found = drawn((*QUIZ, OPEN), draw, str(number))
        assert len(found) == 2
        assert found[-1] is OPEN


def test_every_question_has_its_turn() -> None:
    turns = Counter(question.id for number in range(2000) for question in drawn(QUIZ, 5, f"seed {number}"))
    assert set(turns) == {question.id for question in QUIZ}
    assert all(900 < count < 1100 for count in turns.values())


def test_another_question_in_the_pool_leaves_the_others_in_their_order() -> None:
    before = ids(shuffled(QUIZ, "seed"))
    assert [name for name in ids(shuffled((*QUIZ, asked("new")), "seed")) if name != "new"] == before


@given(st.text())
def test_an_order_that_is_to_be_found_is_never_shown(seed: str) -> None:
    for size in (2, 3, 5):
        question = asked("order", "ordering", size=size)
        shown = options(question, seed)
        assert sorted(ids(shown)) == sorted(question.right)
        assert tuple(ids(shown)) != question.right


@given(st.text())
def test_right_sides_are_always_shuffled_and_left_ones_where_the_module_says(seed: str) -> None:
    question = asked("pairs", "matching")
    assert sorted(ids(targets(question, seed))) == ["t1", "t2", "t3", "t4"]
    assert options(question, seed) == question.options
    assert sorted(ids(options(question, seed, shuffle=True))) == ["o1", "o2", "o3", "o4"]


def test_shuffled_options_differ_from_attempt_to_attempt_and_from_question_to_question() -> None:
    orders = Counter(tuple(ids(options(asked("a"), f"seed {number}", shuffle=True))) for number in range(400))
    assert len(orders) == 24
    assert options(asked("a"), "seed", shuffle=True) == options(asked("a"), "seed", shuffle=True)
    assert len({tuple(ids(options(asked(f"q{number}"), "seed", shuffle=True))) for number in range(50)}) > 10


@pytest.mark.parametrize("kind", ["likert", "true-false", "choice"])
def test_options_that_stay_as_their_author_wrote_them(kind: str) -> None:
    question = replace(asked("a", kind), fixed=kind == "choice")
    for number in range(20):
        assert options(question, str(number), shuffle=True) == question.options
    assert options(asked("a"), "seed") == question.options
