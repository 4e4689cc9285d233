"""What the cells of a row mean: each one checked by itself, with what was probably meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from uuid import NAMESPACE_URL, uuid5

from flask_babel import force_locale, gettext

from near_learn.enrolment.column import Column
from near_learn.enrolment.known import Group, Known, Site
from near_learn.enrolment.listing import Row
from near_learn.enrolment.plan import Problem, Wishes
from near_learn.languages import LANGUAGES
from near_learn.people import organisation, role
from near_learn.people.letters import folded
from near_learn.people.person import Cohort, normal_email, normal_name
from near_learn.people.region import suggestions
from near_learn.people.role import Role

DAY = re.compile(r"(\d{1,2})\s*[./-]\s*(\d{1,2})\s*[./-]\s*(\d{4})\.?")
# Looking for what was meant is slow; a list with more different mistakes than this has another problem.
MOST_SUGGESTIONS = 30
LONGEST_SHOWN = 60


@dataclass(frozen=True)
class Read:
    """The values of a row. Fields that are empty in the row are not there."""

    email: str
    fields: dict[Column, str]
    courses: tuple[str, ...]
    deadline: str  # as year-month-day, "" for none
    problems: tuple[Problem, ...]


class Wrong(Exception):
    """A cell that means nothing; the text says why, and what may be meant."""


@dataclass
class Cells:
    """Reads rows against what there is. What was found out about a text is remembered."""

    known: Known
    wishes: Wishes
    _answers: dict[tuple[Column, str], str | Wrong] = field(default_factory=dict)
    _made: dict[str, Site] = field(default_factory=dict)
    _suggested: int = 0

    def __post_init__(self) -> None:
        self._site_ids = self.known.named(self.known.sites)
        self._group_ids = self.known.named(self.known.groups)
        self._course_ids = {
            folded(title): id_ for id_, titles in self.known.courses.items() for title in titles.values()
        }
        self._readers: Mapping[Column, Callable[[str], str]] = {
            Column.NAME: self._name,
            Column.ROLE: self._role,
            Column.REGION: self._region,
            Column.ORGANISATION: self._organisation,
            Column.COHORT: self._cohort,
            Column.LANGUAGE: self._language,
            Column.DEADLINE: self._deadline,
        }

    def read(self, row: Row) -> Read:
        """The values of ROW, and everything that is wrong with its cells."""
        problems: list[Problem] = []
        if row.beyond:
            text = gettext(
                "The row has cells to which no heading belongs. Is a comma or a quotation mark missing?"
            )
            problems.append(Problem(None, text))
        email = self._email(row, problems)
        fields: dict[Column, str] = {}
        for name, text in row.cells.items():
            if name in self._readers:
                answer = self._answer(name, text)
                if isinstance(answer, Wrong):
                    problems.append(Problem(name, str(answer)))
                else:
                    fields[name] = answer
        day = fields.pop(Column.DEADLINE, "")
        courses = self._courses(row.get(Column.COURSES), problems)
        return Read(email, fields, courses, day, tuple(problems))

    def made(self, id_: str) -> Site | None:
        """An organisation that the list makes."""
        return self._made.get(id_)

    def group_problem(self, id_: str) -> str:
        """Why the writer may not set deadlines for this group; "" when they may."""
        group = self.known.groups[id_]
        return "" if self._looks_after(group) else self._not_theirs(group.name)

    def shown(self, name: Column, value: str) -> str:
        """A value as people know it."""
        if name is Column.ORGANISATION:
            site = self.known.sites.get(value) or self._made.get(value)
            return site.name if site else value
        if name is Column.COHORT and value in self.known.groups:
            return self.known.groups[value].name
        return value

    # --- one method a column: the value, or Wrong ---

    def _answer(self, name: Column, text: str) -> str | Wrong:
        key = (name, text)
        if key not in self._answers:
            try:
                self._answers[key] = self._readers[name](text)
            except Wrong as wrong:
                self._answers[key] = wrong
        return self._answers[key]

    def _email(self, row: Row, problems: list[Problem]) -> str:
        text = row.get(Column.EMAIL)
        try:
            if text:
                return normal_email(text)
            message = gettext("Everybody needs an e-mail address: by it people are told apart.")
        except ValueError:
            message = gettext("“%(text)s” is no e-mail address like name@example.org.", text=_short(text))
        problems.append(Problem(Column.EMAIL, message))
        return ""

    def _name(self, text: str) -> str:
        try:
            return normal_name(text)
        except ValueError as error:
            raise Wrong(gettext("A name is one line of at most 200 letters.")) from error

    def _role(self, text: str) -> str:
        found = role_names().get(folded(text))
        if found is None:
            names = ", ".join(str(name) for name in role.NAMES.values())
            raise Wrong(
                gettext("There is no role “%(text)s”. There are: %(names)s.", text=_short(text), names=names)
            )
        return found.value

    def _language(self, text: str) -> str:
        code = folded(text)
        for known, (own_name, _locale) in LANGUAGES.items():
            if code in (known, folded(own_name)):
                return known
        codes = ", ".join(LANGUAGES)
        raise Wrong(
            gettext(
                "There is no language “%(text)s” here. There are: %(codes)s.", text=_short(text), codes=codes
            )
        )

    def _region(self, text: str) -> str:
        code = text.upper()
        if code in self.known.regions:
            return code
        sentence = gettext("“%(text)s” is no region of NUTS 2024.", text=_short(text))
        close = [f"{each.code} ({each.name})" for each in suggestions(text)] if self._may_suggest() else []
        raise Wrong(_meant(sentence, close))

    def _organisation(self, text: str) -> str:
        if text in self.known.sites:
            return text
        ids = self._site_ids.get(folded(text), [])
        if len(ids) == 1:
            return ids[0]
        sentence = gettext("There is no organisation “%(text)s”.", text=_short(text))
        if ids:
            raise Wrong(self._ambiguous(text, ids))
        if self.wishes.rights.everything and self.wishes.make_organisations:
            return self._make(text)
        close = self._close(text, (site.name for site in self._sites_to_name()))
        if self.wishes.rights.everything and not close:
            sentence += " " + gettext("Tick that unknown organisations are to be made, if it is a new one.")
        raise Wrong(_meant(sentence, close))

    def _make(self, text: str) -> str:
        try:
            name = organisation.normal_name(text)
        except ValueError as error:
            raise Wrong(gettext("A name is one line of at most 200 letters.")) from error
        # The same for the same name, so that a plan made again is the same plan.
        id_ = str(uuid5(NAMESPACE_URL, f"organisation {folded(name)}"))
        self._made.setdefault(id_, Site(id_, name, ""))
        return id_

    def _sites_to_name(self) -> Iterable[Site]:
        """The organisations that the writer may know of."""
        rights = self.wishes.rights
        return [
            site
            for site in self.known.sites.values()
            if rights.everything or rights.territory.covers(site.region, site.id)
        ]

    def _cohort(self, text: str) -> str:
        ids = [text] if text in self.known.groups else self._group_ids.get(folded(text), [])
        own = [id_ for id_ in ids if self._looks_after(self.known.groups[id_])]
        if len(own) == 1:
            return own[0]
        if len(own) > 1:
            raise Wrong(self._ambiguous(text, own))
        if ids:
            raise Wrong(self._not_theirs(text))
        mine = [group.name for group in self.known.groups.values() if self._looks_after(group)]
        sentence = gettext("There is no group “%(text)s”. Make it first.", text=_short(text))
        raise Wrong(_meant(sentence, self._close(text, mine)))

    def _looks_after(self, group: Group) -> bool:
        cohort = Cohort(
            id=group.id, name=group.name, region=group.region, organisation_id=group.organisation_id
        )
        return self.wishes.rights.over_cohort(cohort)

    def _deadline(self, text: str) -> str:
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            found = DAY.fullmatch(text)
        try:
            if found:
                return date(int(found[3]), int(found[2]), int(found[1])).isoformat()
        except ValueError:
            pass
        raise Wrong(
            gettext("“%(text)s” is no day. Write year-month-day, such as 2026-12-12.", text=_short(text))
        )

    def _courses(self, text: str, problems: list[Problem]) -> tuple[str, ...]:
        found: dict[str, bool] = {}
        for part in [text] if self._course(text) else re.split(r"[;|\n]", text):
            for piece in self._pieces(part.strip()):
                if id_ := self._course(piece):
                    found[id_] = True
                else:
                    problems.append(Problem(Column.COURSES, self._no_course(piece)))
        return tuple(found)

    def _pieces(self, part: str) -> list[str]:
        """One title or id; or several ids, if one of them is known."""
        pieces = [piece for piece in re.split(r"[\s,]+", part) if piece]
        if self._course(part) or not any(piece in self.known.courses for piece in pieces):
            return [part] if part else []
        return pieces

    def _course(self, text: str) -> str:
        return text if text in self.known.courses else self._course_ids.get(folded(text), "")

    def _no_course(self, text: str) -> str:
        close = self._close(text, [*self.known.courses, *self._course_ids])
        ids = [self._course_ids.get(each, each) for each in close]
        return _meant(gettext("There is no course “%(text)s”.", text=_short(text)), ids)

    # --- sentences ---

    def _ambiguous(self, text: str, ids: Iterable[str]) -> str:
        return str(
            gettext(
                "Several are called “%(text)s”. Write the id of the one you mean: %(ids)s.",
                text=_short(text),
                ids=", ".join(ids),
            )
        )

    def _not_theirs(self, text: str) -> str:
        return str(gettext("The group “%(text)s” is not one that you look after.", text=_short(text)))

    def _close(self, text: str, names: Iterable[str]) -> list[str]:
        if not self._may_suggest():
            return []
        by_folded = {folded(name): name for name in names}
        return [by_folded[each] for each in get_close_matches(folded(text), by_folded, n=3, cutoff=0.7)]

    def _may_suggest(self) -> bool:
        self._suggested += 1
        return self._suggested <= MOST_SUGGESTIONS


@lru_cache(maxsize=1)
def role_names() -> Mapping[str, Role]:
    """The roles by what they are called in any of the languages."""
    found: dict[str, Role] = {}
    for _name, locale in LANGUAGES.values():
        with force_locale(locale):
            found.update({folded(str(name)): each for each, name in role.NAMES.items()})
    return found | {each.value: each for each in Role}


def _meant(sentence: str, close: Iterable[str]) -> str:
    names = list(dict.fromkeys(close))
    if not names:
        return sentence
    question = gettext("Did you mean %(names)s?", names=", ".join(names))
    return f"{sentence} {question}"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"
