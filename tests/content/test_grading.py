"""Grading: what an answer is worth, kind by kind."""

from collections.abc import Sequence
from itertools import permutations
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from near_learn.content import Grade, Option, Question, grade, quiz_score
from near_learn.content.kinds import KINDS
from near_learn.content.kinds.numeric import bounds, typed
from near_learn.content.question import Gap, Range, Target


def question(right: str, options: str = "abcd") -> Question:
    """A choice whose options are single letters; those in `right` are right."""
    choices = tuple(Option(letter, letter, letter, letter in right) for letter in options)
    return Question("q", "Which?", "", "choice", len(right) > 1, choices)


def options(letters: str, right: str = "") -> tuple[Option, ...]:
    return tuple(Option(letter, letter, letter, letter in right) for letter in letters)


TRUE = Question(
    "q", "So?", "", "true-false", False, (Option("true", "", "", True), Option("false", "", "", False))
)
GAPS = Question(
    "q",
    "Fill in.",
    "",
    "gap",
    False,
    gaps=(Gap("g1", ("decides", "chooses")), Gap("g2", ("listen",)), Gap("g3", ("Él",))),
)
PAIRS = Question(
    "q",
    "Match.",
    "",
    "matching",
    False,
    options("abcd"),
    targets=tuple(Target(name, name, name) for name in ("t1", "t2", "t3", "t4")),
    matches=MappingProxyType({"a": "t2", "b": "t1", "c": "t3", "d": "t3"}),
)
ORDER = Question("q", "Order.", "", "ordering", False, options("cabd"))
NUMBER = Question("q", "How many?", "", "numeric", False, range=Range(11.5, 12.5, 12))
SCALE = Question("q", "How sure?", "", "likert", False, options("abc"))
TEXT = Question("q", "Why?", "", "short-answer", False)
ALL = {
    "single choice": question("b"),
    "multiple choice": question("bc"),
    "true or false": TRUE,
    "gaps": GAPS,
    "pairs": PAIRS,
    "order": ORDER,
    "number": NUMBER,
    "scale": SCALE,
    "text": TEXT,
    "reflection": Question("q", "Why?", "", "reflection", False),
}

SINGLE = [("b", 1.0), ("a", 0.0), ("", 0.0), ("bb", 1.0)]
MULTIPLE = [
    ("bc", 1.0),  # the key
    ("cb", 1.0),  # in another order
    ("bcb", 1.0),  # one of them twice
    ("b", 0.5),
    ("ab", 0.0),  # one right, one wrong
    ("abc", 0.5),
    ("abcd", 0.0),  # everything
    ("ad", 0.0),  # never below nothing
    ("", 0.0),
]


@pytest.mark.parametrize(("response", "score"), SINGLE)
def test_single_choice(response: str, score: float) -> None:
    assert grade(question("b"), list(response)) == Grade(score, score == 1.0)


@pytest.mark.parametrize(("response", "score"), MULTIPLE)
def test_multiple_choice(response: str, score: float) -> None:
    assert grade(question("bc"), list(response)) == Grade(score, score == 1.0)


def test_three_right_options_give_thirds() -> None:
    marked = grade(question("abc"), ["a", "b"])
    assert marked.score == pytest.approx(2 / 3)
    assert not marked.success


def test_success_needs_the_whole_key() -> None:
    assert not grade(question("bc"), ["b", "c", "a"]).success


# A question, a response, and the score.
SCORES: list[tuple[Question, Sequence[str], float]] = [
    (TRUE, ["true"], 1),
    (TRUE, ["false"], 0),
    (TRUE, [], 0),
    (GAPS, ["decides", "listen", "Él"], 1),
    (GAPS, ["Chooses.", "  LISTEN ", "el"], 1),
    (GAPS, ["chooses", "", "ella"], 1 / 3),
    (GAPS, ["listen", "decides", "él"], 1 / 3),
    (GAPS, ["", "", ""], 0),
    (GAPS, [], 0),
    (PAIRS, ["a[.]t2", "b[.]t1", "c[.]t3", "d[.]t3"], 1),
    (PAIRS, ["d[.]t3", "b[.]t1", "a[.]t2", "c[.]t3"], 1),
    (PAIRS, ["a[.]t2", "b[.]t2", "c[.]t4", "d[.]t3"], 0.5),
    (PAIRS, ["a[.]t2"], 0.25),
    (PAIRS, ["a[.]t1"], 0),
    (ORDER, ["c", "a", "b", "d"], 1),
    (ORDER, ["d", "c", "a", "b"], 2 / 3),  # one is out of place
    (ORDER, ["a", "c", "d", "b"], 1 / 3),
    (ORDER, ["d", "b", "a", "c"], 0),  # the other way round
    (NUMBER, ["12"], 1),
    (NUMBER, ["12,5"], 1),
    (NUMBER, ["11.5"], 1),
    (NUMBER, [" 12.0 "], 1),
    (NUMBER, ["12.51"], 0),
    (NUMBER, ["−12"], 0),
]


