"""What a list would do, row by row, or what is wrong with it. planner.py makes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from near_learn.enrolment.column import Column
from near_learn.people.rights import Rights


class Kind(StrEnum):
    """What becomes of a row, most of all."""

    ERROR = "error"
    NEW = "new"
    CHANGED = "changed"
    REGISTERED = "registered"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Problem:
    """What is wrong: in which column (None: with the row), and the sentence that says it."""

    column: Column | None
    message: str


@dataclass(frozen=True)
class Change:
    """A field of a person gets another value. Regions, organisations, groups and languages by their ids."""

    field: Column
    old: str
    new: str


@dataclass(frozen=True)
class Due:
    """A group's deadline for a course is set ("" before) or moved."""

    cohort: str
    course: str
    old: str
    new: str


@dataclass(frozen=True)
class Outcome:
    """What one row does. A new person's fields are changes from nothing."""

    row: int
    email: str
    name: str
    new: bool = False
    changes: tuple[Change, ...] = ()
    courses: tuple[str, ...] = ()
    deadlines: tuple[Due, ...] = ()
    organisation: str = ""  # the name of one that is to be made
    problems: tuple[Problem, ...] = ()

    @property
    def kind(self) -> Kind:
        """Under what to list it."""
        if self.problems:
            return Kind.ERROR
        if self.new:
            return Kind.NEW
        if self.changes:
            return Kind.CHANGED
        return Kind.REGISTERED if self.courses or self.deadlines else Kind.NOTHING

    @property
    def action(self) -> tuple[Any, ...]:
        """What it does, without the words: equal for two plans that do the same."""
        return (
            self.row,
            self.email,
            self.new,
            self.changes,
            self.courses,
            self.deadlines,
            self.organisation,
            bool(self.problems),
        )


@dataclass(frozen=True)
class Plan:
    """The outcomes in the order of the rows."""

    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def applicable(self) -> bool:
        """Whether it may be applied: it has no error, and does something."""
        kinds = {outcome.kind for outcome in self.outcomes}
        return Kind.ERROR not in kinds and bool(kinds - {Kind.NOTHING})

    def totals(self) -> dict[str, int]:
        """How many rows of each kind, and what they do in all."""
        kinds = Counter(outcome.kind.value for outcome in self.outcomes)
        good = [outcome for outcome in self.outcomes if not outcome.problems]
        fields = Counter(change.field for each in good for change in each.changes)
        return {
            "rows": len(self.outcomes),
            **{kind.value: kinds[kind.value] for kind in Kind},
            "grouped": fields[Column.COHORT],
            "registrations": sum(len(each.courses) for each in good),
            "deadlines": sum(len(each.deadlines) for each in good),
            "organisations": len({each.organisation for each in good if each.organisation}),
        }

    def differs(self, other: Plan) -> set[int]:
        """The rows for which the two plans do not do the same."""
        mine = {each.row: each.action for each in self.outcomes}
        theirs = {each.row: each.action for each in other.outcomes}
        return {row for row in mine.keys() | theirs.keys() if mine.get(row) != theirs.get(row)}

    def to_json(self) -> list[list[Any]]:
        """For keeping; `from_json` makes an equal plan of it."""
        return [
            [
                each.row,
                each.email,
                each.name,
                each.new,
                [(change.field, change.old, change.new) for change in each.changes],
                each.courses,
                [(due.cohort, due.course, due.old, due.new) for due in each.deadlines],
                each.organisation,
                [(problem.column, problem.message) for problem in each.problems],
            ]
            for each in self.outcomes
        ]

    @classmethod
    def from_json(cls, values: Iterable[Sequence[Any]]) -> Plan:
        """The plan that was kept."""
        return cls([_outcome(*value) for value in values])


@dataclass(frozen=True)
class Wishes:
    """Who wants the list applied and how: their rights, their e-mail address, and the ticks they set."""

    rights: Rights
    email: str = ""
    language: str = "en"  # of new people for whom the list names none
    today: date = date.min
    make_organisations: bool = False


def _outcome(
    row: int,
    email: str,
    name: str,
    new: bool,
    changes: Iterable[Sequence[str]],
    courses: Iterable[str],
    deadlines: Iterable[Sequence[str]],
    organisation: str,
    problems: Iterable[Sequence[str]],
) -> Outcome:
    return Outcome(
        row,
        email,
        name,
        new,
        tuple(Change(Column(field), before, after) for field, before, after in changes),
        tuple(courses),
        tuple(Due(*due) for due in deadlines),
        organisation,
        tuple(Problem(Column(name) if name else None, message) for name, message in problems),
    )
