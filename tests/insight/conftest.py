"""Twelve learners with known answers to the quiz of the small course."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from near_learn import Settings, records
from near_learn.content_library import library
from near_learn.db import db, writing
from near_learn.people import password, person
from near_learn.people.role import Role
from near_learn.records.learner import Learner
from near_learn.records.sitting import Response, Sitting

COURSES = Path(__file__).parents[1] / "records" / "courses"
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
PASSWORD = "rain on the garden wall"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, courses=COURSES)


@pytest.fixture
def world(app: Flask) -> Flask:
    """Learners 0 to 7 learn in English, 8 to 11 in Spanish; the first six get everything right."""
    with app.app_context():
        for number in range(12):
            learn(number, "en" if number < 8 else "es", right=number < 6)
        with writing() as connection:
            for role in (Role.TRAINER, Role.MANAGER):
                person.add(
                    connection,
                    email=f"{role}@example.org",
                    name="Somebody",
                    role=role,
                    region="ES220",
                    password_hash=password.hashed(PASSWORD),
                )
        db.session.remove()
    return app


def learn(number: int, language: str, *, right: bool) -> None:
    """Reads the first module and takes its quiz, all right or all wrong."""
    learner = Learner(str(UUID(int=number, version=4)), language, "ES220")
    course = next(iter(library().courses.values()))
    module = course.modules[0]
    at = START + timedelta(hours=number)
    with writing() as connection:
        recorder = records.recorder()
        registration = recorder.enrol(connection, learner, course, at)
        sitting = Sitting(learner, registration, course, module)
        recorder.open(connection, sitting, at)
        sections = [section.id for section in module.text(language).sections]
        for section in sections + sections[:1] * (number % 2):
            recorder.progress(connection, sitting, section, at + timedelta(minutes=1))
        answers = {
            question.id: Response(question.right if right else wrong(question), seconds=20.0 + number)
            for question in module.text(language).quiz
        }
        recorder.submit(connection, sitting, 1, answers, at + timedelta(minutes=5))


def wrong(question: object) -> tuple[str, ...]:
    """The first wrong option."""
    return tuple(each.id for each in question.options if not each.correct)[:1]  # type: ignore[attr-defined]


@pytest.fixture
def client(world: Flask) -> FlaskClient:
    return signed_in(world, Role.TRAINER)


def signed_in(app: Flask, role: Role) -> FlaskClient:
    made = app.test_client()
    sent = made.post("/sign-in", data={"email": f"{role}@example.org", "password": PASSWORD})
    assert sent.status_code == 302
    return made
