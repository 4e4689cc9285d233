"""The audit log: who saw or changed what about whom. Rows are only ever added, and are chained."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

from flask import has_request_context
from sqlalchemy import BigInteger, Connection, Row, String, Table, Text, delete, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from near_learn.db import Model, UTCDateTime, writing_apart
from near_learn.people.person import Person
from near_learn.privacy import keyed
from near_learn.privacy.keyed import Key
from xapi.sql import lock
from xapi.sql.chunks import chunks

PURPOSE = "audit log"
PRUNED = "audit.pruned"
FIRST = "0" * 64
PAGE, COMMAND = "page", "command"
# A value of `detail` is an id or a word of ours: nothing that could be a name, an address or a sentence.
PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/+-]{0,199}")
ACCOUNT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LEFT_OUT = "(text)"
ONCE_IN = timedelta(hours=1)

Value = str | int | float | bool | None


class Audit(Model):
    """One thing that somebody did. The database refuses to change a row, and to delete one out of turn."""

    __tablename__ = "audit"

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UTCDateTime())
    actor: Mapped[str] = mapped_column(String(36), index=True)  # a handle; "" for a command of the operator's
    action: Mapped[str] = mapped_column(String(60), index=True)
    about: Mapped[str] = mapped_column(String(36), index=True)  # a handle; "" for nobody in particular
    origin: Mapped[str] = mapped_column(String(8))  # PAGE or COMMAND
    detail: Mapped[str] = mapped_column(Text)  # JSON
    through: Mapped[int | None] = mapped_column(BigInteger, index=True)  # of PRUNED: the last that may go
    key: Mapped[str] = mapped_column(String(16))  # the name of the key; "" for a row that was not sealed
    digest: Mapped[str] = mapped_column(String(64))


class Subject(Model):
    """Whom a handle in the log stands for. Erasing a person deletes the row: the log then names nobody."""

    __tablename__ = "audit_subject"

    handle: Mapped[str] = mapped_column(String(36), primary_key=True)
    account: Mapped[str] = mapped_column(String(64), unique=True)


assert isinstance(Audit.__table__, Table)  # noqa: S101 (for the type checker)
assert isinstance(Subject.__table__, Table)  # noqa: S101
table: Table = Audit.__table__
subjects: Table = Subject.__table__


@dataclass(frozen=True)
class Head:
    """The end of the log. Kept somewhere else, it proves later that no row was cut off since."""

    number: int
    digest: str


def note(
    connection: Connection,
    *,
    actor: str,
    action: str,
    about: str = "",
    detail: Mapping[str, Value] | None = None,
    at: datetime | None = None,
) -> int:
    """Adds a row, in the caller's write transaction; its number.

    `actor`: the account of who did it, "" for a command. `about`: the account of whom it concerns, or "".
    `action`: one of actions.NAMES. `detail`: ids, numbers and words of the program; an account in it is
    replaced by a handle, and any text that is no id by "(text)".
    """
    return _add(connection, actor, action, [about], detail or {}, at or datetime.now(UTC))


def note_all(
    connection: Connection,
    *,
    actor: str,
    action: str,
    about: Iterable[str],
    detail: Mapping[str, Value] | None = None,
    at: datetime | None = None,
) -> int:
    """The same about each of several people, such as those of a list with names; the last number."""
    wanted = sorted(set(about) - {""})
    if not wanted:
        return head(connection).number
    return _add(connection, actor, action, wanted, detail or {}, at or datetime.now(UTC))


def seen(*, actor: str, action: str, about: Iterable[str], detail: Mapping[str, Value] | None = None) -> None:
    """Notes that a page shows ACTOR something about these people: each of them at most once an hour.

    For pages that read. It has a transaction of its own, so that the page's goes on reading; inside a write
    transaction use `note`. Their own records are nobody else's business and are not noted.
    """
    wanted = set(about) - {"", actor}
    if not wanted:
        return
    with writing_apart() as connection:
        lock.take(connection)
        now = datetime.now(UTC)
        wanted -= _noted_since(connection, actor, action, now - ONCE_IN)
        note_all(connection, actor=actor, action=action, about=wanted, detail=detail, at=now)


def _noted_since(connection: Connection, actor: str, action: str, since: datetime) -> set[str]:
    """The accounts about whom ACTOR has done this since then."""
    whom = subjects.alias("whom")
    query = (
        select(whom.c.account)
        .distinct()
        .join_from(table, whom, whom.c.handle == table.c.about)
        .join(subjects, subjects.c.handle == table.c.actor)
        .where(subjects.c.account == actor, table.c.action == action, table.c.at >= since)
    )
    return set(connection.scalars(query))


def head(connection: Connection) -> Head:
    """The last row; number 0 of an empty log."""
    last = connection.execute(
        select(table.c.number, table.c.digest).order_by(table.c.number.desc()).limit(1)
    ).first()
    return Head(last.number, last.digest) if last else Head(0, FIRST)


def handle_of(connection: Connection, account: str) -> str | None:
    """The handle under which the log knows this account, if it does."""
    found: str | None = connection.scalar(select(subjects.c.handle).where(subjects.c.account == account))
    return found


def forget(connection: Connection, account: str) -> int:
    """Breaks the link between an account and its handle; the log stays as it is. How many (0 or 1)."""
    return connection.execute(delete(subjects).where(subjects.c.account == account)).rowcount


def prune(connection: Connection, before: datetime, *, actor: str = "", now: datetime | None = None) -> int:
    """Deletes the oldest rows, those before a time, and says so in the log itself; how many.

    The only way in which rows go: the database deletes none that no row of this kind has released.
    """
    newer = select(table.c.number).where(table.c.at >= before).order_by(table.c.number).limit(1)
    lock.take(connection)
    kept: int | None = connection.scalar(newer)
    through = (kept if kept is not None else head(connection).number + 1) - 1
    last = connection.execute(select(table.c.digest).where(table.c.number == through)).first()
    if last is None:
        return 0
    # The digest of the last row that goes is the ground on which the first that stays is chained.
    detail = {"through": through, "digest": last.digest}
    _add(connection, actor, PRUNED, [""], detail, now or datetime.now(UTC), through=through)
    return connection.execute(delete(table).where(table.c.number <= through)).rowcount


def _add(
    connection: Connection,
    actor: str,
    action: str,
    about: Iterable[str],
    detail: Mapping[str, Value],
    at: datetime,
    *,
    through: int | None = None,
) -> int:
    lock.take(connection)
    about, key, last = list(about), keyed.current(PURPOSE), head(connection)
    stated = {name: value for name, value in detail.items() if isinstance(value, str)}
    in_detail = _people(connection, [value for value in stated.values() if ACCOUNT.fullmatch(value)])
    handles = _handles(connection, {actor, *about, *in_detail} - {""})
    text = json.dumps({name: _plain(value, handles) for name, value in detail.items()}, sort_keys=True)
    number, digest, rows = last.number, last.digest, []
    for one in about:
        number += 1
        row: dict[str, Any] = {
            "number": number,
            "at": at,
            "actor": handles.get(actor, ""),
            "action": action,
            "about": handles.get(one, ""),
            "origin": PAGE if has_request_context() else COMMAND,
            "detail": text,
            "through": through,
            "key": key.name if key else "",
        }
        digest = seal(row, digest, key)
        rows.append(row | {"digest": digest})
    connection.execute(insert(table), rows)
    return number


def seal(row: Mapping[str, Any], before: str, key: Key | None) -> str:
    """The digest of a row that follows the one with the digest BEFORE. Without a key anybody can make it."""
    at = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    names = ("number", "actor", "action", "about", "origin", "detail", "through", "key")
    message = json.dumps([before, at, *(row[name] for name in names)]).encode()
    return key.digest(message) if key else sha256(message).hexdigest()


def rows(connection: Connection) -> Iterator[Row[Any]]:
    """Every row, oldest first, some hundred at a time."""
    after = 0
    while some := connection.execute(
        select(table).where(table.c.number > after).order_by(table.c.number).limit(500)
    ).all():
        yield from some
        after = some[-1].number


def _handles(connection: Connection, accounts: set[str]) -> dict[str, str]:
    """The handle of each account; who has none gets one."""
    found: dict[str, str] = {}
    for some in chunks(sorted(accounts)):
        query = select(subjects.c.account, subjects.c.handle).where(subjects.c.account.in_(some))
        found.update((row.account, row.handle) for row in connection.execute(query))
    new = [{"account": one, "handle": str(uuid4())} for one in sorted(accounts - found.keys())]
    if new:
        connection.execute(insert(subjects), new)
    return found | {row["account"]: row["handle"] for row in new}


def _people(connection: Connection, accounts: list[str]) -> list[str]:
    """Those of the ids that are accounts of people."""
    if not accounts:
        return []
    return list(connection.scalars(select(Person.account).where(Person.account.in_(accounts))))


def _plain(value: Value, handles: Mapping[str, str]) -> Value:
    if not isinstance(value, str) or value == "":
        return value
    return handles.get(value, value) if PLAIN.fullmatch(value) else LEFT_OUT
