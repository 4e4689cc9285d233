"""On which devices a person is signed in: a row a session, so that each can be ended by itself."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from flask_babel import gettext
from sqlalchemy import Boolean, Connection, ForeignKey, String, Table, delete, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from near_learn.db import Model, UTCDateTime

# What a browser calls itself in its own letters, the more particular first: Edge says Chrome and Safari too.
BROWSERS = (
    ("Edge", r"Edg(e|A|iOS)?/"),
    ("Opera", r"OPR/|Opera"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/|Chromium/"),
    ("Safari", r"Version/\S+ .*Safari/"),
)
SYSTEMS = (
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Android", r"Android"),
    ("Windows", r"Windows"),
    ("ChromeOS", r"CrOS"),
    ("macOS", r"Macintosh|Mac OS X"),
    ("Linux", r"Linux|X11"),
)


class SessionRow(Model):
    """A session. Its id is a hash: a copy of the database signs nobody in."""

    __tablename__ = "session"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    begun_at: Mapped[datetime] = mapped_column(UTCDateTime(), index=True)
    used_at: Mapped[datetime] = mapped_column(UTCDateTime())
    device: Mapped[str] = mapped_column(String(40))  # browser/system, in names that are alike everywhere
    strong: Mapped[bool] = mapped_column(Boolean)  # with a second factor, here or at the provider


assert isinstance(SessionRow.__table__, Table)  # noqa: S101 (for the type checker)
table: Table = SessionRow.__table__


@dataclass(frozen=True)
class Device:
    """A session as its person sees it."""

    id: str
    device: str
    begun_at: datetime
    used_at: datetime

    @property
    def words(self) -> str:
        """What it runs on, such as "Firefox on Windows"."""
        browser, _, system = self.device.partition("/")
        if browser and system:
            return str(gettext("%(browser)s on %(system)s", browser=browser, system=system))
        return browser or system or str(gettext("An unknown device"))


def opened(
    connection: Connection, person_id: int, now: datetime, *, user_agent: str = "", strong: bool = False
) -> str:
    """A new session; the secret that only its cookie holds (256 bits)."""
    token = secrets.token_urlsafe(32)
    connection.execute(
        insert(table).values(
            id=hashed(token),
            person_id=person_id,
            begun_at=now,
            used_at=now,
            device=named(user_agent),
            strong=strong,
        )
    )
    return token


def hashed(token: str) -> str:
    """What is stored instead of the secret. It is random, so a fast hash is enough."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def of(connection: Connection, person_id: int, begun_after: datetime) -> list[Device]:
    """The person's sessions, the one used last first."""
    query = select(table.c.id, table.c.device, table.c.begun_at, table.c.used_at).where(
        table.c.person_id == person_id, table.c.begun_at > begun_after
    )
    rows = connection.execute(query.order_by(table.c.used_at.desc(), table.c.id))
    return [Device(*row) for row in rows]


def end(connection: Connection, person_id: int, session_id: str) -> bool:
    """Ends one session of this person; False when it is not there (any more)."""
    one = delete(table).where(table.c.person_id == person_id, table.c.id == session_id)
    return connection.execute(one).rowcount == 1


def end_all(connection: Connection, person_id: int, but: str = "") -> int:
    """Ends every session of this person, except the one with the id `but`; how many."""
    every = delete(table).where(table.c.person_id == person_id, table.c.id != but)
    return connection.execute(every).rowcount


def end_old(connection: Connection, begun_before: datetime) -> int:
    """Removes the sessions of everybody that have outlived their time; how many."""
    return connection.execute(delete(table).where(table.c.begun_at <= begun_before)).rowcount


def used(connection: Connection, session_id: str, now: datetime) -> None:
    """The session was used now."""
    connection.execute(update(table).where(table.c.id == session_id).values(used_at=now))


def made_strong(connection: Connection, session_id: str) -> None:
    """The person of this session has just shown a second factor."""
    connection.execute(update(table).where(table.c.id == session_id).values(strong=True))


def named(user_agent: str) -> str:
    """Browser and system of a User-Agent header, as far as it can be told: "Firefox/Windows", "/"."""
    # Nothing else of the header is kept: it could tell people apart.
    text = user_agent[:500]
    return "/".join(
        next((name for name, pattern in names if re.search(pattern, text)), "")
        for names in (BROWSERS, SYSTEMS)
    )
