"""Courses, modules and questions as xAPI activities, described in every language they have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import tincan

from near_learn.content import Course, Module
from near_learn.records.interaction import interaction
from near_learn.records.iris import Iris
from near_learn.records.terms import ACTIVITIES
from xapi.part import Part

Json = Mapping[str, Any]

# Kinds of module that are a test; of other instruments none has a mark.
TESTS = frozenset({"pre-test", "post-test"})


@dataclass(frozen=True)
class Activities:
    """Makes activities. Those of a release never change, so each is made once and then kept."""

    iris: Iris
    _made: dict[tuple[str, ...], Json] = field(default_factory=dict, repr=False)

    def course(self, course: Course) -> Json:
        def make() -> Json:
            return _described(self.iris.course(course.id), "course", course.title, course.summary)

        return self._once((course.id, course.release), make)

    def titled_course(self, course_id: str, title: Mapping[str, str]) -> Json:
        """A course of which only the title is at hand."""
        return _described(self.iris.course(course_id), "course", title, {})

    def module(self, course: Course, module: Module) -> Json:
        """The module; a test or survey beside the course is one of its own kind of activity."""

        def make() -> Json:
            names = {language: text.title for language, text in module.texts.items()}
            summaries = {language: text.summary for language, text in module.texts.items()}
            kind = ("assessment" if module.kind in TESTS else "survey") if module.instrument else "module"
            return _described(self.iris.module(course.id, module.id), kind, names, summaries)

        return self._once((course.id, course.release, module.id), make)

    def question(self, course: Course, module: Module, question_id: str) -> Json:
        """The question with its options and the right answer."""

        def make() -> Json:
            by_language = {language: text.question(question_id) for language, text in module.texts.items()}
            iri = self.iris.question(course.id, module.id, question_id)
            return _activity(iri, interaction(by_language))

        return self._once((course.id, course.release, module.id, question_id), make)

    def meeting(self, course_id: str, meeting: str, title: str, language: str) -> Json:
        """A gathering of people about the course, called as whoever announced it typed it."""
        return _described(self.iris.meeting(course_id, meeting), "meeting", {language: title}, {})

    def _once(self, key: tuple[str, ...], make: Callable[[], Json]) -> Json:
        if key not in self._made:
            self._made[key] = Part(dict(make()))
        return self._made[key]


def bare(iri: str) -> Json:
    """An activity by its IRI alone."""
    return {"objectType": "Activity", "id": iri}


def _described(iri: str, kind: str, names: Mapping[str, str], summaries: Mapping[str, str]) -> Json:
    return _activity(
        iri,
        tincan.ActivityDefinition(
            type=ACTIVITIES[kind], name=_languages(names), description=_languages(summaries)
        ),
    )


def _activity(iri: str, definition: tincan.ActivityDefinition) -> Json:
    made: Json = tincan.Activity(id=iri, definition=definition).as_version("1.0.3")
    return made


def _languages(texts: Mapping[str, str]) -> tincan.LanguageMap | None:
    given = {language: text for language, text in texts.items() if text}
    return tincan.LanguageMap(given) if given else None
