"""What of a course is fixed while somebody takes it: two digests that wording does not change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from near_learn.content.course import Course, Module
    from near_learn.content.question import Question

# Part of what a release writes down: a digest made in another way is not comparable. Count up with changes.
VERSION = 1
LENGTH = 16  # hexadecimal digits
ENGLISH = "en"


def structure(course: Course) -> str:
    """The same for two states of a course with the same modules, of the same sections, in the same order.

    Instruments are no part of it: they come before, after and beside the course.
    """
    return _digest([_way(module) for module in course.modules])


def quiz_key(module: Module) -> str:
    """The same for two states of a module in which an answer to the quiz means, and is worth, the same.

    Texts don't count, but for those that a gap accepts. "" for a module without a quiz.
    """
    quiz = module.texts[ENGLISH].quiz
    if not quiz:
        return ""
    drawn = sorted(module.draw.items()) if isinstance(module.draw, Mapping) else module.draw
    return _digest([module.pass_mark, drawn, [_meaning(module, question) for question in quiz]])


def _way(module: Module) -> list[object]:
    text = module.texts[ENGLISH]
    sections = [section.id for section in text.sections]
    # Where the quiz stands decides which sections lead to it, and so when the module is completed.
    return [module.id, sections, text.quiz_position if text.quiz else None]


def _meaning(module: Module, question: Question) -> list[object]:
    return [
        question.id,
        question.kind,
        question.multiple,
        [[option.id, option.correct] for option in question.options],
        sorted(target.id for target in question.targets),
        sorted(question.matches.items()),
        _accepted(module, question) if question.gaps else [],
        [question.range.low, question.range.high] if question.range else None,
        question.weight,
        question.objective,
    ]


def _accepted(module: Module, question: Question) -> list[object]:
    """What fills each gap, by language."""
    found: list[object] = []
    for language, text in sorted(module.texts.items()):
        gaps = text.question(question.id).gaps
        found.append([language, [[gap.id, sorted(gap.accepted)] for gap in gaps]])
    return found


def _digest(value: object) -> str:
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:LENGTH]
