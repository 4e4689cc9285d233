"""Which files of the courses folder the desk may open: course pages, texts of modules, and nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from near_learn.content import SOURCE_LANGUAGE, language
from near_learn.content.course_folder import MAIN
from near_learn.content.media import FOLDER as MEDIA
from near_learn.content.media import visible
from near_learn.content.source import inside
from near_learn.content.values import FOLDER

COURSE_PAGE = re.compile(r"course(?:\.([^./]+))?\.md\Z")


class Unknown(Exception):
    """There is no such course, or no file by this name may stand in one."""


@dataclass(frozen=True)
class Place:
    """Where a text of a course is, whether it is written yet or not."""

    folder: Path  # of the course
    module: str  # the name of the module's folder; empty for a course page
    language: str

    @property
    def course(self) -> str:
        """The name of the course's folder."""
        return self.folder.name

    @property
    def name(self) -> str:
        """The name of the file."""
        if self.module:
            return f"{self.language}.md"
        return MAIN if self.language == SOURCE_LANGUAGE else f"course.{self.language}.md"

    @property
    def file(self) -> str:
        """The path inside the course, with a forward slash."""
        return f"{self.module}/{self.name}" if self.module else self.name

    @property
    def path(self) -> Path:
        """The path on this machine."""
        return self.folder / self.file

    @property
    def where(self) -> str:
        """The path as the checker's messages name it."""
        return f"{self.course}/{self.file}"

    @property
    def translated(self) -> bool:
        """Whether this is a translation of an English text."""
        return self.language != SOURCE_LANGUAGE

    @property
    def english(self) -> Place:
        """The text that this one is a translation of; of an English text, itself."""
        return Place(self.folder, self.module, SOURCE_LANGUAGE)


def course_folders(courses: Path) -> list[Path]:
    """The folders of the courses folder that a course may be in."""
    return [path for path in visible(courses) if _folder(path, courses)]


def course_folder(courses: Path, name: str) -> Path:
    """The folder of the course. Raises Unknown."""
    path = courses / name
    if not FOLDER.match(name) or not _folder(path, courses):
        raise Unknown(name)
    return path


def module_folder(course: Path, name: str) -> Path:
    """The folder of a module. Raises Unknown."""
    path = course / name
    if not FOLDER.match(name) or name == MEDIA or not _folder(path, course):
        raise Unknown(name)
    return path


def place(course: Path, file: str) -> Place:
    """The place of a text in a course, written or not. Raises Unknown for every other name."""
    module, slash, name = file.rpartition("/")
    if slash:
        module_folder(course, module)
        code = name.removesuffix(".md")
    elif match := COURSE_PAGE.match(name):
        code = match[1] or SOURCE_LANGUAGE
    else:
        raise Unknown(file)
    found = Place(course, module, code)
    if not language.known(code) or found.file != file or not inside(found.path, course):
        raise Unknown(file)
    return found


def texts(course: Path, module: str = "") -> list[Place]:
    """The texts that are there, of the course page or of a module; English first."""
    found = []
    for path in visible(course / module if module else course):
        try:
            each = place(course, f"{module}/{path.name}" if module else path.name)
        except Unknown:
            continue
        if path.is_file():
            found.append(each)
    return sorted(found, key=lambda each: (each.translated, each.language))


def _folder(path: Path, parent: Path) -> bool:
    return path.is_dir() and not path.name.startswith(".") and inside(path, parent)
