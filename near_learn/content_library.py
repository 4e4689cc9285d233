"""The courses of this installation: what learners see, and what trainers work on. Read when it changes."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock

from flask import Flask, current_app, g, has_request_context, request

from near_learn.config import Settings
from near_learn.content import Course, Library
from near_learn.content.library import gathered
from near_learn.content.release import Release
from near_learn.content.releases import NoRelease, Releases, Stamp
from near_learn.content.working_copy import WorkingCopy

FOLDER = "releases"  # in the data folder


@dataclass(frozen=True)
class Shown:
    """What learners see between two publications, and what was found out about it on the way."""

    stamp: Stamp
    library: Library
    histories: dict[str, tuple[Release, ...]] = field(default_factory=dict)
    broken: set[tuple[str, str]] = field(default_factory=set)


class Shelf:
    """The releases and the working copy of one installation. Every thread of a process uses the same one.

    Reading costs a look at one small file a course, unless another release has become current since. Then
    one thread reads it while the others go on with what was there before.
    """

    def __init__(self, courses: Path, releases: Path, log: logging.Logger) -> None:
        self.releases = Releases(releases)
        self.copy = WorkingCopy(courses)
        self._log = log
        self._lock = Lock()
        self._shown: Shown | None = None

    def shown(self) -> Shown:
        """What learners see now. A page that only reads sees the same from its beginning to its end."""
        if not has_request_context():
            return self._now()
        kept: tuple[Shelf, Shown] | None = g.get("shown")
        if kept is not None and kept[0] is self:
            return kept[1]
        now = self._now()
        if request.method in ("GET", "HEAD"):
            g.shown = (self, now)
        return now

    def _now(self) -> Shown:
        stamp, shown = self.releases.stamp(), self._shown
        if shown is not None and shown.stamp == stamp:
            return shown
        if not self._lock.acquire(blocking=shown is None) and shown is not None:
            return shown
        try:
            if self._shown is None or self._shown.stamp != stamp:
                self._shown = self._read(stamp)
            return self._shown
        finally:
            self._lock.release()

    def at_release(self, course_id: str, release_id: str) -> Course:
        """What a registration that is on this release is shown; KeyError when there is no such course.

        The newest release with the same structure, so that a better wording reaches everybody; where that
        is not to be had, the release itself, and else the current one.
        """
        shown = self.shown()
        course = shown.library.courses[course_id]
        if course.release == release_id:
            return course
        begun = self._release(shown, course_id, release_id)
        if begun is None or not begun.structure or begun.structure == course.structure:
            return course
        alike = [each for each in self._until_current(shown, course_id) if each.structure == begun.structure]
        return self._first(shown, [*alike, begun]) or course

    def with_quiz(self, course_id: str, module_id: str, release_id: str) -> Course | None:
        """The newest release in which answers to the module's quiz mean what they meant in this one.

        None when this release is not known, or its files are gone.
        """
        shown = self.shown()
        begun = self._release(shown, course_id, release_id)
        key = begun.quizzes.get(module_id) if begun else None
        if begun is None or not key:
            return None
        alike = [each for each in self._until_current(shown, course_id) if each.quizzes.get(module_id) == key]
        return self._first(shown, [*alike, begun])

    def release(self, course_id: str, release_id: str) -> Release | None:
        """The release with this id, if it was published here and can be read."""
        return self._release(self.shown(), course_id, release_id)

    def history(self, course_id: str) -> tuple[Release, ...]:
        """Every release of a course, the current one first."""
        return self._history(self.shown(), course_id)

    def _release(self, shown: Shown, course_id: str, release_id: str) -> Release | None:
        return next((each for each in self._history(shown, course_id) if each.id == release_id), None)

    def _history(self, shown: Shown, course_id: str) -> tuple[Release, ...]:
        if course_id not in shown.library.courses:
            return ()
        if course_id not in shown.histories:
            shown.histories[course_id] = self.releases.history(course_id)
        return shown.histories[course_id]

    def _until_current(self, shown: Shown, course_id: str) -> list[Release]:
        """Without what is newer than the current one: its publication was cut off before it took effect."""
        history = self._history(shown, course_id)
        return [each for each in history if each.published_at <= history[0].published_at]

    def _first(self, shown: Shown, releases: Iterable[Release]) -> Course | None:
        """The first of the releases whose files are all there."""
        for each in releases:
            key = (each.course, each.id)
            if key in shown.broken:
                continue
            try:
                return self.releases.course(*key)
            except NoRelease as error:
                self._log.error("%s", error)
                shown.broken.add(key)
        return None

    def _read(self, stamp: Stamp) -> Shown:
        """The current release of each course, and the working copy of those that were never published."""
        shown = Shown(stamp, Library())
        published = {}
        for course_id, _, _ in stamp:
            found = self._first(shown, self.releases.history(course_id))
            if found is not None:
                published[course_id] = found
        copies = self.copy.library(leave_out=published)
        for problem in copies.errors:
            self._log.warning("course problem: %s", problem)
        unpublished = [course for course in copies.courses.values() if not course.draft]
        library = gathered([*published.values(), *unpublished], list(copies.problems))
        return replace(shown, library=library)


def init_app(app: Flask) -> None:
    settings: Settings = app.extensions["settings"]
    app.extensions["shelf"] = Shelf(settings.courses, settings.data / FOLDER, app.logger)


def preload(app: Flask) -> None:
    """Reads what learners see."""
    with app.app_context():
        library()


def shelf() -> Shelf:
    """The courses of the current application."""
    found: Shelf = current_app.extensions["shelf"]
    return found


def library() -> Library:
    """What learners see: of each course the current release, or the working copy if it was never published
    and is no draft. The working copy is read once, when the process first needs it."""
    return shelf().shown().library


def working_copy() -> Library:
    """The courses as trainers are writing them, drafts and all."""
    return shelf().copy.library()


def at_release(course_id: str, release_id: str) -> Course:
    """What a registration on this release is shown; raises KeyError for an unknown course."""
    return shelf().at_release(course_id, release_id)


def releases() -> Releases:
    """The published releases."""
    return shelf().releases
