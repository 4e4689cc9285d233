"""Which mails somebody does not want: the kinds that can be ended, and who ended them."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from flask import current_app
from flask_babel import lazy_gettext
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import ColumnElement, Connection, String, Table, delete, exists, select
from sqlalchemy.orm import Mapped, mapped_column

from near_learn.config import Settings
from near_learn.db import Model
from near_learn.mail.letter import absolute
from near_learn.people.person import Person
from near_learn.people.role import Role
from xapi.sql.upsert import insert_missing

PATH = "/mail/unsubscribe/"
SALT = "unsubscribe"


class Kind(StrEnum):
    """A kind of mail that its reader can end. Links for signing in are none: they come when asked for."""

    REMINDER = "reminder"
    DIGEST = "digest"


NAMES = {
    Kind.REMINDER: lazy_gettext("Reminders of deadlines: 14 and 3 days before, and once after"),
    Kind.DIGEST: lazy_gettext("A weekly overview of your territory"),
}
# Who gets which at all.
ROLES = {Kind.REMINDER: tuple(Role), Kind.DIGEST: (Role.MANAGER,)}


class RefusalRow(Model):
    """Somebody does not want mails of a kind."""

    __tablename__ = "mail_refusal"

    account: Mapped[str] = mapped_column(String(36), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)


assert isinstance(RefusalRow.__table__, Table)  # noqa: S101 (for the type checker)
table: Table = RefusalRow.__table__


def kinds_for(role: str) -> list[Kind]:
    """The kinds that somebody in this role gets, unless they refuse."""
    return [kind for kind in Kind if role in ROLES[kind]]


def of(connection: Connection, account: str) -> set[Kind]:
    """The kinds that this person refuses."""
    kinds = connection.scalars(select(table.c.kind).where(table.c.account == account))
    return {Kind(kind) for kind in kinds if kind in list(Kind)}


def refused(kind: Kind) -> ColumnElement[bool]:
    """The condition that a person refuses mails of this kind."""
    return exists().where(table.c.account == Person.account, table.c.kind == kind.value)


def put(connection: Connection, account: str, kind: Kind) -> None:
    """No more mails of this kind to this person."""
    insert_missing(connection, table, [{"account": account, "kind": kind.value}])


def replace(connection: Connection, account: str, kinds: Collection[Kind]) -> None:
    """These kinds, and no others, are refused."""
    forget(connection, account)
    for kind in sorted(kinds):
        put(connection, account, kind)


def forget(connection: Connection, account: str) -> int:
    """Removes what is kept about this person; how many rows."""
    return connection.execute(delete(table).where(table.c.account == account)).rowcount


def address(account: str, kind: Kind) -> str:
    """The whole address at which these mails are ended without signing in. It works as long as the secret
    key stays, however old the mail is."""
    return absolute(PATH + _signer().dumps([account, kind.value]))


def read(token: str) -> tuple[str, Kind] | None:
    """Whose mails of which kind a signed address ends; None for one that we did not make."""
    try:
        account, kind = _signer().loads(token)
        return str(account), Kind(kind)
    except (BadSignature, ValueError, TypeError):
        return None


def _signer() -> URLSafeSerializer:
    settings: Settings = current_app.extensions["settings"]
    return URLSafeSerializer(settings.secret_key, salt=SALT)
