"""The outbox: each mail is stored once, claimed by one sender, and marked with what became of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import uuid4

from flask import current_app, g, has_request_context
from sqlalchemy import (
    Connection,
    Index,
    Integer,
    String,
    Table,
    Text,
    and_,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from near_learn.config import Settings
from near_learn.db import Model, UTCDateTime
from near_learn.people.person import normal_email
from near_learn.sealed import opened, seal
from xapi.sql.chunks import chunks
from xapi.sql.upsert import insert_missing

PURPOSE = "mail"
LONGEST_KEY = 200
LONGEST_REASON = 300
# After each failed try so long until the next; after the last the mail is given up.
DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720, 1440))
# Longer than any hand-over lasts: a claim this old was left behind by a process that died.
ABANDONED = timedelta(minutes=15)


class State(StrEnum):
    """What became of a mail. UNCLEAR: it may have arrived or not, and is not sent again by itself."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNCLEAR = "unclear"


class Mail(Model):
    """A mail. To whom and what it says is sealed, and gone once it is sent."""

    __tablename__ = "mail"
    __table_args__ = (Index("ix_mail_state_due_at", "state", "due_at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    key: Mapped[str] = mapped_column(String(LONGEST_KEY), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    account: Mapped[str] = mapped_column(String(36), index=True)
    state: Mapped[str] = mapped_column(String(10))
    sealed: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime())
    due_at: Mapped[datetime] = mapped_column(UTCDateTime())
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime())
    tries: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON))


assert isinstance(Mail.__table__, Table)  # noqa: S101 (for the type checker)
table: Table = Mail.__table__


@dataclass(frozen=True)
class Content:
    """What is sent to whom."""

    to: str
    subject: str
    text: str
    html: str = ""
    unsubscribe: str = ""


@dataclass(frozen=True)
class Post:
    """A mail that is to be stored; see `put`."""

    key: str
    kind: str
    account: str
    content: Content


@dataclass(frozen=True)
class Claimed:
    """A mail that this process, and no other, is about to send."""

    id: str
    kind: str
    tries: int
    sealed: str

    def content(self) -> Content:
        """What it says. Raises sealed.CannotOpen."""
        settings = _settings()
        key, earlier = settings.secret_key, settings.earlier_secret_keys
        return Content(**json.loads(opened(self.sealed, secret_key=key, purpose=PURPOSE, earlier=earlier)))


def ready() -> bool:
    """Whether mail is set up here. If not, pages say so, and nothing is stored."""
    return bool(_settings().mail_server)


def put(
    connection: Connection,
    *,
    key: str,
    kind: str,
    account: str,
    to: str,
    subject: str,
    text: str,
    html: str = "",
    unsubscribe: str = "",
) -> bool:
    """Stores a mail in the caller's write transaction; it is sent after that has been committed.

    `key` names the occasion, such as "reminder:ACCOUNT:COURSE:2026-12-12": a second mail with the same key is
    not stored. `kind` is one word for lists; `account` whom it is about, "" for nobody who is known yet;
    `unsubscribe` an address of this site at which the reader ends such mails, without signing in.

    False: nothing was stored, because the key was used before or mail is not set up.
    Raises ValueError for an address that is none, or a key that is too long.
    """
    content = Content(to, subject, text, html, unsubscribe)
    return put_all(connection, [Post(key, kind, account, content)]) == 1


def put_all(connection: Connection, posts: Sequence[Post]) -> int:
    """The same for many mails with few statements; how many were stored."""
    if not ready():
        return 0
    by_key = {post.key: post for post in posts}
    for key in by_key:
        if not 0 < len(key) <= LONGEST_KEY:
            raise ValueError(f"mail key: expected 1 to {LONGEST_KEY} characters, got {len(key)}")
    for some in chunks(list(by_key)):
        for key in connection.scalars(select(table.c.key).where(table.c.key.in_(some))):
            del by_key[key]
    insert_missing(connection, table, [_row(post) for post in by_key.values()])
    if by_key and has_request_context():
        g.mail_waits = True
    return len(by_key)


def _row(post: Post) -> dict[str, object]:
    of, now = post.content, datetime.now(UTC)
    content = Content(normal_email(of.to), one_line(of.subject), of.text, of.html, one_line(of.unsubscribe))
    return {
        "id": str(uuid4()),
        "key": post.key,
        "kind": post.kind,
        "account": post.account,
        "state": State.WAITING.value,
        "sealed": seal(json.dumps(vars(content)), secret_key=_settings().secret_key, purpose=PURPOSE),
        "created_at": now,
        "due_at": now,
        "changed_at": now,
        "tries": 0,
        "reason": "",
    }


def stored(connection: Connection, key: str) -> bool:
    """Whether a mail with this key was stored before, whatever became of it."""
    return connection.scalar(select(table.c.id).where(table.c.key == key)) is not None


