"""An answered question as the page shows it: what was chosen, what is right, and what may be told already."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from near_learn.content import Option, Question, grade

# A wrong answer to a knowledge check is first met with its feedback only: the right one may still be found.
TRIES_BEFORE_REVEAL = 2


@dataclass(frozen=True)
class Review:
    """One answer. `revealed`: the page may show which options are right, and the explanation."""

    question: Question
    chosen: frozenset[str]
    success: bool
    revealed: bool

    @property
    def options(self) -> Iterable[tuple[Option, bool]]:
        """Every option, and whether it was chosen."""
        return [(option, option.id in self.chosen) for option in self.question.options]

    @property
    def score(self) -> float:
        """The share of the question that was right, 0 to 1."""
        return grade(self.question, sorted(self.chosen)).score or 0.0


def of_check(question: Question, response: str, tries: int) -> Review | None:
    """The latest answer to a knowledge check; None when the question has changed too much to show it."""
    review = of_attempt(question, response)
    if review is None:
        return None
    # With one other option left, "not this one" already gives the answer away.
    last_guess = not question.multiple and len(question.options) <= 2
    revealed = review.success or tries >= TRIES_BEFORE_REVEAL or last_guess
    return Review(question, review.chosen, review.success, revealed)


def of_attempt(question: Question, response: str) -> Review | None:
    """An answer in a quiz that has been sent; RESPONSE as in its statement: option ids joined by [,]."""
    chosen = frozenset(part for part in response.split("[,]") if part)
    try:
        return Review(question, chosen, bool(grade(question, sorted(chosen)).success), revealed=True)
    except ValueError:
        return None


def chosen(question: Question, form: MultiDict[str, str]) -> tuple[str, ...]:
    """The chosen option ids of a sent form, in the order of the options; empty when nothing was chosen.

    Raises BadRequest for options that this question does not have, and for several where one is asked.
    """
    sent: Collection[str] = set(form.getlist("answer"))
    try:
        grade(question, sorted(sent))
    except ValueError as error:
        raise BadRequest(str(error)) from error
    return tuple(option.id for option in question.options if option.id in sent)
