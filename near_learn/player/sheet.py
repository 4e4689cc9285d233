"""A question as a form shows it: what there is to choose from, in its order, and what is filled in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from near_learn.content import Module, Option, Question
from near_learn.content.drawing import options, targets
from near_learn.content.question import PAIRED, Target
from near_learn.player.entry import Entry
from near_learn.player.numbers import shown_number
from near_learn.records import attempt


@dataclass(frozen=True)
class Sheet:
    """One question of an attempt, or (number 0) outside of any. Never says which answers are right."""

    question: Question
    options: tuple[Option, ...]
    targets: tuple[Target, ...]
    entry: Entry

    @property
    def chosen(self) -> frozenset[str]:
        """The ids of the options chosen."""
        return frozenset(self.entry.response)

    @property
    def gaps(self) -> tuple[tuple[str, str, str], ...]:
        """Each piece of the stem, the id of the gap after it and the text in that gap; the last has none."""
        filled = [*self.entry.response, *[""] * len(self.question.gaps)]
        named = [(gap.id, text) for gap, text in zip(self.question.gaps, filled, strict=False)]
        parts = self.question.stem_parts
        return tuple((part, *one) for part, one in zip(parts, [*named, ("", "")], strict=False))

    @cached_property
    def pairs(self) -> dict[str, str]:
        """The id of the right side chosen for each left side."""
        halves = (part.partition(PAIRED) for part in self.entry.response)
        return {left: right for left, _, right in halves}

    @property
    def ordered(self) -> tuple[Option, ...]:
        """The items in the learner's order, else as they are first shown."""
        if len(self.entry.response) != len(self.options):
            return self.options
        return tuple(self.question.option(name) for name in self.entry.response)

    @property
    def text(self) -> str:
        """The text or number that is filled in; a number as this language writes it."""
        text = self.entry.response[0] if self.entry.response else ""
        return shown_number(text) if self.question.kind == "numeric" and not self.entry.problem else text


def sheet(module: Module, question: Question, registration: str, number: int, entry: Entry) -> Sheet:
    """The question as it stands in this attempt: options and right sides in the order drawn for it."""
    seed = attempt.seed(registration, module.id, number)
    shown = options(question, seed, shuffle=module.shuffle)
    return Sheet(question, shown, targets(question, seed), entry)
