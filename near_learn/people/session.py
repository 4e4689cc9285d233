"""A person's session: how it is proved, begun, continued for its time, and ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, Response, current_app, g, request, session
from flask_babel import refresh
from flask_login import LoginManager, login_user, logout_user
from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import make_transient_to_detached

from near_learn.db import reading, writing
from near_learn.people import device, password
from near_learn.people.access import to_sign_in
from near_learn.people.device import SessionRow
from near_learn.people.person import Person, by_email
from near_learn.prepared import Prepared

TOKEN = "session"  # noqa: S105  # The name under which the cookie holds it.
LANGUAGE = "language"
# When a session was used last is written this seldom, so that opening a page costs no write.
USED_EVERY = timedelta(minutes=5)

# Asked on every page.
_CONTINUED = Prepared(
    select(Person.__table__, SessionRow.begun_at, SessionRow.used_at, SessionRow.strong)
    .join(SessionRow, SessionRow.person_id == Person.id)
    .where(SessionRow.id == bindparam("session"), Person.id == bindparam("person"), Person.active)
)

_COLUMNS = tuple(Person.__table__.c.keys())


class Logins(LoginManager):  # type: ignore[misc]
    """Flask-Login's, without its protection. Sessions have rows of their own, and it would only write the
    cookie anew when somebody's address changes, as it does on a train."""

    def _session_protection_failed(self) -> bool:
        return False


login = Logins()
login.unauthorized_handler(to_sign_in)


def init_app(app: Flask) -> None:
    login.init_app(app)
    app.after_request(_remember_use)


def authenticate(email: str, text: str) -> Person | None:
    """The person whose e-mail address and password these are, else None.

    It takes as long when the address is unknown, has no password or belongs to somebody who is kept out.
    """
    person = by_email(email)
    right = password.matches(person.password_hash if person else None, text)
    return person if person and right and person.active else None


def renew_hash(person: Person, text: str) -> None:
    """Brings the hash of the password, which is known only now, to today's cost. No session ends."""
    if person.password_hash and password.outdated(person.password_hash):
        number, renewed = person.id, password.hashed(text)
        with writing() as connection:
            connection.execute(update(Person).where(Person.id == number).values(password_hash=renewed))


def begin(person: Person, *, strong: bool = False) -> None:
    """Signs PERSON in, with a new session: nothing of the one before but the chosen language is kept.

    `strong`: a second factor was asked for, here or by the provider.
    """
    number, now = person.id, datetime.now(UTC)
    with writing() as connection:
        device.end_old(connection, now - current_app.permanent_session_lifetime)
        agent = request.user_agent.string
        token = device.opened(connection, number, now, user_agent=agent, strong=strong)
    start_afresh()
    session.permanent = True
    session[TOKEN] = token
    login_user(person)


def start_afresh() -> None:
    """Empties the cookie but for the language that was chosen on the sign-in page."""
    language = session.get(LANGUAGE)
    session.clear()
    if language:
        session[LANGUAGE] = language


def end() -> None:
    """Signs out on this device. The next to sign in here may read another language, so that goes too."""
    here = present()
    if here:
        with writing() as connection:
            connection.execute(device.table.delete().where(device.table.c.id == here))
    logout_user()
    session.clear()
    g.pop(LANGUAGE, None)
    refresh()


def present() -> str:
    """The id of this request's session; "" when there is none."""
    token = session.get(TOKEN)
    return device.hashed(token) if isinstance(token, str) else ""


def is_strong() -> bool:
    """Whether the session of this request, which has been looked up, was begun with a second factor."""
    return bool(g.get("session_strong"))


@login.user_loader  # type: ignore[untyped-decorator]
def continued(number: str) -> Person | None:
    """The person of a session that has not outlived its time and was not ended, else None."""
    here = present()
    if not here or not number.isdecimal() or not number.isascii() or len(number) > 18:
        return None
    found = _CONTINUED.first(reading(), session=here, person=int(number))
    now = datetime.now(UTC)
    if found is None or now - found.begun_at >= current_app.permanent_session_lifetime:
        return None
    g.session_strong = found.strong
    if now - found.used_at > USED_EVERY:
        g.session_used = here
    return _loaded(dict(zip(_COLUMNS, found, strict=False)))


def _loaded(values: dict[str, Any]) -> Person:
    """The person with these columns, for reading: of no session of SQLAlchemy's, which would cost more than
    the query. So what is changed in it is not written, and its relationships are not there."""
    person: Person = Person.__mapper__.class_manager.new_instance()
    person.__dict__.update(values)
    make_transient_to_detached(person)
    return person


def _remember_use(response: Response) -> Response:
    # Here and not where the session is looked up: that may happen inside a write transaction.
    used = g.pop("session_used", None)
    if used:
        with writing() as connection:
            device.used(connection, used, datetime.now(UTC))
    return response
