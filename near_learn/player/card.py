"""What cards of courses, tests and surveys say: the arguments of their pieces (see _cards.html)."""

from __future__ import annotations

from flask_babel import format_date

from near_learn.content import Course
from near_learn.player import visit
from near_learn.player.due import Due
from near_learn.player.instrument import InstrumentStanding, When
from near_learn.player.standing import CourseStanding


def course(where: CourseStanding, language: str, due: Due | None) -> tuple[object, ...]:
    """Of a course, for somebody who reads LANGUAGE and is to complete it when DUE says."""
    found, begun = where.course, where.registration
    spoken = language if language in found.title else "en"
    return (
        found.id,
        found.title.get(spoken, ""),
        found.summary.get(spoken) or found.summary.get("en", ""),
        spoken,
        language,
        where.state,
        begun is not None,
        where.passed,
        len(where.modules),
        visit.closed(where),
        where.minutes,
        where.languages,
        where.partly,
        None if begun and begun.completed_at else due,
    )


def instrument(course: Course, each: InstrumentStanding, language: str, level: int) -> tuple[object, ...]:
    """Of a test or survey of the course; its heading is of LEVEL."""
    module, here = each.module, each.standing
    text = module.text(language)
    return (
        course.id,
        module.id,
        module.kind,
        module.minutes,
        each.weeks,
        text.title,
        text.language,
        language,
        each.when,
        each.at_start,
        here.drafted > 0,
        format_date(each.opens_at, "long") if each.opens_at and each.when is When.LATER else "",
        here.progress.best_score if here.progress and each.when is When.DONE else None,
        level,
    )
