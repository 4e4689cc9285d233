"""The courses folder while people work in it: read again where, and only where, something has changed."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from threading import Lock

from near_learn.content import frontmatter
from near_learn.content.course import Course, Library
from near_learn.content.course_folder import MAIN
from near_learn.content.fields import COURSE, read_fields
from near_learn.content.library import course_folders, gathered, load, read_course
from near_learn.content.media import visible
from near_learn.content.problem import Problem, Report
from near_learn.content.source import read

Signature = tuple[tuple[str, int, int], ...]
Read = tuple[Course | None, list[Problem]]


class WorkingCopy:
    """The folder of courses that trainers edit. May be asked by several threads at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[Path, tuple[Signature, Read]] = {}
        self._lock = Lock()

    def folders(self) -> list[Path]:
        """The folders of all courses, also of those that cannot be read."""
        return course_folders(self.folder) if self.folder.is_dir() else []

    def library(self, leave_out: Collection[str] = ()) -> Library:
        """All courses as they are now, but for those with the ids LEAVE_OUT. Problems are in the library."""
        if not self.folder.is_dir():
            return load(self.folder)
        with self._lock:
            folders = course_folders(self.folder)
            for gone in set(self._read) - set(folders):
                del self._read[gone]
            wanted = [path for path in folders if not leave_out or identity(path) not in leave_out]
            read_now = [self._course(path) for path in wanted]
        found = [course for course, _ in read_now if course]
        return gathered(found, [problem for _, problems in read_now for problem in problems])

    def _course(self, path: Path) -> Read:
        now = signature(path)
        known = self._read.get(path)
        if known is None or known[0] != now:
            known = self._read[path] = (now, read_course(path, self.folder))
        return known[1]


def signature(folder: Path) -> Signature:
    """Changes with every file that is written, added, renamed or taken away."""
    found = []
    for path in visible(folder):
        try:
            seen = path.lstat()
        except FileNotFoundError:
            continue  # taken away at this moment
        found.append((path.name, seen.st_mtime_ns, seen.st_size))
        if path.is_dir() and not path.is_symlink():
            found += [(f"{path.name}/{name}", at, size) for name, at, size in signature(path)]
    return tuple(found)


def identity(folder: Path) -> str | None:
    """The id that course.md gives the course, without reading anything else; None when it cannot be read."""
    report = Report(MAIN)
    source = read(folder / MAIN, folder, report)
    table = frontmatter.split(source.lines, report)[0] if source else None
    front = read_fields(table, COURSE, report) if table else None
    return str(front["id"]) if front else None
