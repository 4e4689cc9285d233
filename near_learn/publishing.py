"""Publishing as people do it: the course is frozen in files, and the database learns of its new release."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from flask import Flask

from near_learn import schema
from near_learn.content.library import load_course
from near_learn.content.release import Release
from near_learn.content.releases import Refused
from near_learn.content.working_copy import identity
from near_learn.content_library import releases, shelf
from near_learn.db import writing
from near_learn.records import release


def publish(folder: Path, *, author: str = "", note: str = "") -> Release:
    """Publishes the working copy in FOLDER. Raises Refused for a course with errors, and OSError."""
    made = releases().publish(folder, author=author, note=note, at=datetime.now(UTC))
    remember(made)
    return made


def remember(made: Release) -> None:
    """Tells the database; one that is not set up yet learns of it by `near-learn db upgrade`."""
    if schema.version() == schema.newest():
        with writing() as connection:
            release.published(connection, [made])


def publish_first(app: Flask) -> list[Release]:
    """Publishes every course that was never published and is no draft, and tells of those it cannot.

    A course with errors, or a data folder that cannot be written, keeps nobody from serving: learners see
    the working copy, as far as it is fit to be shown.
    """
    made = []
    with app.app_context():
        known = releases().courses()
        for folder in shelf().copy.folders():
            if identity(folder) in known:
                continue
            course = next(iter(load_course(folder).courses.values()), None)
            if course is None or course.draft:
                continue
            try:
                made.append(publish(folder))
            except Refused as refused:
                app.logger.warning("%s was not published:\n%s", course.id, refused)
            except OSError as error:
                app.logger.warning("%s was not published: %s", course.id, error)
    return made