def claim(connection: Connection, now: datetime) -> Claimed | None:
    """The next mail that is due, now this sender's alone; None when none is.

    In a write transaction, of which only one runs at a time; the condition on the state decides all the same.
    """
    due = and_(table.c.state == State.WAITING, table.c.due_at <= now)
    row = connection.execute(
        select(table).where(due).order_by(table.c.due_at, table.c.created_at, table.c.id).limit(1)
    ).first()
    if row is None:
        return None
    taken = connection.execute(
        update(table)
        .where(table.c.id == row.id, table.c.state == State.WAITING)
        .values(state=State.SENDING.value, tries=row.tries + 1, changed_at=now)
    )
    return Claimed(row.id, row.kind, row.tries + 1, row.sealed) if taken.rowcount == 1 else None


def mark_sent(connection: Connection, mail: Claimed, now: datetime) -> None:
    """The server has taken it. What it said and to whom is forgotten; that it was sent stays."""
    _mark(connection, mail, state=State.SENT.value, sealed="", reason="", changed_at=now)


def mark_unclear(connection: Connection, mail: Claimed, now: datetime, reason: str) -> None:
    """The server went away while it was told the text: sent again, it might arrive twice."""
    _mark(connection, mail, state=State.UNCLEAR.value, reason=reason[:LONGEST_REASON], changed_at=now)


def mark_failed(
    connection: Connection, mail: Claimed, now: datetime, reason: str, *, for_good: bool = False
) -> State:
    """It was not sent: to be tried again later, or given up when that is of no use. Returns the state."""
    given_up = for_good or mail.tries > len(DELAYS)
    state = State.FAILED if given_up else State.WAITING
    due = now if given_up else now + DELAYS[mail.tries - 1]
    _mark(connection, mail, state=state.value, due_at=due, reason=reason[:LONGEST_REASON], changed_at=now)
    return state


def postpone_all(connection: Connection, now: datetime, reason: str) -> int:
    """The server cannot be reached: everything that is due waits, as after a failed try. How many."""
    due = and_(table.c.state == State.WAITING, table.c.due_at <= now)
    count = 0
    for tries in range(len(DELAYS) + 1):
        last = tries == len(DELAYS)
        values: dict[str, object] = {
            "tries": table.c.tries + 1,
            "state": (State.FAILED if last else State.WAITING).value,
            "due_at": now if last else now + DELAYS[tries],
            "reason": reason[:LONGEST_REASON],
            "changed_at": now,
        }
        wanted = table.c.tries >= tries if last else table.c.tries == tries
        count += connection.execute(update(table).where(due, wanted).values(values)).rowcount
    return count


def next_due(connection: Connection) -> datetime | None:
    """When the next waiting mail is to be tried; None when none waits."""
    found: datetime | None = connection.scalar(
        select(func.min(table.c.due_at)).where(table.c.state == State.WAITING)
    )
    return found


def troubled(connection: Connection, now: datetime) -> list[Mail]:
    """Mails that were not sent at their first try, are given up or unclear: without what they say."""
    columns = [column for column in table.c if column.name != "sealed"]
    trouble = or_(
        and_(table.c.state == State.WAITING, table.c.tries > 0),
        table.c.state.in_([State.FAILED, State.UNCLEAR]),
        and_(table.c.state == State.SENDING, table.c.changed_at < now - ABANDONED),
    )
    found = connection.execute(select(*columns).where(trouble).order_by(table.c.changed_at, table.c.id))
    return [Mail(**row) for row in found.mappings()]


def counts(connection: Connection) -> dict[State, int]:
    """How many mails are in each state."""
    rows = connection.execute(select(table.c.state, func.count()).group_by(table.c.state))
    return {State(state): number for state, number in rows}


def try_again(connection: Connection, ids: list[str], now: datetime) -> int:
    """Lets mails that are given up or unclear be sent after all; how many."""
    left_behind = and_(table.c.state == State.SENDING, table.c.changed_at < now - ABANDONED)
    stuck = or_(table.c.state.in_([State.FAILED, State.UNCLEAR]), left_behind)
    changed = update(table).where(table.c.id.in_(ids), stuck)
    return connection.execute(
        changed.values(state=State.WAITING.value, due_at=now, changed_at=now, tries=0)
    ).rowcount


def forget(connection: Connection, account: str) -> int:
    """Removes every mail about this account, sent or not; how many."""
    return connection.execute(delete(table).where(table.c.account == account)).rowcount


def one_line(text: str) -> str:
    """TEXT without line ends and other signs that could begin a header of their own."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _mark(connection: Connection, mail: Claimed, **values: object) -> None:
    own = and_(table.c.id == mail.id, table.c.state == State.SENDING, table.c.tries == mail.tries)
    connection.execute(update(table).where(own).values(**values))


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
