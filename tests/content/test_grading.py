"""Grading: what an answer is worth."""

import pytest

from near_learn.content import Grade, Option, Question, grade, quiz_score


def question(right: str, options: str = "abcd") -> Question:
    """A question whose options are single letters; those in `right` are right."""
    choices = tuple(Option(letter, letter, letter, letter in right) for letter in options)
    return Question("q", "Which?", "", "choice", len(right) > 1, choices)


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
    assert grade(question("abc"), ["a", "b"]) == Grade(pytest.approx(2 / 3), False)


def test_success_needs_the_whole_key() -> None:
    assert not grade(question("bc"), ["b", "c", "a"]).success


@pytest.mark.parametrize(
    ("right", "response", "message"),
    [
        ("b", ["z"], "question 'q' has no option 'z'"),
        ("b", ["a", "b"], "question 'q' takes one option, got 2"),
        ("bc", ["b", "c", "<script>"], "question 'q' has no option '<script>'"),
    ],
)
def test_a_response_that_no_form_can_send_is_refused(right: str, response: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        grade(question(right), response)


def test_the_score_of_a_quiz_is_the_mean() -> None:
    grades = [Grade(1.0, True), Grade(0.5, False), Grade(0.0, False)]
    assert quiz_score([(question("b"), each) for each in grades]) == 0.5
    assert quiz_score([]) == 1.0
