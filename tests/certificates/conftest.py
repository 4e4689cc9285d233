"""People who have completed a small course, through the real recorder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from near_learn import Settings, records
from near_learn.content_library import library
from near_learn.db import db, writing
from near_learn.people import password, person
from near_learn.people.person import Role
from near_learn.records import Learner, Response, Sitting

COURSE = "visits"
PASSWORD = "a-quiet-cup-of-tea"
HASH = password.hashed(PASSWORD)
BEGUN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(
        settings,
        courses=Path(__file__).parents[1] / "player" / "courses",
        base_url="https://learn.example.org",
    )


@dataclass
class Somebody:
    """A person who is signed in, and their registration if they have learned."""

    client: FlaskClient
    account: str
    registration: str = ""


@pytest.fixture
def arrive(app: Flask) -> Callable[..., Somebody]:
    """Somebody new, signed in."""

    def make(
        name: str = "Maite Ibarra",
        role: Role = Role.PROFESSIONAL,
        region: str = "ES220",
        language: str = "en",
    ) -> Somebody:
        email = f"{abs(hash((name, role, region)))}@example.org"
        with app.app_context(), writing() as connection:
            account = person.add(
                connection,
                email=email,
                name=name,
                role=role,
                region=region,
                language=language,
                password_hash=HASH,
            )
        client = app.test_client()
        assert client.post("/sign-in", data={"email": email, "password": PASSWORD}).status_code == 302
        return Somebody(client, account)

    return make


@pytest.fixture
def learn(app: Flask) -> Callable[..., str]:
    """Takes so many modules of the course, every answer right or none; the registration."""

    def take(somebody: Somebody, modules: int | None = None, *, right: bool = True) -> str:
        with app.app_context():
            course = library().courses[COURSE]
            learner, at = Learner(somebody.account, "en", "ES220"), BEGUN
            with writing() as connection:
                recorder = records.recorder()
                somebody.registration = recorder.enrol(connection, learner, course, at)
                for module in course.modules[:modules]:
                    step = Sitting(learner, somebody.registration, course, module)
                    at += timedelta(minutes=1)
                    recorder.open(connection, step, at)
                    text = module.text("en")
                    for section in text.sections:
                        at += timedelta(minutes=6)
                        recorder.progress(connection, step, section.id, at)
                    if text.quiz:
                        answers = {
                            question.id: Response(question.right if right else wrong(question), 5.0)
                            for question in text.quiz
                        }
                        at += timedelta(minutes=4)
                        recorder.submit(connection, step, 1, answers, at)
                    recorder.leave(connection, step, at)
            db.session.remove()
        return somebody.registration

    return take


def wrong(question: object) -> tuple[str, ...]:
    """An answer that earns nothing."""
    return tuple(option.id for option in question.options if not option.correct)[:1]  # type: ignore[attr-defined]
