"""Every version of a course's files that the desk has seen, as plain files named by when, what and who.

<data>/history/garden/01-first-visit/en.md/20261122T051500123456Z.saved.<account>
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from near_learn.authoring import course_file

WHEN = "%Y%m%dT%H%M%S%fZ"
NAME = re.compile(r"(\d{8}T\d{12}Z)\.([a-z]+)\.([0-9a-f-]{0,36})\Z")


class What(StrEnum):
    """What became of a version."""

    FOUND = "found"  # it was there, written by something else than the desk
    SAVED = "saved"
    RESTORED = "restored"
    DELETED = "deleted"  # what the file held when it was taken away
    ASIDE = "aside"  # somebody wanted to save it, but another had been first


@dataclass(frozen=True)
class Entry:
    """One version of one file."""

    id: str
    file: str  # the path inside the course
    at: datetime
    what: What
    account: str  # empty when it was not made at the desk
    path: Path

    @property
    def data(self) -> bytes:
        """What the file held."""
        return self.path.read_bytes()

    @property
    def text(self) -> str:
        """What the file held, as text."""
        return course_file.of(self.data).text


class History:
    """The versions of the files of all courses."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def keep(self, course: str, file: str, data: bytes, what: What, account: str, at: datetime) -> Entry:
        """Adds a version; it comes after those that are there, whatever the clock says. Raises OSError."""
        folder = self.root / course / file
        there = self.entries(course, file)
        if there and at <= there[0].at:
            at = there[0].at + timedelta(microseconds=1)
        name = f"{at.astimezone(UTC).strftime(WHEN)}.{what}.{account}"
        course_file.write(folder / name, data)
        return Entry(name, file, at, what, account, folder / name)

    def entries(self, course: str, file: str) -> list[Entry]:
        """The versions of a file, the newest first."""
        folder = self.root / course / file
        found = [_entry(path, file) for path in folder.iterdir()] if folder.is_dir() else []
        return sorted((entry for entry in found if entry), key=lambda entry: entry.id, reverse=True)

    def newest(self, course: str, file: str) -> Entry | None:
        """The last version that was in the course; not one that was set aside."""
        return next((each for each in self.entries(course, file) if each.what is not What.ASIDE), None)

    def entry(self, course: str, file: str, identifier: str) -> Entry | None:
        """The version with this id, if there is one."""
        return next((each for each in self.entries(course, file) if each.id == identifier), None)

    def with_digest(self, course: str, file: str, wanted: str) -> Entry | None:
        """The version with exactly these bytes, if it was ever seen."""
        entries = self.entries(course, file)
        return next((each for each in entries if course_file.digest(each.data) == wanted), None)

    def files(self, course: str) -> list[str]:
        """Every file of the course that has versions, those too that are no longer there."""
        return sorted(set(self._files(self.root / course)))

    def _files(self, top: Path) -> Iterator[str]:
        for path in top.rglob("*") if top.is_dir() else ():
            if path.is_file() and NAME.match(path.name):
                yield path.parent.relative_to(top).as_posix()


def _entry(path: Path, file: str) -> Entry | None:
    match = NAME.match(path.name)
    if not match or match[2] not in set(What):
        return None
    at = datetime.strptime(match[1], WHEN).replace(tzinfo=UTC)
    return Entry(path.name, file, at, What(match[2]), match[3], path)