@pytest.mark.parametrize(("asked", "response", "score"), SCORES)
def test_partial_credit(asked: Question, response: Sequence[str], score: float) -> None:
    marked = grade(asked, response)
    assert marked.score == pytest.approx(score)
    assert marked.success == (score == 1)


@pytest.mark.parametrize(
    ("asked", "response"), [(SCALE, ["c"]), (SCALE, []), (TEXT, ["Because [,] so."]), (TEXT, [])]
)
def test_what_has_no_right_answer_is_not_graded(asked: Question, response: Sequence[str]) -> None:
    assert grade(asked, response) == Grade(None, None)


REFUSED: list[tuple[Question, Sequence[str], str]] = [
    (question("b"), ["z"], "question 'q' has no option 'z'"),
    (question("b"), ["a", "b"], "question 'q' takes one option, got 2"),
    (question("bc"), ["b", "c", "<script>"], "question 'q' has no option '<script>'"),
    (TRUE, ["maybe"], "question 'q' has no option 'maybe'"),
    (TRUE, ["true", "false"], "question 'q' takes one option, got 2"),
    (GAPS, ["decides"], "question 'q' takes 3 texts, got 1"),
    (GAPS, ["a", "b", "x" * 201], "takes texts of at most 200 characters"),
    (GAPS, ["a", "b", "x[,]y"], "takes texts of at most 200 characters, without"),
    (PAIRS, ["a"], "question 'q' has no right side ''"),
    (PAIRS, ["a[.]t9"], "question 'q' has no right side 't9'"),
    (PAIRS, ["z[.]t1"], "question 'q' has no option 'z'"),
    (PAIRS, ["a[.]t1", "a[.]t2"], "question 'q' takes each left side once, got 'a' twice"),
    (ORDER, ["a", "b"], "question 'q' takes each of its 4 items once"),
    (ORDER, ["a", "a", "b", "c"], "question 'q' takes each of its 4 items once"),
    (ORDER, ["a", "b", "c", "z"], "question 'q' has no option 'z'"),
    (NUMBER, ["twelve"], "question 'q' takes a number, got 'twelve'"),
    (NUMBER, ["1e3"], "question 'q' takes a number, got '1e3'"),
    (NUMBER, ["nan"], "question 'q' takes a number, got 'nan'"),
    (NUMBER, ["1", "2"], "question 'q' takes one number, got 2"),
    (SCALE, ["z"], "question 'q' has no option 'z'"),
    (SCALE, ["a", "b"], "question 'q' takes one option, got 2"),
    (TEXT, ["a", "b"], "question 'q' takes one text, got 2"),
    (TEXT, ["x" * 5001], "question 'q' takes a text of at most 5000 characters"),
]


