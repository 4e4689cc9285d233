"""The courses folder: every course in it that is fit to be shown, and every problem of those that are not."""

from pathlib import Path
from types import MappingProxyType

from near_learn.content.course import Course, Library
from near_learn.content.course_folder import MAIN, open_course
from near_learn.content.media import visible
from near_learn.content.problem import Problem
from near_learn.content.source import inside


def load(folder: Path) -> Library:
    """The library of a courses folder. Never raises for what is in the files: problems are in the library.

    A broken translation is left out and the English text stands for it; a module with a broken English
    text, and a course with a broken course.md or without any module, are left out whole.
    """
    if not folder.is_dir():
        message = "there is no such folder; set NEAR_LEARN_COURSES to the folder that holds the courses"
        return Library(problems=(Problem(str(folder), 1, "error", message),))
    found, problems = [], []
    for path in visible(folder):
        if not path.is_dir():
            continue
        if not inside(path, folder):
            message = "this is a symbolic link to a place outside the courses; put the folder itself here"
            problems.append(Problem(path.name, 1, "error", message))
            continue
        course, own = open_course(path, folder)
        problems += own
        if course:
            found.append(course)
    return _library(found, problems)


def load_course(folder: Path) -> Library:
    """The library of a single course's folder."""
    course, problems = open_course(folder, folder.parent)
    return _library([course] if course else [], problems)


def is_course(folder: Path) -> bool:
    """Whether the folder is a course, and not a folder of courses."""
    return (folder / MAIN).exists()


def _library(found: list[Course], problems: list[Problem]) -> Library:
    courses: dict[str, Course] = {}
    for course in sorted(found, key=lambda course: (course.order, course.id)):
        first = courses.setdefault(course.id, course)
        if first is not course:
            message = f"the course in {first.folder.name} has the id {course.id} too; change one of them"
            problems.append(Problem(f"{course.folder.name}/{MAIN}", 1, "error", message))
    return Library(MappingProxyType(courses), tuple(sorted(set(problems))))
