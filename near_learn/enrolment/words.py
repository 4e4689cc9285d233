"""A plan in the reader's words: what each row does, with names instead of ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import format_date, gettext, lazy_gettext
from sqlalchemy import select

from near_learn.content_library import library
from near_learn.db import db
from near_learn.enrolment.column import NAMES, Column
from near_learn.enrolment.plan import Change, Due, Kind, Outcome, Plan
from near_learn.languages import LANGUAGES, current_language
from near_learn.people import region, role
from near_learn.people.organisation import Organisation
from near_learn.people.person import Cohort
from near_learn.people.role import Role

KINDS = {
    Kind.ERROR: lazy_gettext("Error"),
    Kind.NEW: lazy_gettext("New person"),
    Kind.CHANGED: lazy_gettext("Change"),
    Kind.REGISTERED: lazy_gettext("Registration"),
    Kind.NOTHING: lazy_gettext("Nothing to do"),
}


@dataclass(frozen=True)
class Words:
    """The names of what a plan mentions."""

    names: Mapping[Column, Mapping[str, str]]

    @classmethod
    def of(cls, plan: Plan) -> Words:
        """The words for PLAN, read with one query for each kind of thing."""
        changes = [change for each in plan.outcomes for change in each.changes]
        regions = {
            code for each in changes if each.field is Column.REGION for code in (each.old, each.new) if code
        }
        language = current_language()
        sites = dict(db.session.execute(select(Organisation.id, Organisation.name)).all())
        new_sites = {
            change.new: each.organisation
            for each in plan.outcomes
            for change in each.changes
            if each.organisation and change.field is Column.ORGANISATION
        }
        titles = {id_: course.title for id_, course in library().courses.items()}
        names = region.names(regions, language)
        return cls(
            {
                Column.ROLE: {each.value: str(role.NAMES[each]) for each in Role},
                Column.REGION: {code: f"{code} {names[code]}" for code in regions},
                Column.ORGANISATION: {**sites, **new_sites},
                Column.COHORT: dict(db.session.execute(select(Cohort.id, Cohort.name)).all()),
                Column.LANGUAGE: {code: name for code, (name, _locale) in LANGUAGES.items()},
                Column.COURSES: {id_: title.get(language) or title["en"] for id_, title in titles.items()},
            }
        )

    def actions(self, outcome: Outcome) -> list[str]:
        """What the row does, a line each."""
        lines = [
            self._change(change, outcome.new)
            for change in outcome.changes
            if change.field is not Column.NAME or not outcome.new
        ]
        if outcome.organisation:
            lines.append(gettext("A new organisation is made: %(name)s", name=outcome.organisation))
        lines += [
            gettext("Is registered: %(course)s", course=self._name(Column.COURSES, course))
            for course in outcome.courses
        ]
        return lines + [self._due(due) for due in outcome.deadlines]

    def _change(self, change: Change, new: bool) -> str:
        after = self._name(change.field, change.new)
        if new or not change.old:
            return f"{NAMES[change.field]}: {after}"
        return f"{NAMES[change.field]}: {self._name(change.field, change.old)} → {after}"

    def _due(self, due: Due) -> str:
        values = {
            "group": self._name(Column.COHORT, due.cohort),
            "course": self._name(Column.COURSES, due.course),
            "day": format_date(date.fromisoformat(due.new), "long"),
        }
        if not due.old:
            return str(gettext("Deadline of %(group)s for %(course)s: %(day)s", **values))
        old = format_date(date.fromisoformat(due.old), "long")
        return str(gettext("Deadline of %(group)s for %(course)s: %(old)s → %(day)s", old=old, **values))

    def _name(self, field: Column, id_: str) -> str:
        return self.names.get(field, {}).get(id_, id_)


def chosen(plan: Plan, show: str, changed: frozenset[int]) -> Sequence[Outcome]:
    """The outcomes to show: all, those of a kind, or those that changed; errors first."""
    found = [
        each
        for each in plan.outcomes
        if not show or each.kind == show or (show == "differs" and each.row in changed)
    ]
    return sorted(found, key=lambda each: (each.row not in changed, each.kind is not Kind.ERROR, each.row))
