"""Two regions, two organisations, everybody in every role, and somebody about whom there is much to see."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from near_learn import Settings, create_app
from near_learn.db import db, writing
from near_learn.people import cohort as cohorts
from near_learn.people import device, enrolling, organisation, password
from near_learn.people import invitation as invitations
from near_learn.people.person import ORGANISATION, REGION, Person, add
from near_learn.people.role import Role

COURSES = Path(__file__).parents[1] / "player" / "courses"
COURSE = "visits"
PASSWORD = "a short sentence about rain"
HASH = password.hashed(PASSWORD)
CARITAS, HELSINKI = "caritas", "helsinki"

# Who: role, region, organisation, what they answer for. The regions of those who answer for an organisation
# are the others', so that a mistaken limit shows.
CAST = {
    "learner": (Role.PROFESSIONAL, "ES220", CARITAS, REGION),
    "peer": (Role.PROFESSIONAL, "ES220", CARITAS, REGION),
    "stranger": (Role.PROFESSIONAL, "FI1B1", HELSINKI, REGION),
    "trainer": (Role.TRAINER, "ES220", CARITAS, REGION),
    "region manager": (Role.MANAGER, "ES22", None, REGION),
    "other region manager": (Role.MANAGER, "FI1B", None, REGION),
    "organisation manager": (Role.MANAGER, "FI1B1", CARITAS, ORGANISATION),
    "other organisation manager": (Role.MANAGER, "ES220", HELSINKI, ORGANISATION),
    "operator": (Role.OPERATOR, "IT", None, REGION),
}
GROUP, OTHER_GROUP = "tolosa", "lahti"


@dataclass
class World:
    """The application, and the account of everybody."""

    app: Flask
    accounts: dict[str, str] = field(default_factory=dict)

    def browser(self, who: str | None) -> FlaskClient:
        """A browser in which somebody, or nobody, is signed in."""
        client = self.app.test_client()
        if who is None:
            return client
        with self.app.app_context():
            number = self.person(who).id
            with writing() as connection:
                token = device.opened(connection, number, datetime.now(UTC))
        with client.session_transaction() as session:
            session.update({"_user_id": str(number), "_fresh": True, "session": token})
        return client

    def person(self, who: str) -> Person:
        """Inside an application context."""
        found = db.session.scalar(select(Person).where(Person.account == self.accounts[who]))
        assert found is not None
        return found

    @contextmanager
    def inside(self) -> Iterator[None]:
        """An application context that sees what requests have written."""
        with self.app.app_context():
            yield
            db.session.remove()


def email(who: str) -> str:
    return f"{who.replace(' ', '.')}@x.example"


def settings_of(settings: Settings) -> Settings:
    return replace(settings, courses=COURSES, base_url="https://learn.example.org")


def build(settings: Settings) -> World:
    """The world on a migrated, empty database."""
    app = create_app(settings_of(settings))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    world = World(app)
    now = datetime.now(UTC)
    with world.inside(), writing() as connection:
        organisation.add(connection, name="Cáritas Navarra", region="ES220", id_=CARITAS)
        organisation.add(connection, name="City of Helsinki", region="FI1B1", id_=HELSINKI)
        for who, (role, region, organisation_id, answers_for) in CAST.items():
            world.accounts[who] = add(
                connection,
                email=email(who),
                name=f"{who.title()} Person",
                role=role,
                region=region,
                organisation=organisation_id,
                answers_for=answers_for,
                password_hash=HASH,
                created_at=now,
            )
        cohorts.add(connection, name="Grupo Tolosa", region="ES220", organisation=CARITAS, id_=GROUP)
        cohorts.add(connection, name="Lahti group", region="FI1B1", organisation=HELSINKI, id_=OTHER_GROUP)
        enrolling.join(connection, GROUP, [world.accounts["learner"]], now)
        enrolling.enrol(connection, GROUP, COURSE, now)
        invitations.make(connection, GROUP, places=5, closes_at=now + timedelta(days=9), made_by="", at=now)
    return world
