"""The courses folder: every course in it that is fit to be shown, and every problem of those that are not."""

from collections.abc import Callable, Iterable
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, TypeVar

from near_learn.content.course import Course, Library
from near_learn.content.course_folder import MAIN, open_course
from near_learn.content.media import visible
from near_learn.content.problem import Problem
from near_learn.content.source import inside

MISPLACED = "this is a symbolic link to a place outside the courses; put the folder itself here"


class HasPlace(Protocol):
    """What stands in the catalogue at some place."""

    @property
    def id(self) -> str: ...
    @property
    def order(self) -> int: ...


Placed = TypeVar("Placed", bound=HasPlace)


def load(folder: Path) -> Library:
    """The library of a courses folder. Never raises for what is in the files: problems are in the library.

    A broken translation is left out and the English text stands for it; a module with a broken English
    text, and a course with a broken course.md or without any module, are left out whole.
    """
    if not folder.is_dir():
        message = "there is no such folder; set NEAR_LEARN_COURSES to the folder that holds the courses"
        return Library(problems=(Problem(str(folder), 1, "error", message),))
    found, problems = [], []
    for path in course_folders(folder):
        course, own = read_course(path, folder)
        problems += own
        if course:
            found.append(course)
    return gathered(found, problems)


def course_folders(folder: Path) -> list[Path]:
    """The folders in the courses folder, in order."""
    return [path for path in visible(folder) if path.is_dir()]


def read_course(path: Path, folder: Path) -> tuple[Course | None, list[Problem]]:
    """The course in one of the folders, or None when it cannot be shown, and every problem in it."""
    if not inside(path, folder):
        return None, [Problem(path.name, 1, "error", MISPLACED)]
    return open_course(path, folder)


def load_course(folder: Path) -> Library:
    """The library of a single course's folder."""
    course, problems = open_course(folder, folder.parent)
    return gathered([course] if course else [], problems)


def is_course(folder: Path) -> bool:
    """Whether the folder is a course, and not a folder of courses."""
    return (folder / MAIN).exists()


def gathered(found: list[Course], problems: list[Problem]) -> Library:
    """The library of these courses; of two with the same id the first, in the order of the catalogue."""
    courses, twice = first_of_each(found, lambda course: course.folder.name)
    return Library(MappingProxyType(courses), tuple(sorted({*problems, *twice})))


def first_of_each(
    found: Iterable[Placed], folder: Callable[[Placed], str]
) -> tuple[dict[str, Placed], list[Problem]]:
    """By id in the order of the catalogue, and a problem for each further one with an id that is taken."""
    courses: dict[str, Placed] = {}
    problems = []
    for course in sorted(found, key=lambda course: (course.order, course.id)):
        first = courses.setdefault(course.id, course)
        if first is not course:
            message = f"the course in {folder(first)} has the id {course.id} too; change one of them"
            problems.append(Problem(f"{folder(course)}/{MAIN}", 1, "error", message))
    return courses, problems
