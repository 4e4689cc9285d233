"""How a course stands: what is published, what is not yet, what is wrong, and how far each translation is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from near_learn.authoring import course_file
from near_learn.authoring.place import Place, texts
from near_learn.content import SOURCE_LANGUAGE, Course, Module, Problem
from near_learn.content.course_folder import MAIN, release
from near_learn.content.places import identifier, module_folders
from near_learn.content.problem import Findings
from near_learn.content.release import Release
from near_learn.content.wording import version
from near_learn.content_library import releases, working_copy

Far = Literal["current", "stale", "broken", "missing"]


@dataclass(frozen=True)
class TextState:
    """One text of a course, or the place where one is missing."""

    place: Place
    far: Far
    errors: int = 0
    warnings: int = 0


@dataclass(frozen=True)
class Texts:
    """The course page or a module in every language of the course."""

    module: str  # the folder's name; empty for the course page
    title: str
    listed: bool  # learners can get to it
    states: tuple[TextState, ...]  # English first


@dataclass(frozen=True)
class CourseState(Findings):
    """Everything that the desk says about a course."""

    folder: Path
    title: str
    course: Course | None  # the working copy, when it can be shown
    release: Release | None  # the current one
    changed: bool  # the working copy is not what is published
    texts: tuple[Texts, ...]
    languages: tuple[str, ...]

    @property
    def draft(self) -> bool:
        """Whether its authors say that it is not for learners yet."""
        return self.release is None and self.course is not None and self.course.draft

    def of(self, far: Far) -> list[str]:
        """The languages in which at least one text is so far, in order."""
        found = {state.place.language for each in self.texts for state in each.states if state.far == far}
        return sorted(found - {SOURCE_LANGUAGE})


def state_of(folder: Path) -> CourseState:
    """The state of the course in this folder, errors or not."""
    library = working_copy()
    course = next((each for each in library.courses.values() if each.folder == folder), None)
    problems = tuple(problem for problem in library.problems if problem.path.split("/", 1)[0] == folder.name)
    published = releases().current(course.id if course else identifier(folder / MAIN))
    codes = languages(folder)
    return CourseState(
        folder=folder,
        title=course.title[SOURCE_LANGUAGE] if course else folder.name,
        course=course,
        problems=problems,
        release=published,
        changed=published is None or published.id != (course.release if course else release(folder)),
        texts=tuple(_texts(folder, course, problems, codes)),
        languages=codes,
    )


def languages(folder: Path) -> tuple[str, ...]:
    """The languages in which there is at least one text, English first."""
    found = {each.language for each in texts(folder)}
    for module in module_folders(folder):
        found |= {each.language for each in texts(folder, module.name)}
    return (SOURCE_LANGUAGE, *sorted(found - {SOURCE_LANGUAGE}))


def _texts(
    folder: Path, course: Course | None, problems: tuple[Problem, ...], codes: tuple[str, ...]
) -> list[Texts]:
    shown = {module.folder.name: module for module in all_modules(course)} if course else {}
    order = {name: number for number, name in enumerate(shown)}
    names = sorted(
        (module.name for module in module_folders(folder)), key=lambda name: (order.get(name, 999), name)
    )
    found = [Texts("", "", True, tuple(_states(folder, "", problems, codes)))]
    for name in names:
        title = shown[name].text(SOURCE_LANGUAGE).title if name in shown else ""
        found.append(Texts(name, title, name in shown, tuple(_states(folder, name, problems, codes))))
    return found


def all_modules(course: Course) -> list[Module]:
    """The modules of a course and its tests and surveys."""
    return [*course.modules, *course.instruments]


def _states(
    folder: Path, module: str, problems: tuple[Problem, ...], codes: tuple[str, ...]
) -> list[TextState]:
    there = {place.language: place for place in texts(folder, module)}
    english = version(_text(there[SOURCE_LANGUAGE])) if SOURCE_LANGUAGE in there else 0
    found = []
    for code in codes:
        place = there.get(code)
        if place is None:
            found.append(TextState(Place(folder, module, code), "missing"))
            continue
        own = [problem.severity for problem in problems if problem.path == place.where]
        errors = own.count("error")
        far: Far = "current"
        if errors:
            far = "broken"
        elif place.translated and version(_text(place), "source_version") != english:
            far = "stale"
        found.append(TextState(place, far, errors, len(own) - errors))
    return found


def _text(place: Place) -> str:
    try:
        return course_file.read(place.path).text
    except (OSError, course_file.TooLarge):
        return ""
