"""New people of a list get a mail with a link to choose their first password, each of them once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from flask import current_app
from flask_babel import gettext
from markupsafe import escape
from sqlalchemy import Connection, Row, Select, String, Table, delete, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from near_learn.config import Settings
from near_learn.db import Model, db, writing
from near_learn.mail import outbox
from near_learn.mail.letter import Letter, Link, in_language, written
from near_learn.people import password_link
from near_learn.people.person import Person

KIND = "welcome"
# Letters written in one transaction: others wait for no more than these.
AT_ONCE = 200


class WelcomeRow(Model):
    """Somebody who is to get the mail. Stored with the person, so that a process that ends forgets nobody."""

    __tablename__ = "enrolment_welcome"

    account: Mapped[str] = mapped_column(String(36), primary_key=True)


assert isinstance(WelcomeRow.__table__, Table)  # noqa: S101 (for the type checker)
table: Table = WelcomeRow.__table__


def put(connection: Connection, accounts: Iterable[str]) -> None:
    """These are to get the mail; in the transaction that makes them."""
    rows = [{"account": account} for account in accounts]
    if rows:
        connection.execute(insert(table), rows)


def write() -> int:
    """Puts the mails of all who wait into the outbox; how many. Nothing happens while mail is not set up."""
    count = 0
    forms = Forms()
    while outbox.ready():
        with writing() as connection:
            some = connection.execute(_waiting()).all()
            count += _put(connection, some, forms)
            accounts = [person.account for person in some]
            connection.execute(delete(table).where(table.c.account.in_(accounts)))
        if not some:
            break
    return count


def waiting() -> int:
    """How many wait for the mail to be written."""
    return len(db.session.scalars(select(table.c.account)).all())


def _waiting() -> Select[Any]:
    columns = (Person.id, Person.name, Person.email, Person.language, Person.password_hash, Person.active)
    query = select(table.c.account, *columns).outerjoin(Person, Person.account == table.c.account)
    return query.order_by(table.c.account).limit(AT_ONCE)


def _put(connection: Connection, people: Sequence[Row[Any]], forms: Forms) -> int:
    # Whoever can sign in by now, was kept out or erased needs no link.
    wanted = [each for each in people if each.id is not None and not each.password_hash and each.active]
    addresses = password_link.first_password_links(connection, [person.id for person in wanted])
    posts = []
    for person, address in zip(wanted, addresses, strict=True):
        content = outbox.Content(person.email, **forms.filled(person.language, person.name, address).parts())
        posts.append(outbox.Post(f"welcome:{person.account}", KIND, person.account, content))
    return outbox.put_all(connection, posts)


class Forms:
    """The letter in each language, written once; names and links are filled in."""

    # No name and no address holds these.
    NAME, ADDRESS = "\ue000name\ue001", "\ue000address\ue001"

    def __init__(self) -> None:
        self._by_language: dict[str, Letter] = {}

    def filled(self, language: str, name: str, address: str) -> Letter:
        """The letter to somebody. The name comes last, so that nothing in it is taken for a place to fill."""
        if language not in self._by_language:
            self._by_language[language] = letter_to(self.NAME, language, self.ADDRESS)
        form = self._by_language[language]
        text = form.text.replace(self.ADDRESS, address).replace(self.NAME, name)
        html = form.html.replace(self.ADDRESS, address).replace(self.NAME, str(escape(name)))
        return replace(form, text=text, html=html)


def letter_to(name: str, language: str, address: str) -> Letter:
    """What it says."""
    settings: Settings = current_app.extensions["settings"]
    with in_language(language) as known:
        return written(
            known,
            gettext("Your courses on NEAR Learn"),
            [
                gettext("Hello %(name)s,", name=name),
                gettext(
                    "you have been enrolled on NEAR Learn. Choose a password, and your courses are there."
                ),
                Link(gettext("Choose a password"), address),
                gettext(
                    "The link is good for 14 days. After that, “Forgotten password” on the sign-in page "
                    "sends a new one."
                ),
            ],
            closing=[
                gettext(
                    "You get this mail because somebody who coordinates courses where you work put you on "
                    "a list at %(site)s.",
                    site=settings.base_url,
                )
            ],
        )
