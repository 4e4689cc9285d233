"""What goes into a package: which course as it was published, which of its units, in which languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from near_learn.content import Course, Module
from near_learn.content.course import SOURCE_LANGUAGE
from near_learn.content.values import TESTS
from near_learn.packages.kind import Kind
from near_learn.people import region as regions
from near_learn.records.iris import Iris

ALL = "all"


class NoSuchRegion(LookupError):
    """There is no region of this code in NUTS 2024."""

    def __init__(self, code: str) -> None:
        meant = [f"{each.code} {each.name}" for each in regions.suggestions(code)]
        hint = f"; did you mean {', '.join(meant)}?" if meant else ""
        super().__init__(f"region {code!r}: expected a code of NUTS 2024, such as FI1C1{hint}")


class NoSuchLanguage(LookupError):
    """No text of the course is in this language; `there` are those that it has."""

    def __init__(self, language: str, there: tuple[str, ...]) -> None:
        self.there = there
        super().__init__(f"language {language!r}: the course is in {', '.join(there)}; or choose {ALL}")


@dataclass(frozen=True)
class Edition:
    """A course for one kind of system, in one language or in all."""

    course: Course
    kind: Kind
    iris: Iris
    languages: tuple[str, ...]  # the first is the one that is shown when nobody has chosen
    region: str = ""  # in whose reports it counts, unless the platform states another

    @cached_property
    def units(self) -> tuple[Module, ...]:
        """What is launched, in order: the test before, the modules, the test after.

        Surveys and what is asked weeks later belong to the programme that asks, and stay at home.
        """
        before, after = (
            tuple(each for each in self.course.instruments if each.kind == kind) for kind in TESTS
        )
        return (*before, *self.course.modules, *after)

    def languages_of(self, unit: Module) -> tuple[str, ...]:
        """The languages in which the unit can be read in this package; English when it has none of them."""
        found = tuple(language for language in self.languages if language in unit.texts)
        return found or (SOURCE_LANGUAGE,)

    def titles(self) -> Mapping[str, str]:
        """The title of the course by language."""
        return self.said(self.course.title)

    def summaries(self) -> Mapping[str, str]:
        """What the course is about, by language."""
        return self.said(self.course.summary)

    def said(self, texts: Mapping[str, str]) -> Mapping[str, str]:
        """The texts in the languages of the package; the English one when there is none in them."""
        found = {language: texts[language] for language in self.languages if texts.get(language)}
        return found or {SOURCE_LANGUAGE: texts[SOURCE_LANGUAGE]}

    def title(self, unit: Module | None = None) -> str:
        """The title of a unit, or of the course, where there is room for one language only."""
        titles = self.titles() if unit is None else self.unit_titles(unit)
        return next(iter(titles.values()))

    def unit_titles(self, unit: Module) -> Mapping[str, str]:
        """The title of a unit by language."""
        return {language: unit.texts[language].title for language in self.languages_of(unit)}

    def unit_summaries(self, unit: Module) -> Mapping[str, str]:
        """What a unit is about, by language."""
        return {language: unit.texts[language].summary for language in self.languages_of(unit)}


def languages_of(course: Course) -> tuple[str, ...]:
    """Every language in which at least one module of the course, or its page, can be read; English first."""
    found = {language for module in course.modules for language in module.texts} | set(course.title)
    return tuple(sorted(found, key=lambda language: (language != SOURCE_LANGUAGE, language)))


def edition(course: Course, kind: Kind, iris: Iris, language: str = ALL, region: str = "") -> Edition:
    """The course in this language, or in all of them, for this region. Raises NoSuchLanguage, NoSuchRegion.

    Needs an application context when a region is named.
    """
    known = regions.get(region)
    if region and not (known and known.in_2024):
        raise NoSuchRegion(region)
    there = languages_of(course)
    if language != ALL and language not in there:
        raise NoSuchLanguage(language, there)
    return Edition(course, kind, iris, there if language == ALL else (language,), region)
