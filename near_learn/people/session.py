"""A person's session: how it is proved, begun, continued for its time, and ended."""

from __future__ import annotations

import time

from flask import current_app, g, session
from flask_babel import refresh
from flask_login import LoginManager, login_user, logout_user
from sqlalchemy import update

from near_learn.db import writing
from near_learn.people import password
from near_learn.people.access import to_sign_in
from near_learn.people.person import Person, by_email, by_session

SINCE = "since"
LANGUAGE = "language"

login = LoginManager()
login.unauthorized_handler(to_sign_in)


def authenticate(email: str, text: str) -> Person | None:
    """The person whose e-mail address and password these are, else None.

    It takes as long when the address is unknown, has no password or belongs to somebody who is kept out.
    """
    person = by_email(email)
    right = password.matches(person.password_hash if person else None, text)
    return person if person and right and person.active else None


def begin(person: Person, text: str) -> None:
    """Signs PERSON in, with a new session: nothing of the one before but the chosen language is kept."""
    if person.password_hash and password.outdated(person.password_hash):
        _renew_hash(person.id, text)
    language = session.get(LANGUAGE)
    session.clear()
    session.permanent = True
    session[SINCE] = int(time.time())
    if language:
        session[LANGUAGE] = language
    login_user(person)


def end() -> None:
    """Signs out on this device. The next to sign in here may read another language, so that goes too."""
    logout_user()
    session.clear()
    g.pop(LANGUAGE, None)
    refresh()


@login.user_loader  # type: ignore[untyped-decorator]
def continued(session_id: str) -> Person | None:
    """The person of a session that has not outlived its time and was not revoked, else None."""
    since = session.get(SINCE)
    lifetime = current_app.permanent_session_lifetime.total_seconds()
    if not isinstance(since, int) or not time.time() - since < lifetime:
        return None
    return by_session(session_id)


def _renew_hash(person_id: int, text: str) -> None:
    # The password is known only now; its hash is brought to today's cost without ending other sessions.
    renewed = password.hashed(text)
    with writing() as connection:
        connection.execute(update(Person).where(Person.id == person_id).values(password_hash=renewed))
