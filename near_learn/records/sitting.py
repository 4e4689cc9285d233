"""Who takes which module of which course: what every step of the recorder is about."""

from __future__ import annotations

from dataclasses import dataclass

from near_learn.content import Course, Module
from near_learn.records.learner import Learner


@dataclass(frozen=True)
class Sitting:
    """A learner in a module, under their registration in its course."""

    learner: Learner
    registration: str
    course: Course
    module: Module


@dataclass(frozen=True)
class Response:
    """The answer to a question in parts (see content/question.py), and how long that took if it is known."""

    response: tuple[str, ...]
    seconds: float | None = None
    shared: bool = False  # a text of the learner's own that they want others to read
