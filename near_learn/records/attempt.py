"""An attempt at a quiz: which questions it asks, and when it may be made."""

from __future__ import annotations

from datetime import datetime

from near_learn.content import Module, Question
from near_learn.content.drawing import drawn

# Instruments are taken once; a diagnosis at the start and at the end.
MOST = {"diagnosis": 2}


def seed(registration: str, module: str, number: int) -> str:
    """What the draw and the order of options hang on: the same for ever for the same attempt."""
    return f"{registration}/{module}/{number}"


def asked(module: Module, language: str, registration: str, number: int) -> tuple[Question, ...]:
    """The questions of the attempt, in order: all of the quiz, or those that are drawn for it."""
    return drawn(module.text(language).quiz, module.draw, seed(registration, module.id, number))


def most(module: Module) -> int | None:
    """How many attempts the module allows; None: as many as the learner likes."""
    return MOST.get(module.kind, 1) if module.instrument else module.attempts


def opens_at(module: Module, last: datetime | None) -> datetime | None:
    """From when on another attempt may be made after the one at LAST; None: at once."""
    return last + module.cool_down if last is not None and module.cool_down else None
