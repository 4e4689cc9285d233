"""Mails about a way in: to choose a password, to confirm an address, to say that there is an account."""

from __future__ import annotations

from uuid import uuid4

from flask import url_for
from flask_babel import gettext
from sqlalchemy import Connection

from near_learn.mail import outbox
from near_learn.mail.letter import Letter, Link, absolute, in_language, written
from near_learn.people.person import Person


def way_in(language: str, address: str) -> Letter:
    """To somebody whom a manager or an operator has added: the link with which they choose a password."""
    with in_language(language) as known:
        return written(
            known,
            gettext("Your account at NEAR Learn"),
            [
                gettext("An account was made for you at NEAR Learn, where people learn to accompany people."),
                gettext("Choose a password, and sign in with it and with this e-mail address."),
                Link(gettext("Choose a password"), address),
            ],
            closing=[gettext("If you did not expect this, you need not do anything.")],
        )


def confirming(language: str, group: str, sealed: str) -> Letter:
    """To somebody who registers: the link that confirms their address."""
    with in_language(language) as known:
        return written(
            known,
            gettext("Confirm your e-mail address"),
            [
                gettext(
                    "Somebody, probably you, registers at NEAR Learn for the group “%(group)s”.", group=group
                ),
                Link(gettext("Confirm and register"), absolute(url_for("members.confirm", sealed=sealed))),
                gettext("The link is good for three days."),
            ],
            closing=[gettext("If it was not you, do nothing: there is no account then.")],
        )


def known_already(language: str, group: str, token: str) -> Letter:
    """To somebody who registers with an address that signs in here already."""
    with in_language(language) as known:
        return written(
            known,
            gettext("You have an account already"),
            [
                gettext(
                    "Somebody, probably you, registers at NEAR Learn for the group “%(group)s” with this "
                    "e-mail address. You have an account already: sign in with it and join the group.",
                    group=group,
                ),
                Link(gettext("Join the group"), absolute(url_for("members.invitation", secret=token))),
            ],
            closing=[gettext("If it was not you, do nothing: nothing was changed.")],
        )


def send(connection: Connection, kind: str, to: str, letter: Letter, *, account: str = "") -> bool:
    """Puts the letter into the outbox; False when mail is not set up."""
    key = f"{kind}:{uuid4()}"
    return outbox.put(connection, key=key, kind=kind, account=account, to=to, **letter.parts())


def send_way_in(connection: Connection, found: Person, address: str) -> bool:
    """Sends somebody the link with which they choose a password."""
    letter = way_in(found.language, address)
    return send(connection, "first-password", found.email, letter, account=found.account)
