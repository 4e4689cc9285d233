"""Makes the plan, a pure function: each row against what is here and against the rows before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from flask_babel import gettext

from near_learn.enrolment.cell import Cells
from near_learn.enrolment.column import NAMES, Column
from near_learn.enrolment.known import Known, Site, Somebody
from near_learn.enrolment.listing import Row
from near_learn.enrolment.plan import Change, Due, Outcome, Plan, Problem, Wishes
from near_learn.people.organisation import Organisation
from near_learn.people.person import REGION, Person
from near_learn.people.rights import Wish
from near_learn.people.role import Role

# What a list may change about somebody, with the attribute of `Somebody`.
FIELDS = {
    Column.NAME: "name",
    Column.ROLE: "role",
    Column.REGION: "region",
    Column.LANGUAGE: "language",
    Column.ORGANISATION: "organisation_id",
    Column.COHORT: "cohort_id",
}


@dataclass
class Said:
    """What earlier rows said: about a person, and about the deadline of a group."""

    fields: dict[tuple[str, Column], tuple[str, int]] = field(default_factory=dict)
    days: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)


def _in_order(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """By the columns, as this program orders them."""
    columns = list(Column)
    return tuple(sorted(problems, key=lambda each: columns.index(each.column) if each.column else -1))


def plan(rows: Sequence[Row], known: Known, wishes: Wishes) -> Plan:
    """What the rows would do. Sentences are in the language of the moment."""
    made = Planner(known, wishes)
    return Plan([made.outcome(row) for row in rows])


class Planner:
    """One pass over the rows. What a row does, later rows find done."""

    def __init__(self, known: Known, wishes: Wishes) -> None:
        self._known = known
        self._wishes = wishes
        self._cells = Cells(known, wishes)
        self._people = dict(known.people)
        self._new: set[str] = set()
        self._registered = set(known.registered)
        self._deadlines = dict(known.deadlines)
        self._sites: dict[str, Site] = {}
        self._said = Said()
        self._refusals: dict[tuple[Wish, Wish | None], dict[str, str]] = {}

    def outcome(self, row: Row) -> Outcome:
        """What this row does."""
        read = self._cells.read(row)
        problems = list(read.problems)
        email = read.email
        if not email:
            return Outcome(
                row.number, row.get(Column.EMAIL), row.get(Column.NAME), problems=_in_order(problems)
            )
        before = self._people.get(email)
        if refused := self._refused(email, before):
            # Nothing of what is known about this person is told.
            return Outcome(row.number, email, row.get(Column.NAME), problems=(refused,))
        problems += self._contradictions(row.number, email, read.fields)
        after = self._after(email, before, read.fields, problems)
        problems += self._allowed(before, after, problems)
        if problems:
            name = read.fields.get(Column.NAME) or (before.name if before else row.get(Column.NAME))
            return Outcome(row.number, email, name, before is None, problems=_in_order(problems))
        wanted = self._wanted(read.courses, after, listed=Column.COHORT in read.fields)
        deadlines = self._deadlines_of(row.number, read.deadline, after, read.courses, problems)
        if problems:
            return Outcome(row.number, email, after.name, before is None, problems=_in_order(problems))
        return self._done(row.number, before, after, wanted, deadlines)

    # --- the person ---

    def _refused(self, email: str, before: Somebody | None) -> Problem | None:
        """Why the list may not say anything about this person."""
        text = None
        stranger = before is not None and email not in self._new and not self._looks_after(before)
        if before is None and email in self._known.erased and self._wishes.rights.everything:
            text = gettext("This person was erased here. If they want to come back, let them in again first.")
        elif stranger or (before is None and email in self._known.erased):
            text = gettext("This person is not one whom you look after. Ask an operator.")
        elif before is not None and not before.active:
            text = gettext("This person is kept out. Let them in again first, or take the row out.")
        return Problem(Column.EMAIL, text) if text else None

    def _looks_after(self, before: Somebody) -> bool:
        rights = self._wishes.rights
        person = Person(role=before.role, region=before.region, organisation_id=before.organisation_id)
        return rights.everything or rights.over(person)

    def _contradictions(self, row: int, email: str, fields: dict[Column, str]) -> list[Problem]:
        found = []
        for name, value in fields.items():
            earlier, number = self._said.fields.setdefault((email, name), (value, row))
            if earlier != value:
                text = gettext(
                    "Row %(row)s says something else about the same person: “%(value)s”.",
                    row=number,
                    value=self._cells.shown(name, earlier),
                )
                found.append(Problem(name, text))
        return found

    def _after(
        self, email: str, before: Somebody | None, fields: dict[Column, str], problems: list[Problem]
    ) -> Somebody:
        """What the person is to be. For somebody new, what is missing is filled in or a problem."""
        given = {FIELDS[name]: value for name, value in fields.items()}
        if before is not None:
            return replace(before, **given)  # type: ignore[arg-type]  # All of these fields are texts.
        wrong = {problem.column for problem in problems}
        site = self._site(fields.get(Column.ORGANISATION, ""))
        if not site and self._wishes.rights.territory.organisation and Column.ORGANISATION not in wrong:
            # Whoever answers for an organisation enrols its people.
            site = self._known.sites.get(self._wishes.rights.territory.organisation)
            given["organisation_id"] = site.id if site else ""
        if "region" not in given and site and Column.REGION not in wrong:
            given["region"] = site.region
        for name, attribute in ((Column.NAME, "name"), (Column.REGION, "region")):
            if not given.get(attribute) and name not in wrong:
                text = gettext("Needed for a new person. Fill in “%(column)s”.", column=NAMES[name])
                problems.append(Problem(name, text))
        return Somebody(
            account="",
            email=email,
            name=given.get("name", ""),
            role=given.get("role", Role.PROFESSIONAL.value),
            region=given.get("region", ""),
            language=given.get("language", self._wishes.language),
            organisation_id=given.get("organisation_id") or None,
            cohort_id=given.get("cohort_id"),
            answers_for=REGION,
            active=True,
        )

    def _allowed(self, before: Somebody | None, after: Somebody, problems: list[Problem]) -> list[Problem]:
        """What the writer may not give."""
        if any(problem.column in (Column.REGION, Column.ROLE, Column.ORGANISATION) for problem in problems):
            return []
        wish = Wish(after.role, after.region, after.organisation_id, after.answers_for)
        was = None
        if before is not None:
            was = Wish(before.role, before.region, before.organisation_id, before.answers_for)
        if wish == was:
            return []
        found = []
        if after.email == self._wishes.email and before and after.role != before.role:
            found.append(Problem(Column.ROLE, gettext("You cannot change your own role.")))
        if (wish, was) not in self._refusals:
            site = self._site(after.organisation_id or "")
            organisation = Organisation(id=site.id, name=site.name, region=site.region) if site else None
            self._refusals[wish, was] = self._wishes.rights.refusals(wish, organisation, was)
        refusals = self._refusals[wish, was]
        return found + [
            Problem(Column(name), text) for name, text in refusals.items() if name in list(Column)
        ]

    # --- what they are to learn ---

    def _wanted(self, courses: tuple[str, ...], after: Somebody, *, listed: bool) -> tuple[str, ...]:
        """The courses in which the person is not registered yet: the row's, and the group's."""
        group = self._known.groups.get(after.cohort_id or "") if listed else None
        own = [id_ for id_ in group.courses if id_ in self._known.courses] if group else []
        every = dict.fromkeys([*courses, *own])
        return tuple(id_ for id_ in every if (self._key(after), id_) not in self._registered)

    def _deadlines_of(
        self, row: int, day: str, after: Somebody, courses: tuple[str, ...], problems: list[Problem]
    ) -> tuple[Due, ...]:
        if not day:
            return ()
        cohort = after.cohort_id
        if not cohort or not courses:
            text = gettext(
                "A deadline is a group's for a course: fill in “%(group)s” and “%(courses)s” too.",
                group=NAMES[Column.COHORT],
                courses=NAMES[Column.COURSES],
            )
            problems.append(Problem(Column.DEADLINE, text))
            return ()
        if problem := self._cells.group_problem(cohort):
            problems.append(Problem(Column.DEADLINE, problem))
            return ()
        found = []
        for course in courses:
            earlier, number = self._said.days.setdefault((cohort, course), (day, row))
            if earlier != day:
                text = gettext(
                    "Row %(row)s says another day for the same group and course: %(day)s.",
                    row=number,
                    day=earlier,
                )
                problems.append(Problem(Column.DEADLINE, text))
                continue
            old = self._deadlines.get((cohort, course))
            if old is not None and old.isoformat() == day:
                continue
            if day < self._wishes.today.isoformat():
                text = gettext("This day is over: %(day)s.", day=day)
                problems.append(Problem(Column.DEADLINE, text))
                continue
            found.append(Due(cohort, course, old.isoformat() if old else "", day))
        return tuple(found)

    # --- what later rows find ---

    def _done(
        self,
        row: int,
        before: Somebody | None,
        after: Somebody,
        courses: tuple[str, ...],
        deadlines: tuple[Due, ...],
    ) -> Outcome:
        changes = tuple(
            Change(
                name, (getattr(before, attribute) or "") if before else "", getattr(after, attribute) or ""
            )
            for name, attribute in FIELDS.items()
            if (getattr(before, attribute) or "" if before else "") != (getattr(after, attribute) or "")
        )
        made = self._cells.made(after.organisation_id or "")
        new_site = made.name if made and made.id not in self._sites else ""
        if made and new_site:
            self._sites[made.id] = replace(made, region=after.region)
        if before is None:
            self._new.add(after.email)
        self._people[after.email] = after
        self._registered |= {(self._key(after), course) for course in courses}
        for due in deadlines:
            self._deadlines[due.cohort, due.course] = date.fromisoformat(due.new)
        return Outcome(
            row, after.email, after.name, before is None, changes, courses, deadlines, organisation=new_site
        )

    def _key(self, person: Somebody) -> str:
        """What stands for the account: somebody new has none yet."""
        return person.account or person.email

    def _site(self, id_: str) -> Site | None:
        return self._known.sites.get(id_) or self._sites.get(id_) or self._cells.made(id_)
