"""An answered question as the page shows it: the answer, what is right, and what may be told already."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from near_learn.content import Grade, Module, Option, Question, grade
from near_learn.content.drawing import options
from near_learn.content.kinds.tolerance import same
from near_learn.content.question import PAIRED, Gap, Target
from near_learn.records import attempt
from near_learn.records.private import Kept

# A wrong answer to a knowledge check is first met with its feedback only: the right one may still be found.
TRIES_BEFORE_REVEAL = 2


@dataclass(frozen=True)
class Review:
    """One answer. `revealed`: the page may show what is right, and the explanation."""

    question: Question
    response: tuple[str, ...]
    shown: tuple[Option, ...]  # the options in the order they were offered
    marked: Grade
    revealed: bool
    kept: Kept | None = None  # a text of the learner's own

    @property
    def success(self) -> bool:
        """Whether the answer is entirely right."""
        return bool(self.marked.success)

    @property
    def weak(self) -> bool:
        """Whether there is something left to learn: an answer that is not entirely right."""
        return self.question.graded and not self.success

    @property
    def score(self) -> float:
        """The share of the question that was right, 0 to 1."""
        return self.marked.score or 0.0

    @property
    def chosen(self) -> frozenset[str]:
        """The ids of the options chosen."""
        return frozenset(self.response)

    @property
    def options(self) -> Iterable[tuple[Option, bool]]:
        """Every option, and whether it was chosen."""
        return [(option, option.id in self.chosen) for option in self.shown]

    @property
    def gaps(self) -> list[tuple[Gap, str, bool]]:
        """Every gap with what was written in it, and whether that is right."""
        texts = self.response or [""] * len(self.question.gaps)
        pairs = zip(self.question.gaps, texts, strict=True)
        return [
            (gap, text, bool(text) and any(same(text, each) for each in gap.accepted)) for gap, text in pairs
        ]

    @property
    def pairs(self) -> list[tuple[Option, Target | None, Target]]:
        """Every left side with the right side chosen for it, and the one that fits."""
        targets = {target.id: target for target in self.question.targets}
        chosen = dict(part.split(PAIRED, 1) for part in self.response)
        matches = self.question.matches
        return [
            (each, targets.get(chosen.get(each.id, "")), targets[matches[each.id]]) for each in self.shown
        ]

    @property
    def items(self) -> list[Option]:
        """The items to be put in order, as the learner left them."""
        return [self.question.option(name) for name in self.response]

    @property
    def parts_right(self) -> int:
        """How many gaps or pairs are right."""
        if self.question.kind == "gap":
            return sum(right for _, _, right in self.gaps)
        return sum(chosen == right for _, chosen, right in self.pairs)


def of_check(
    module: Module, question: Question, registration: str, response: str, tries: int, kept: Kept | None
) -> Review | None:
    """The latest answer to a knowledge check; None when the question has changed too much to show it."""
    review = of_attempt(module, question, registration, response, 0, kept)
    if review is None:
        return None
    # With one other option left, "not this one" already gives the answer away.
    last_guess = (
        question.kind in {"choice", "true-false"} and not question.multiple and len(question.options) <= 2
    )
    revealed = review.success or tries >= TRIES_BEFORE_REVEAL or last_guess or not question.graded
    return Review(question, review.response, review.shown, review.marked, revealed, kept)


def of_attempt(
    module: Module,
    question: Question,
    registration: str,
    response: str,
    number: int,
    kept: Kept | None = None,
) -> Review | None:
    """An answer in a quiz that has been sent; RESPONSE as in its statement. None when it does not fit."""
    parts = (kept.text,) if question.private and kept else question.split(response)
    seed = attempt.seed(registration, module.id, number)
    shown = options(question, seed, shuffle=module.shuffle)
    try:
        return Review(question, parts, shown, grade(question, parts), revealed=True, kept=kept)
    except ValueError:
        return None
