"""Taking an imported course away: its files go, its open sessions end, what people did in it stays."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from near_learn.cmi5 import course, importing, launch, session
from near_learn.cmi5.course import Imported
from near_learn.cmi5.system import Voice, system
from near_learn.db import writing
from near_learn.privacy import audit
from xapi.sql import lock


def delete(data: Path, found: Imported, *, by: str) -> None:
    """Deletes the course."""
    now, one = datetime.now(UTC), system()
    registrations, sessions = session.registrations, session.sessions
    query = (
        select(sessions)
        .join(registrations, registrations.c.registration == sessions.c.registration)
        .where(registrations.c.course == found.id, sessions.c.ended_at.is_(None))
    )
    with writing() as connection:
        lock.take(connection)
        for row in connection.execute(query).all():
            enrolled = session.enrolled(connection, row.registration)
            if enrolled is not None:
                launch.abandon(connection, Voice(one, enrolled, found), row, now)
        course.delete(connection, found.id, now)
        audit.note(connection, actor=by, action="package.deleted", detail={"course": found.id})
    importing.remove_files(data, found.key)
