"""Marking an answer: pure functions from a question and a response to a grade."""

from collections.abc import Sequence
from dataclasses import dataclass

from near_learn.content.question import Question


@dataclass(frozen=True)
class Grade:
    """How good a response was: `score` from 0 to 1, `success` only when it is entirely right."""

    score: float
    success: bool


def grade(question: Question, response: Sequence[str]) -> Grade:
    """The grade for the chosen option ids; an empty response is worth nothing.

    Single choice is worth 1 or 0. Multiple choice is worth (right chosen - wrong chosen) / right, never
    below 0, so that ticking everything gains nothing. The order of the ids and repeats do not count.

    Raises ValueError when the response names an option that the question does not have, or names
    several options of a single choice: a form cannot send that, so somebody else did.
    """
    chosen, right = set(response), set(question.right)
    unknown = chosen - {option.id for option in question.options}
    if unknown:
        raise ValueError(f"response: question {question.id!r} has no option {sorted(unknown)[0]!r}")
    if len(chosen) > 1 and not question.multiple:
        raise ValueError(f"response: question {question.id!r} takes one option, got {len(chosen)}")
    success = chosen == right
    if not question.multiple:
        return Grade(1.0 if success else 0.0, success)
    score = (len(chosen & right) - len(chosen - right)) / len(right)
    return Grade(max(0.0, score), success)


def quiz_score(grades: Sequence[Grade]) -> float:
    """The mean score of a quiz, from 0 to 1; each question weighs the same. An empty quiz is worth 1."""
    return sum(grade.score for grade in grades) / len(grades) if grades else 1.0
