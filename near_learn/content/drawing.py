"""Which questions an attempt asks, and how their answers stand: for the same seed the same, for ever."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Protocol, TypeVar

from near_learn.content.question import Option, Question, Target


class HasId(Protocol):
    """Anything with an id."""

    @property
    def id(self) -> str: ...


Item = TypeVar("Item", bound=HasId)


def shuffled(items: Sequence[Item], seed: str) -> tuple[Item, ...]:
    """The items in the order of a SHA-256 over the seed and the id of each."""
    return tuple(sorted(items, key=lambda item: hashlib.sha256(f"{seed}\n{item.id}".encode()).digest()))


def drawn(quiz: Sequence[Question], draw: int | Mapping[int, int] | None, seed: str) -> tuple[Question, ...]:
    """The questions of one attempt, in the order of the quiz.

    `draw` says how many: of all, or of each objective by its number; None: all. Questions without a right
    answer are no part of the draw and always asked. A pool that has fewer than it should gives all it has.
    """
    if draw is None:
        return tuple(quiz)
    numbers = {0: draw} if isinstance(draw, int) else draw
    pools: dict[int, list[Question]] = {}
    for question in quiz:
        if question.graded:
            pool = 0 if isinstance(draw, int) else question.objective or 0
            pools.setdefault(pool, []).append(question)
    chosen = {
        question.id
        for pool, number in numbers.items()
        for question in shuffled(pools.get(pool, ()), seed)[:number]
    }
    return tuple(question for question in quiz if question.id in chosen or not question.graded)


def options(question: Question, seed: str, *, shuffle: bool = False) -> tuple[Option, ...]:
    """The question's options as an attempt shows them; `shuffle` as the module says.

    Items to be ordered are always shuffled, and never stand in the right order. A scale, true-false and
    what is `fixed` stay as their author wrote them.
    """
    if question.kind == "ordering":
        mixed = _mixed(question, seed)
        return mixed if mixed != question.options else mixed[1:] + mixed[:1]
    if shuffle and not question.fixed and question.kind in {"choice", "matching"}:
        return _mixed(question, seed)
    return question.options


def targets(question: Question, seed: str) -> tuple[Target, ...]:
    """The right sides of a matching question, always shuffled."""
    return shuffled(question.targets, f"{seed}/{question.id}/targets")


def _mixed(question: Question, seed: str) -> tuple[Option, ...]:
    # With the question's id: else o1 would stand in the same place in every question.
    return shuffled(question.options, f"{seed}/{question.id}")
