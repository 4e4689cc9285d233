"""The mails about signing in, each in its reader's language."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from flask_babel import gettext
from sqlalchemy import Connection, Row, select

from near_learn.mail import outbox
from near_learn.mail.letter import Letter, Link, absolute, in_language, written
from near_learn.people.person import Person


def reset(connection: Connection, person_id: int, address: str) -> None:
    """A link with which the person sets a new password."""
    reader = _reader(connection, person_id)
    with in_language(reader.language) as language:
        letter = written(
            language,
            gettext("Choose a new password"),
            [
                gettext("Somebody, hopefully you, asked for a new password for this e-mail address."),
                Link(gettext("Choose a new password"), address),
                gettext("The link works once, within an hour."),
            ],
            closing=[gettext("If it was not you, do nothing: your password stays as it is.")],
        )
    _put(connection, reader, "password-reset", letter)


def sign_in_elsewhere(connection: Connection, person_id: int, label: str) -> None:
    """The person asked for a new password and has none here: they sign in with the provider."""
    reader = _reader(connection, person_id)
    with in_language(reader.language) as language:
        letter = written(
            language,
            gettext("How you sign in"),
            [
                gettext("Somebody, hopefully you, asked for a new password for this e-mail address."),
                gettext("You need none here: please sign in with %(label)s.", label=label),
                Link(gettext("Sign in"), absolute("/sign-in")),
            ],
        )
    _put(connection, reader, "password-reset", letter)


def password_changed(connection: Connection, person_id: int) -> None:
    """Tells the person that their password is another one now."""
    _notice(
        connection,
        person_id,
        lambda: (
            gettext("Your password was changed"),
            gettext(
                "The password for this e-mail address has just been changed, and every device signed out."
            ),
        ),
    )


def factor_changed(connection: Connection, person_id: int, *, on: bool) -> None:
    """Tells the person that their second factor was switched on or off."""
    _notice(
        connection,
        person_id,
        lambda: (
            (
                gettext("Your second factor is on"),
                gettext("From now on a code of your app is asked for when you sign in."),
            )
            if on
            else (
                gettext("Your second factor is off"),
                gettext("From now on your password alone is enough to sign in."),
            )
        ),
    )


def _notice(connection: Connection, person_id: int, words: Callable[[], tuple[str, str]]) -> None:
    reader = _reader(connection, person_id)
    with in_language(reader.language) as language:
        subject, text = words()
        letter = written(
            language,
            subject,
            [
                text,
                gettext(
                    "If that was not you, choose a new password at once and tell whoever runs this site."
                ),
                Link(gettext("Choose a new password"), absolute("/password/forgotten")),
            ],
        )
    _put(connection, reader, "sign-in-changed", letter)


def _reader(connection: Connection, person_id: int) -> Row[str, str, str]:
    return connection.execute(
        select(Person.account, Person.email, Person.language).where(Person.id == person_id)
    ).one()


def _put(connection: Connection, reader: Row[str, str, str], kind: str, letter: Letter) -> None:
    # Each was asked for by itself, so each has a key of its own.
    key = f"{kind}:{uuid4()}"
    outbox.put(connection, key=key, kind=kind, account=reader.account, to=reader.email, **letter.parts())
