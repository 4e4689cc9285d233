"""What is shown: the texts of a courses folder, of one course or of one module, checked anew when saved."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from near_learn.authoring.checking import Checked, check
from near_learn.authoring.place import Place, Unknown, course_folders, place, texts
from near_learn.content import Problem, glossary
from near_learn.content.draft import QUIZ
from near_learn.content.fences import Fences
from near_learn.content.library import is_course
from near_learn.content.media import FOLDER as MEDIA
from near_learn.content.media import visible
from near_learn.content.places import module_folders

SECTION = re.compile(r"## +(.*?) *(?:\{#([a-z0-9-]+)[^{}]*\})? *\Z")
TOP = ""  # the piece of a page that is no section
LARGEST = 1024 * 1024


@dataclass(frozen=True)
class Finding:
    """A problem, the line it is in as it was written, and the section that line belongs to."""

    problem: Problem
    source: str
    section: str


@dataclass(frozen=True)
class Page:
    """A text as far as it can be shown, and what is wrong with it."""

    place: Place
    checked: Checked
    findings: tuple[Finding, ...]
    seen: str  # changes whenever a file does that the page is made of

    def at(self, section: str) -> list[Finding]:
        """The problems to show in a section; those of sections that cannot be shown are at the top."""
        shown = {each.id for each in self.checked.text.sections} if self.checked.text else set()
        if self.checked.text and self.checked.text.quiz:
            shown.add(QUIZ)
        return [each for each in self.findings if (each.section if each.section in shown else TOP) == section]


@dataclass
class Work:
    """The folder that is shown: `courses`, and in it perhaps only one course or one module."""

    courses: Path
    course: str = ""
    module: str = ""
    language: str = "en"
    _kept: dict[Place, Page] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    @classmethod
    def of(cls, path: Path) -> Work:
        """What a path means: a folder of courses, a course, a module, or a text of one."""
        folder = path.resolve()
        language = "en"
        if folder.is_file():
            language = folder.name.removesuffix(".md").removeprefix("course.").replace("course", "en")
            folder = folder.parent
        if is_course(folder):
            return cls(folder.parent, folder.name, language=language)
        if is_course(folder.parent):
            return cls(folder.parent.parent, folder.parent.name, folder.name, language)
        return cls(folder)

    def folders(self) -> list[Path]:
        """The courses that are shown."""
        there = [folder for folder in course_folders(self.courses) if is_course(folder)]
        return [folder for folder in there if self.course in ("", folder.name)]

    def modules(self, course: Path) -> list[str]:
        """The folders of the modules of a course that are shown."""
        return [each.name for each in module_folders(course) if self.module in ("", each.name)]

    def languages(self, course: Path, module: str = "") -> list[str]:
        """The languages a text is there in, English first."""
        return [each.language for each in texts(course, module)]

    def place(self, course: str, module: str, language: str) -> Place:
        """A text. Raises Unknown when it is not among those that are shown."""
        folder = next((each for each in self.folders() if each.name == course), None)
        if folder is None or (self.module and module != self.module):
            raise Unknown(course)
        found = place(folder, Place(folder, module, language).file)
        if not found.path.is_file():
            raise Unknown(found.where)
        return found

    def page(self, where: Place) -> Page:
        """The text as it is on the disk; checked anew only when a file has changed that it depends on."""
        seen = self.seen(where)
        with self._lock:
            kept = self._kept.get(where)
            if kept is None or kept.seen != seen:
                kept = self._kept[where] = _page(where, seen)
        return kept

    def seen(self, where: Place) -> str:
        """Changes whenever a file does that a page depends on. Looks at dates and sizes only."""
        digest = hashlib.sha256()
        for path in _files(where):
            try:
                found = path.stat()
            except OSError:
                continue  # it was renamed or deleted this very moment
            digest.update(f"{path}\n{found.st_mtime_ns}\n{found.st_size}\n{found.st_ino}\n".encode())
        return digest.hexdigest()[:16]


def _files(where: Place) -> Iterator[Path]:
    """The files a page is made of: its own, and those whose headings it may link to."""
    yield where.folder.parent / glossary.FILE
    yield from where.folder.glob("course*.md")
    yield from sorted(where.folder.glob("*/*.md"))
    if where.module:
        yield from visible(where.folder / where.module / MEDIA)


def _page(where: Place, seen: str) -> Page:
    data = where.path.read_bytes()[: LARGEST + 1]
    text = data.decode("utf-8-sig", errors="replace")
    checked = _broken(where, data) or check(where, text)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    sections = _sections(lines)
    findings = [
        Finding(problem, _line(lines, problem.line), sections[min(problem.line, len(lines)) - 1])
        for problem in checked.problems
    ]
    return Page(where, checked, tuple(findings), seen)


def _broken(where: Place, data: bytes) -> Checked | None:
    """What there is to say about bytes that are no text; None for a text."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"the byte {data[error.start]:#04x} is not UTF-8; save the file again as UTF-8"
        return Checked((Problem(where.where, line, "error", message),))
    return None


def _line(lines: list[str], number: int) -> str:
    return lines[number - 1].rstrip()[:300] if number <= len(lines) else ""


def _sections(lines: list[str]) -> list[str]:
    """The id of the section that each line belongs to."""
    found, current, fences = [], TOP, Fences()
    for line in lines:
        if not fences.covers(line) and (heading := SECTION.match(line)):
            current = heading[2] or (QUIZ if heading[1].casefold() == QUIZ else TOP)
        found.append(current)
    return found
