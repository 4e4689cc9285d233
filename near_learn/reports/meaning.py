"""What each figure says: what is counted, and from which statements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import LazyString, lazy_gettext

from near_learn.reports.filters import Basis


@dataclass(frozen=True)
class Meaning:
    """A figure's name, what is counted, and the verbs of the statements that it comes from."""

    id: str
    name: LazyString
    text: LazyString
    verbs: tuple[str, ...]


# Every verb with which somebody does something in a course.
LEARNING = ("initialized", "progressed", "answered", "passed", "failed", "scored", "completed")

STANDING: tuple[Meaning, ...] = (
    Meaning(
        "enrolled",
        lazy_gettext("Enrolled"),
        lazy_gettext(
            "Registrations on a course: one person's attempt at one course counts once. Not started, active, "
            "dropped out and completed together are the enrolled; nobody is in two of them."
        ),
        ("registered",),
    ),
    Meaning(
        "persons",
        lazy_gettext("Persons"),
        lazy_gettext(
            "Different persons among the enrolled. One person can be in several rows, so the total is not "
            "their sum."
        ),
        ("registered",),
    ),
    Meaning(
        "not_started",
        lazy_gettext("Not started"),
        lazy_gettext("Registered, and has not opened anything yet."),
        ("registered",),
    ),
    Meaning(
        "started",
        lazy_gettext("Started"),
        lazy_gettext("Has opened something: the enrolled without those not started."),
        LEARNING,
    ),
    Meaning(
        "active",
        lazy_gettext("Active"),
        lazy_gettext("Started, not completed, and active in the course within the last %(days)s days."),
        LEARNING,
    ),
    Meaning(
        "dropped_out",
        lazy_gettext("Dropped out"),
        lazy_gettext(
            "Started, not completed, and silent for more than %(days)s days. Whoever comes back is active "
            "again."
        ),
        LEARNING,
    ),
    Meaning(
        "completed",
        lazy_gettext("Completed"),
        lazy_gettext("Every module completed: all its sections seen and its quiz taken."),
        ("completed",),
    ),
    Meaning(
        "rate",
        lazy_gettext("Completion rate"),
        lazy_gettext(
            "Completed of the enrolled, rounded to one decimal. Rounding never turns some into all or nobody."
        ),
        ("registered", "completed"),
    ),
    Meaning(
        "passed",
        lazy_gettext("Passed"),
        lazy_gettext("Every module's quiz passed as well. For a single module: its quiz passed."),
        ("passed", "satisfied"),
    ),
    Meaning(
        "scored",
        lazy_gettext("With a score"),
        lazy_gettext("Registrations with at least one scored attempt."),
        ("passed", "failed", "scored"),
    ),
    Meaning(
        "scores",
        lazy_gettext("Mean first score, mean best score"),
        lazy_gettext(
            "The mean over the quizzes that were tried: each registration counts once for each module of "
            "which it has a score. Modules not tried are left out, and quizzes of too few persons."
        ),
        ("passed", "failed", "scored"),
    ),
    Meaning(
        "minutes",
        lazy_gettext("Median minutes"),
        lazy_gettext(
            "Active time of those who completed: half took longer. Between two statements at most 15 minutes "
            "count."
        ),
        LEARNING,
    ),
)
HAPPENED: tuple[Meaning, ...] = (
    Meaning(
        "enrolled",
        lazy_gettext("Enrolled"),
        lazy_gettext("Enrolments on a course that happened in the period."),
        ("registered",),
    ),
    Meaning(
        "started",
        lazy_gettext("Started"),
        lazy_gettext("Registrations in which something was opened for the first time in the period."),
        LEARNING,
    ),
    Meaning(
        "completed",
        lazy_gettext("Completed"),
        lazy_gettext("Registrations whose last missing module was completed in the period."),
        ("completed",),
    ),
    Meaning(
        "passed",
        lazy_gettext("Passed"),
        lazy_gettext("Registrations whose last missing quiz was passed in the period."),
        ("passed", "satisfied"),
    ),
)
OF_BASIS: Mapping[Basis, tuple[Meaning, ...]] = {Basis.ENROLLED: STANDING, Basis.HAPPENED: HAPPENED}
OF: Mapping[str, Meaning] = {meaning.id: meaning for meaning in STANDING}
