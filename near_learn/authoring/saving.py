"""Changing the files of a course: never over what somebody else wrote, and never without a trace."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from near_learn.authoring import course_file
from near_learn.authoring.course_file import ABSENT, CourseFile
from near_learn.authoring.history import History, What
from near_learn.authoring.place import Place


class Changed(Exception):
    """The file is no longer what the writer began with. `theirs` is what it holds now."""

    def __init__(self, theirs: CourseFile, base: str | None) -> None:
        super().__init__()
        self.theirs = theirs
        self.base = base  # the text that both began with, if it is known


@dataclass(frozen=True)
class Writer:
    """Who changes files, when, and where the versions are kept. Every method raises OSError."""

    history: History
    account: str
    at: datetime

    def save(self, place: Place, text: str, base: str, what: What = What.SAVED) -> CourseFile:
        """Writes TEXT, if the file still has the digest BASE; what it holds then. Raises Changed."""
        with self.alone(place.course):
            now = course_file.read(place.path)
            if now.digest != base and now.text != course_file.plain(text):
                self._set_aside(place, text, now, base)
            data = now.encoded(text)
            if not now.there or data != place.path.read_bytes():
                self.note(place.folder, place.file)
                course_file.write(place.path, data)
                self.history.keep(place.course, place.file, data, what, self.account, self.at)
            return course_file.of(data)

    def _set_aside(self, place: Place, text: str, now: CourseFile, base: str) -> None:
        began = self.history.with_digest(place.course, place.file, base)
        data = now.encoded(text)
        if not self.history.with_digest(place.course, place.file, course_file.digest(data)):
            self.history.keep(place.course, place.file, data, What.ASIDE, self.account, self.at)
        known = "" if base == ABSENT.digest else began.text if began else None
        raise Changed(now, known)

    def note(self, course: Path, file: str) -> None:
        """Keeps what the file holds now, if the history does not know it yet."""
        path = course / file
        if not path.is_file():
            return
        data = path.read_bytes()
        newest = self.history.newest(course.name, file)
        if newest is None or newest.what is What.DELETED or newest.data != data:
            written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            self.history.keep(course.name, file, data, What.FOUND, "", min(written, self.at))

    def created(self, course: Path, files: list[Path]) -> None:
        """Notes files that were just written for this person."""
        for path in files:
            file = path.relative_to(course).as_posix()
            self.history.keep(course.name, file, path.read_bytes(), What.SAVED, self.account, self.at)

    def delete(self, course: Path, file: str) -> None:
        """Takes a file away; what it held is kept."""
        path = course / file
        self.note(course, file)
        self.history.keep(course.name, file, path.read_bytes(), What.DELETED, self.account, self.at)
        path.unlink()

    @contextmanager
    def alone(self, course: str) -> Iterator[None]:
        """While nobody else changes the files of this course, in this process or another."""
        folder = self.history.root / course
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / ".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