@pytest.mark.parametrize(("asked", "response", "message"), REFUSED)
def test_a_response_that_no_form_can_send_is_refused(
    asked: Question, response: list[str], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        grade(asked, response)


def test_every_kind_is_tried_here() -> None:
    assert {asked.kind for asked in ALL.values()} == set(KINDS)


def test_the_kinds_that_are_marked_are_those_with_a_right_answer() -> None:
    for asked in ALL.values():
        assert ("weight" in KINDS[asked.kind].takes) == asked.graded


@pytest.mark.parametrize("name", ALL)
def test_the_right_response_is_worth_everything_and_comes_back_from_one_text(name: str) -> None:
    asked = ALL[name]
    if asked.graded:
        assert grade(asked, asked.right) == Grade(1.0, True)
    assert asked.split(asked.join(asked.right)) == asked.right


def test_a_text_of_the_learner_is_one_part_whatever_is_in_it() -> None:
    assert TEXT.split("first[,]second") == ("first[,]second",)
    assert TEXT.split("") == ()


responses = st.lists(
    st.one_of(st.sampled_from(["a", "b", "c", "d", "true", "a[.]t1", "12", ""]), st.text()), max_size=6
)


@given(st.sampled_from(sorted(ALL)), responses)
def test_whatever_is_sent_the_score_is_a_share_or_it_is_refused(name: str, response: list[str]) -> None:
    asked = ALL[name]
    try:
        marked = grade(asked, response)
    except ValueError:
        return
    if not asked.graded:
        assert marked == Grade(None, None)
    else:
        assert marked.score is not None
        assert 0 <= marked.score <= 1
        assert marked.success == (marked.score == 1)


def test_an_order_is_worth_the_more_the_fewer_items_are_out_of_place() -> None:
    for order in permutations("cabd"):
        score = grade(ORDER, order).score
        assert score is not None
        # The most items, in their right order, that can be left where they are.
        kept = max(
            size
            for size in range(1, 5)
            if any(set(part) <= set("cabd") and _within(part, order) for part in _parts("cabd", size))
        )
        assert score == pytest.approx((kept - 1) / 3)


def _parts(letters: str, size: int) -> list[str]:
    return [
        "".join(part) for part in permutations(letters, size) if list(part) == sorted(part, key=letters.index)
    ]


def _within(part: str, order: Sequence[str]) -> bool:
    places = [order.index(letter) for letter in part]
    return places == sorted(places)


# What an author writes after =, and a number that is just inside, and one that is just outside.
BOUNDS = [
    ("12", "12", "12.001"),
    ("0.3 ± 0.1", "0.2", "0.199"),
    ("0.7 +- 0.1", "0.8", "0.801"),
    ("12 +/- 0.1", "12.1", "12.11"),
    ("-3 .. 3", "-3", "-3.1"),
    ("−3 ... −1", "-1", "0"),
    ("1 … 2", "2", "2.5"),
    ("+5±5", "10", "11"),
    ("1000000000000", "1000000000000", "999999999999"),
]


@pytest.mark.parametrize(("written", "inside", "outside"), BOUNDS)
def test_the_bounds_of_a_number_belong_to_it(written: str, inside: str, outside: str) -> None:
    asked = Question("q", "How many?", "", "numeric", False, range=bounds(written))
    assert grade(asked, [inside]).success
    assert not grade(asked, [outside]).success
    assert grade(asked, asked.right).success


@given(st.decimals(min_value=-(10**11), max_value=10**11, places=4), st.decimals(0, 1000, places=3))
def test_every_number_with_a_tolerance_accepts_itself_and_both_ends(value: object, tolerance: object) -> None:
    asked = Question("q", "How many?", "", "numeric", False, range=bounds(f"{value:f} ± {tolerance:f}"))
    assert asked.range
    for number in (asked.range.low, asked.range.high):
        assert asked.range.low <= float(typed(f"{number:.4f}") or "nan") <= asked.range.high
    assert grade(asked, asked.right).success


TYPED = [
    ("12", "12"),
    (" 12,50 ", "12.5"),
    ("−3", "-3"),
    ("+3", "3"),
    ("1\u00a0000", "1000"),
    ("1 000 000,5", "1000000.5"),
    (".5", "0.5"),
    ("0,10", "0.1"),
    ("-0", "0"),
    ("12 km", None),
    ("1.000,5", None),
    ("twelve", None),
    ("", None),
    ("inf", None),
    ("٣", None),
    ("9" * 40, None),
]


@pytest.mark.parametrize(("text", "number"), TYPED)
def test_numbers_as_learners_type_them(text: str, number: str | None) -> None:
    assert typed(text) == number


def weighted(weight: float, kind: str = "choice") -> Question:
    return Question("q", "Which?", "", kind, False, options("ab", "a"), weight=weight)


def test_the_score_of_a_quiz_is_the_mean() -> None:
    grades = [Grade(1.0, True), Grade(0.5, False), Grade(0.0, False)]
    assert quiz_score([(question("b"), each) for each in grades]) == 0.5
    assert quiz_score([]) == 1.0


def test_a_question_counts_by_its_weight() -> None:
    assert quiz_score([(weighted(3), Grade(1.0, True)), (weighted(1), Grade(0.0, False))]) == 0.75
    assert quiz_score([(weighted(0.5), Grade(1.0, True)), (weighted(1.5), Grade(0.5, False))]) == 0.625


def test_what_is_not_graded_does_not_count() -> None:
    open_question = (weighted(1, "likert"), Grade(None, None))
    assert quiz_score([(weighted(1), Grade(0.5, False)), open_question]) == 0.5
    assert quiz_score([open_question]) == 1.0
