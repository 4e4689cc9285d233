"""What a certificate stands on: a completed registration, as the progress rows have it now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from near_learn.records import release
from near_learn.records.progress import module_progress, registration


@dataclass(frozen=True)
class Module:
    """A completed module."""

    id: str
    completed_at: datetime
    passed_at: datetime | None


@dataclass(frozen=True)
class Ground:
    """A completed course: every module of the release completed. `passed_at`: every quiz passed, too."""

    registration: str
    actor: str
    course: str
    release: str
    region: str
    title: dict[str, str]  # of the course, by language
    enrolled_at: datetime
    completed_at: datetime
    passed_at: datetime | None
    seconds: float  # active time, as far as it was measured
    modules: tuple[Module, ...]


def of(connection: Connection, registration_id: str) -> Ground | None:
    """What the rows say of the registration; None when they don't say that its course is completed."""
    query = select(registration).where(registration.c.registration == registration_id)
    row = connection.execute(query).one_or_none()
    if row is None or row.completed_at is None:
        return None
    parts = connection.execute(
        select(module_progress)
        .where(module_progress.c.registration == registration_id)
        .order_by(module_progress.c.started_at, module_progress.c.module)
    ).all()
    return Ground(
        registration=row.registration,
        actor=row.actor,
        course=row.course,
        release=row.release,
        region=row.region,
        title=release.title(connection, row.course),
        enrolled_at=row.enrolled_at,
        completed_at=row.completed_at,
        passed_at=row.passed_at,
        seconds=sum(part.seconds for part in parts),
        modules=tuple(_modules(connection, row, parts)),
    )


def _modules(connection: Connection, row: Row[Any], parts: Sequence[Row[Any]]) -> list[Module]:
    """The completed modules in the order of the course; what is no module of it (a survey) is left out."""
    modules = release.of_courses(connection, [row.course])[row.course]
    lists = release.that_count(modules, row.release)
    order = list(dict.fromkeys(module for modules in lists.values() for module in modules))
    done = {
        part.module: Module(part.module, part.completed_at, part.passed_at)
        for part in parts
        if part.completed_at is not None
    }
    return [done[module] for module in order if module in done]


def place(connection: Connection, registration_id: str) -> tuple[str, str] | None:
    """Region and organisation under which the registration was recorded; None for one that no row knows."""
    columns = registration.c
    query = select(columns.region, columns.organisation).where(columns.registration == registration_id)
    found = connection.execute(query).first()
    return None if found is None else (found.region, found.organisation)


def whose(connection: Connection, registration_id: str) -> str:
    """The account of the person whose registration it is; "" for one that no row knows."""
    query = select(registration.c.actor).where(registration.c.registration == registration_id)
    return connection.scalar(query) or ""


def registration_of(connection: Connection, account: str, course: str) -> str | None:
    """The person's latest registration in the course."""
    query = select(registration.c.registration).where(
        registration.c.actor == account, registration.c.course == course
    )
    found: str | None = connection.scalar(query.order_by(registration.c.enrolled_at.desc()).limit(1))
    return found
