"""The releases of all courses, as folders: published whole, read by many processes, never changed."""

from __future__ import annotations

import logging
import os
import re
import shutil
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from uuid import uuid4

from near_learn.content import release, snapshot
from near_learn.content.course import Course, Library
from near_learn.content.library import load_course
from near_learn.content.problem import Problem
from near_learn.content.release import FILE, FILES, Release
from near_learn.content.values import ID

CURRENT = "current"
UNFINISHED = ".publishing-"
ABANDONED = 3600.0  # seconds after which an unfinished copy is nobody's any more
KEPT = 32  # courses of older releases that are kept in memory
HASH = re.compile(r"[0-9a-f]{12}\Z")

log = logging.getLogger(__name__)

Stamp = tuple[tuple[str, int, int], ...]


class Refused(Exception):
    """The course cannot be published; `problems` are all its errors."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class NoRelease(LookupError):
    """There is no such release, or it cannot be shown any more."""


class Releases:
    """The folder ROOT: `<course>/<release>/files/…`, release.json beside it, and `<course>/current`.

    A release is there whole or not at all. Several processes may publish and read at the same time.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._courses: OrderedDict[tuple[str, str], Course] = OrderedDict()
        self._lock = Lock()

    # --- publishing -----------------------------------------------------------------------------

    def publish(
        self, folder: Path, *, author: str = "", note: str = "", at: datetime | None = None
    ) -> Release:
        """Freezes what is in the course's folder now, and makes it the current release.

        Publishing the current release again changes nothing; publishing an earlier one makes that current.
        Raises Refused for a course with errors, and OSError when the copy cannot be written.
        """
        if problems := snapshot.obstacles(folder):
            raise Refused(problems)
        self._clean()
        unfinished = self.root / f"{UNFINISHED}{uuid4().hex}"
        try:
            snapshot.copy(folder, unfinished / FILES)
            # What is checked is the copy: somebody may be writing in the folder.
            course = _fit(load_course(unfinished / FILES), folder.name)
            made = release.of_course(
                course,
                self._folder(course.id, course.release),
                author=author,
                note=note,
                at=at or datetime.now(UTC),
            )
            self._keep(unfinished, made)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
        return self._make_current(made)

    def _keep(self, unfinished: Path, made: Release) -> None:
        """Puts the copy in its place, unless the same release is there and as it should be."""
        snapshot.write(unfinished / FILE, release.to_json(made))
        if made.folder.exists() and not self._whole(made):
            # Somebody has been at it. Moved first, so that it is never half there under its own name.
            damaged = self.root / f"{UNFINISHED}{uuid4().hex}"
            made.folder.rename(damaged)
            shutil.rmtree(damaged, ignore_errors=True)
        snapshot.place(unfinished, made.folder)

    def _whole(self, made: Release) -> bool:
        try:
            self._read(made.course, made.id)
            return load_course(made.files).courses[made.course].release == made.id
        except (KeyError, NoRelease):
            return False

    def _make_current(self, made: Release) -> Release:
        present = self._named(made.course)
        there = self._read(made.course, made.id)
        if present == made.id:
            return there
        if there != made:
            # A return to an earlier state is news: it counts from now on, by whom and why it was made.
            snapshot.write(made.folder / FILE, release.to_json(made))
        snapshot.write(self.root / made.course / CURRENT, f"{made.id}\n")
        return made

    def _clean(self) -> None:
        """Removes copies whose publisher did not live to finish them."""
        for left in self.root.glob(f"{UNFINISHED}*"):
            try:
                if time.time() - left.stat().st_mtime > ABANDONED:
                    shutil.rmtree(left, ignore_errors=True)
            except FileNotFoundError:
                continue

    # --- reading --------------------------------------------------------------------------------

    def courses(self) -> list[str]:
        """The ids of all courses that have been published."""
        return [course for course, _, _ in self.stamp()]

    def stamp(self) -> Stamp:
        """Changes whenever any course has a new current release. Cheap: one look at a file a course."""
        root = str(self.root)  # every page looks, and paths take longer than the looking
        found = []
        try:
            courses = os.listdir(root)  # noqa: PTH208
        except (FileNotFoundError, NotADirectoryError):
            return ()
        for course in courses:
            try:
                seen = os.stat(f"{root}/{course}/{CURRENT}")  # noqa: PTH116
            except (FileNotFoundError, NotADirectoryError):
                continue
            # A file put in another's place has another number, also within one tick of the clock.
            found.append((course, seen.st_mtime_ns, seen.st_ino))
        return tuple(sorted(found))

    def current(self, course_id: str) -> Release | None:
        """The release that learners begin with; None for a course that was never published."""
        return next(iter(self.history(course_id)), None)

    def history(self, course_id: str) -> tuple[Release, ...]:
        """Every release of the course that is readable: the current one first, then the newest first."""
        present = self._named(course_id)
        if present is None:
            return ()
        found = []
        for path in (self.root / course_id).iterdir():
            if HASH.match(path.name):
                try:
                    found.append(self._read(course_id, path.name))
                except NoRelease as error:
                    log.error("%s", error)
        if present not in {each.id for each in found}:
            log.error(
                "release %s of %s, the current one, is not there; taking the one before", present, course_id
            )
        return tuple(
            sorted(found, key=lambda each: (each.id == present, each.published_at, each.id), reverse=True)
        )

    def course(self, course_id: str, release_id: str) -> Course:
        """The course as it was published. Read once, then kept. Raises NoRelease."""
        key = (course_id, release_id)
        with self._lock:
            if key in self._courses:
                self._courses.move_to_end(key)
                return self._courses[key]
        found = self._load(self._read(course_id, release_id))
        with self._lock:
            self._courses[key] = found
            while len(self._courses) > KEPT:
                self._courses.popitem(last=False)
        return found

    def _load(self, wanted: Release) -> Course:
        where = f"release {wanted.id} of {wanted.course}"
        found = load_course(wanted.files).courses.get(wanted.course)
        if found is None or (wanted.structure and found.structure != wanted.structure):
            raise NoRelease(
                f"{where} is damaged: put {wanted.folder} back as it was, or publish the course again"
            )
        if found.release != wanted.id:
            log.error("%s is no longer as it was published; somebody has changed %s", where, wanted.files)
        return replace(found, release=wanted.id)

    def _read(self, course_id: str, release_id: str) -> Release:
        folder = self._folder(course_id, release_id)
        try:
            found = release.from_json((folder / FILE).read_text(encoding="utf-8"), folder)
        except (OSError, ValueError) as error:
            raise NoRelease(f"release {release_id} of {course_id} cannot be read: {error}") from error
        if (found.course, found.id) != (course_id, release_id):
            raise NoRelease(f"release {release_id} of {course_id} says that it is another one")
        return found

    def _named(self, course_id: str) -> str | None:
        """What `current` says, which may be nonsense; None when there is none: nothing is published."""
        path = self.root / course_id / CURRENT
        if not ID.match(course_id) or not path.is_file():
            return None
        try:
            return path.read_text(encoding="utf-8").strip()
        except (OSError, ValueError):
            return ""

    def _folder(self, course_id: str, release_id: str) -> Path:
        if not ID.match(course_id) or not HASH.match(release_id):
            # What came from a statement must not become a path.
            raise NoRelease(f"there is no release {release_id[:64]!r} of {course_id[:64]!r}")
        return self.root / course_id / release_id


def _fit(copied: Library, name: str) -> Course:
    """The course, if there is no error in it; else raises Refused, with paths as in the folder NAME."""
    if copied.errors or not copied.courses:
        raise Refused(
            replace(problem, path=name + problem.path.removeprefix(FILES)) for problem in copied.errors
        )
    (course,) = copied.courses.values()
    return course
