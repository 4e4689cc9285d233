"""Marking an answer: pure functions from a question and a response to a grade."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from near_learn.content.kinds import KINDS
from near_learn.content.question import Question


@dataclass(frozen=True)
class Grade:
    """How good a response was: `score` from 0 to 1, `success` only when it is entirely right.

    Both are None for a question without a right answer.
    """

    score: float | None
    success: bool | None


UNGRADED = Grade(None, None)


def grade(question: Question, response: Sequence[str]) -> Grade:
    """The grade for a response, whose parts depend on the question's kind; an empty one is worth nothing.

    How the parts of a question count is said in the module of each kind, at its function `mark`.
    Raises ValueError for a response that no form can send, such as ids that the question does not have.
    """
    if not response:
        return Grade(0.0, False) if question.graded else UNGRADED
    try:
        score = KINDS[question.kind].mark(question, response)
    except ValueError as problem:
        raise ValueError(f"response: question {question.id!r} {problem}") from None
    return UNGRADED if score is None else Grade(score, score == 1)


def quiz_score(marked: Iterable[tuple[Question, Grade]]) -> float:
    """The mean score, from 0 to 1, of the questions that have a right answer; each counts by its weight.

    A quiz without such a question is worth 1.
    """
    scores = [(question.weight, grade.score) for question, grade in marked if grade.score is not None]
    weight = sum(weight for weight, _ in scores)
    return sum(weight * score for weight, score in scores) / weight if scores else 1.0
