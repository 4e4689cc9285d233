"""Coming into a group by an invitation: who is here already, and who becomes somebody here by it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from flask import current_app
from sqlalchemy import Connection, select

from near_learn.config import Settings
from near_learn.people import enrolling, membership
from near_learn.people.invitation import Invitation, take_place
from near_learn.people.person import Cohort, EmailTaken, Person, add
from near_learn.people.role import Role
from near_learn.privacy import audit
from near_learn.records import recorder
from near_learn.sealed import CannotOpen, opened, seal

PURPOSE = "registering"
LIFETIME = timedelta(days=3)


class NoPlace(Exception):
    """The invitation has no place left, or has closed."""


@dataclass(frozen=True)
class Newcomer:
    """Somebody who wants to register by an invitation. The password is a hash already."""

    invitation: str
    email: str
    name: str
    language: str
    password_hash: str
    until: float  # seconds since 1970

    def sealed(self) -> str:
        """All of it as a text that only this installation can read: nothing is stored before the address is
        confirmed."""
        return seal(json.dumps(asdict(self)), secret_key=_settings().secret_key, purpose=PURPOSE)


def unsealed(text: str, now: datetime) -> Newcomer | None:
    """The newcomer; None for a text that is not ours or has expired."""
    try:
        found = Newcomer(**json.loads(opened(text, secret_key=_settings().secret_key, purpose=PURPOSE)))
    except CannotOpen:
        return None
    return found if now.timestamp() < found.until else None


def come_in(connection: Connection, invitation: Invitation, account: str, at: datetime) -> bool:
    """Puts somebody who is here into the invitation's group; False when they were in it. Raises NoPlace."""
    # First the lock: a form that is sent twice takes one place.
    recorder().ledger.begin(connection)
    if membership.is_member(connection, invitation.cohort, account):
        return False
    if not take_place(connection, invitation.id, at):
        raise NoPlace(invitation.id)
    enrolling.join(connection, invitation.cohort, [account], at, invitation.id)
    detail = {"group": invitation.cohort, "invitation": invitation.id}
    audit.note(connection, actor=account, action="group.joined", about=account, detail=detail)
    return True


def register(connection: Connection, invitation: Invitation, newcomer: Newcomer, at: datetime) -> bool:
    """Makes a professional of the group's region and organisation; False, and nothing is changed, when
    somebody signs in with this address already. Raises NoPlace."""
    recorder().ledger.begin(connection)
    group = connection.execute(
        select(Cohort.region, Cohort.organisation_id).where(Cohort.id == invitation.cohort)
    ).one()
    if connection.scalar(select(Person.id).where(Person.email == newcomer.email)) is not None:
        return False
    try:
        account = add(
            connection,
            email=newcomer.email,
            name=newcomer.name,
            role=Role.PROFESSIONAL,
            region=group.region,
            organisation=group.organisation_id,
            language=newcomer.language,
            password_hash=newcomer.password_hash,
        )
    except EmailTaken:
        return False
    detail = {"invitation": invitation.id}
    audit.note(connection, actor=account, action="person.added", about=account, detail=detail)
    come_in(connection, invitation, account, at)
    return True


def until(now: datetime | None = None) -> float:
    """When a newcomer's confirmation ends."""
    return ((now or datetime.now(UTC)) + LIFETIME).timestamp()


def _settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found
