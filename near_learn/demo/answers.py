"""What somebody answers who knows more or less: right with a certain chance, else as people go wrong."""

from __future__ import annotations

from random import Random

from near_learn.content import Question
from near_learn.content.question import PAIRED


def answer(rng: Random, question: Question, skill: float) -> tuple[str, ...]:
    """A response; SKILL is the chance that it is right. Empty where a text of one's own is asked for."""
    if question.private:
        return ()
    if question.kind == "likert":
        # What people say of their practice rises with what they know, and less for some things than others.
        leaning = skill - 0.1 * ((question.objective or 1) - 1)
        return (_agreeing(rng, [option.id for option in question.options], leaning),)
    return question.right if rng.random() < skill else _wrong(rng, question)


def _wrong(rng: Random, question: Question) -> tuple[str, ...]:
    if question.kind == "gap":
        # Half of the gaps are known all the same.
        return tuple(gap.accepted[0] if rng.random() < 0.5 else "" for gap in question.gaps)
    if question.kind == "matching":
        targets = [target.id for target in question.targets]
        return tuple(f"{option.id}{PAIRED}{rng.choice(targets)}" for option in question.options)
    if question.kind == "ordering":
        order = list(question.right)
        place = rng.randrange(len(order) - 1)
        order[place], order[place + 1] = order[place + 1], order[place]
        return tuple(order)
    if question.range is not None:
        return (f"{question.range.high + rng.randint(1, 9):g}",)
    options = [option.id for option in question.options]
    if question.multiple:
        chosen = rng.sample(options, rng.randint(1, len(options)))
        return tuple(option for option in options if option in chosen)
    return (rng.choice([option for option in options if option not in question.right] or options),)


def _agreeing(rng: Random, scale: list[str], leaning: float) -> str:
    """A place on the scale, the more often towards its upper end the larger LEANING is."""
    place = rng.betavariate(max(0.5, 0.6 + 3.0 * leaning), 1.6)
    return scale[min(len(scale) - 1, int(place * len(scale)))]
