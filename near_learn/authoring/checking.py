"""Checking and rendering a text that is not saved yet, by the loader that reads the courses for learners."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from near_learn.authoring.place import Place, texts
from near_learn.content import SOURCE_LANGUAGE, ModuleText, Problem, glossary
from near_learn.content.course_folder import MAIN
from near_learn.content.library import load_course
from near_learn.content.links import Links, ModulePlace
from near_learn.content.markup import Renderer
from near_learn.content.media import FOLDER as MEDIA
from near_learn.content.media import files as media_files
from near_learn.content.media import visible
from near_learn.content.module import ModuleFolder, open_folder, render
from near_learn.content.places import identifier, module_folders
from near_learn.content.problem import Findings, Report

# Of these the loader reads what is in them; of other media it needs the name only.
READ = {".svg", ".vtt", ".txt", ".md"}


@dataclass(frozen=True)
class Checked(Findings):
    """What the checker says about one file, in order of lines, and what learners would see of it."""

    text: ModuleText | None = None  # of a module, as far as it can be rendered
    course_html: str | None = None  # of a course page
    course_id: str = ""
    module_id: str = ""


def check(place: Place, text: str) -> Checked:
    """What the loader says about TEXT at this place, with all other files as they are."""
    with tempfile.TemporaryDirectory(prefix="near-learn-desk-") as folder:
        course = Path(folder) / place.course
        words = place.folder.parent / glossary.FILE
        if words.is_file():
            shutil.copyfile(words, course.parent / glossary.FILE)
        if place.module:
            return _module(place, text, course)
        return _course_page(place, text, course)


def _module(place: Place, text: str, course: Path) -> Checked:
    folder = course / place.module
    folder.mkdir(parents=True)
    if place.translated and place.english.path.is_file():
        shutil.copyfile(place.english.path, folder / place.english.name)
    (folder / place.name).write_bytes(text.encode())
    found = open_folder(folder, course, f"{place.course}/{place.module}")
    found.media, _ = media_files(place.folder / place.module, place.folder, found.where)
    for other in texts(place.folder, place.module):
        found.reports.setdefault(other.language, Report(other.where))
    course_id = identifier(place.folder / MAIN)
    modules = _places(place.folder, except_for=place.module)
    if found.place:
        modules[place.module] = found.place
    rendered = _rendered(found, place, course_id, modules)
    problems = [
        *found.reports[place.language].problems,
        *found.problems,
        *glossary.problems(course.parent, [course]),
    ]
    module_id = found.english.front["id"] if found.english else place.module
    return Checked(_own(problems, place), rendered, course_id=course_id, module_id=module_id)


def _rendered(
    found: ModuleFolder, place: Place, course_id: str, modules: dict[str, ModulePlace]
) -> ModuleText | None:
    if place.language not in found.drafts:
        return None
    renderer = Renderer(Links(course_id, place.module, modules, found.media))
    return render(found, place.language, renderer)


def _places(course: Path, except_for: str) -> dict[str, ModulePlace]:
    """What links may name in the other modules of the course."""
    found = {}
    for folder in module_folders(course):
        if folder.name != except_for:
            newest = max((path.stat().st_mtime_ns for path in folder.glob("*.md")), default=0)
            place = _place(folder, course, newest)
            if place:
                found[folder.name] = place
    return found


@lru_cache(maxsize=256)
def _place(folder: Path, course: Path, _newest: int) -> ModulePlace | None:
    return open_folder(folder, course, "").place


def _course_page(place: Place, text: str, copy: Path) -> Checked:
    """Checked in a copy of the course with every English text, for links and the list of modules."""
    copy.mkdir()
    for folder in module_folders(place.folder):
        (copy / folder.name / MEDIA).mkdir(parents=True)
        if (folder / f"{SOURCE_LANGUAGE}.md").is_file():
            shutil.copyfile(folder / f"{SOURCE_LANGUAGE}.md", copy / folder.name / f"{SOURCE_LANGUAGE}.md")
        for path in visible(folder / MEDIA):
            _stand_in(path, copy / folder.name / MEDIA / path.name)
    if place.translated and place.english.path.is_file():
        shutil.copyfile(place.english.path, copy / place.english.name)
    (copy / place.name).write_bytes(text.encode())
    library = load_course(copy)
    shown = next((course.description_html for course in library.courses.values()), {})
    return Checked(
        _own(library.problems, place),
        course_html=shown.get(place.language),
        course_id=next(iter(library.courses), ""),
    )


def _stand_in(path: Path, copy: Path) -> None:
    if path.is_file() and path.suffix.lower() in READ:
        shutil.copyfile(path, copy)
    else:
        copy.touch()


def _own(problems: Iterable[Problem], place: Place) -> tuple[Problem, ...]:
    """The problems of this file, each once, in the order of its lines."""
    own = {problem for problem in problems if problem.path == place.where}
    return tuple(sorted(own, key=lambda problem: (problem.line, problem.severity, problem.message)))
