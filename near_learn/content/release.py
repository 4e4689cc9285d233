"""A release: one published, immutable state of a course's files, and what is written down about it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from near_learn.content import digest
from near_learn.content.course import Course

FILE = "release.json"
FILES = "files"


@dataclass(frozen=True)
class Release:
    """What is known of a release without reading the course in it."""

    id: str  # the content hash: first 12 hexadecimal digits of a SHA-256 over all files
    course: str
    published_at: datetime  # the last time, when a course went back to an earlier state
    author: str  # account of the person; "" for the command line and the server's start
    note: str
    structure: str
    quizzes: Mapping[str, str]  # quiz_key by id of module
    modules: tuple[str, ...]  # ids, in order
    instruments: tuple[str, ...]
    title: Mapping[str, str]  # by language
    folder: Path = field(compare=False)

    @property
    def files(self) -> Path:
        """The course's files as they were."""
        return self.folder / FILES


def of_course(course: Course, folder: Path, *, author: str, note: str, at: datetime) -> Release:
    """What there is to write down about this state of the course."""
    return Release(
        id=course.release,
        course=course.id,
        published_at=at.astimezone(UTC),
        author=author,
        note=" ".join(note.split()),
        structure=course.structure,
        quizzes={module.id: module.quiz_key for module in (*course.modules, *course.instruments)},
        modules=tuple(module.id for module in course.modules),
        instruments=tuple(module.id for module in course.instruments),
        title=dict(course.title),
        folder=folder,
    )


def to_json(release: Release) -> str:
    """The text of release.json."""
    values = {
        "id": release.id,
        "course": release.course,
        "published_at": release.published_at.isoformat(),
        "author": release.author,
        "note": release.note,
        "digests": digest.VERSION,
        "structure": release.structure,
        "quizzes": dict(release.quizzes),
        "modules": list(release.modules),
        "instruments": list(release.instruments),
        "title": dict(release.title),
    }
    return json.dumps(values, ensure_ascii=False, indent=2) + "\n"


def from_json(text: str, folder: Path) -> Release:
    """The release that release.json in FOLDER describes; raises ValueError for anything else.

    Digests of an older kind are left empty: they cannot be compared with those of today.
    """
    try:
        values: dict[str, Any] = json.loads(text)
        comparable = values["digests"] == digest.VERSION
        return Release(
            id=str(values["id"]),
            course=str(values["course"]),
            published_at=datetime.fromisoformat(values["published_at"]).astimezone(UTC),
            author=str(values["author"]),
            note=str(values["note"]),
            structure=str(values["structure"]) if comparable else "",
            quizzes=dict(values["quizzes"]) if comparable else {},
            modules=tuple(values["modules"]),
            instruments=tuple(values["instruments"]),
            title=dict(values["title"]),
            folder=folder,
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"{FILE}: {error!r}") from error
