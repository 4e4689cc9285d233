"""A course in which nobody enrols by themselves."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from near_learn import Settings
from near_learn.content_library import library
from near_learn.db import db, writing
from near_learn.people.person import by_email
from near_learn.records import Learner, progress, recorder
from tests.player.visitor import Visitor


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """The small course, closed."""
    courses = tmp_path / "courses"
    shutil.copytree(settings.courses, courses)
    file = courses / "visits" / "course.md"
    file.write_text(file.read_text().replace("id: visits\n", "id: visits\nenrolment: closed\n", 1))
    return replace(settings, courses=courses)


def registrations(app: Flask) -> int:
    with app.app_context():
        query = sa.select(sa.func.count()).select_from(progress.registration)
        return db.session.scalar(query) or 0


def test_nobody_enrols_by_themselves(app: Flask, arrive: Callable[..., Visitor]) -> None:
    maite = arrive("maite")
    assert "By invitation only" in maite.client.get("/").text
    page = maite.client.get("/courses/visits").text
    assert "Nobody enrols in this course by themselves" in page
    assert "/courses/visits/start" not in page
    with app.app_context():
        module = library().courses["visits"].modules[0].id
    assert f"{module}/open" not in maite.client.get(f"/courses/visits/modules/{module}").text
    for path in ("/courses/visits/start", f"/courses/visits/modules/{module}/open"):
        answer = maite.client.post(path)
        assert answer.status_code == 403
        assert "ask them" in answer.text
    assert registrations(app) == 0


def test_who_is_enrolled_goes_on(app: Flask, arrive: Callable[..., Visitor]) -> None:
    maite = arrive("maite")
    with app.app_context():
        person = by_email("maite@example.org")
        assert person
        learner, course = Learner.of(person, "en"), library().courses["visits"]
        module = course.modules[0].id
        with writing() as connection:
            recorder().enrol(connection, learner, course, datetime.now(UTC))
    assert "By invitation only" not in maite.client.get("/").text
    answer = maite.client.post(f"/courses/visits/modules/{module}/open")
    assert answer.status_code == 302
    assert registrations(app) == 1
