"""The IRIs of this installation's courses, modules, questions and terms, and what an IRI stands for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

_ID = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}"
_PLACE = re.compile(rf"(?P<course>{_ID})(?:/modules/(?P<module>{_ID})(?:/questions/(?P<question>{_ID}))?)?")
_LONGEST = len("/modules//questions/") + 3 * 100

# How the ids of imported courses begin. No course of ours has a dot in its id.
IMPORTED = "cmi5."


@dataclass(frozen=True)
class Place:
    """What an activity is: a course, a module of it, or a question of the module ("" for what is not)."""

    course: str
    module: str = ""
    question: str = ""

    @cached_property
    def imported(self) -> bool:
        """Whether it belongs to a course that came as a package."""
        return self.course.startswith(IMPORTED)


@dataclass(frozen=True)
class Iris:
    """All IRIs grow from `base`, the public address of the installation, without a slash at its end."""

    base: str

    def course(self, course: str) -> str:
        return f"{self.base}/courses/{course}"

    def module(self, course: str, module: str) -> str:
        return f"{self.course(course)}/modules/{module}"

    def question(self, course: str, module: str, question: str) -> str:
        return f"{self.module(course, module)}/questions/{question}"

    def meeting(self, course: str, meeting: str) -> str:
        """A meeting belongs to a course but is no place in it: being there moves nobody's progress."""
        return f"{self.course(course)}/events/{meeting}"

    def term(self, name: str) -> str:
        return f"{self.base}/terms/{name}"

    @cached_property
    def _courses(self) -> str:
        return f"{self.base}/courses/"

    def place(self, iri: object) -> Place | None:
        """What the activity stands for; None when it is none of ours."""
        if not isinstance(iri, str) or not iri.startswith(self._courses):
            return None
        path = iri[len(self._courses) :]
        return _place(path) if len(path) <= _LONGEST else None


@lru_cache(maxsize=4096)
def _place(path: str) -> Place | None:
    found = _PLACE.fullmatch(path)
    if found is None:
        return None
    return Place(found["course"], found["module"] or "", found["question"] or "")
