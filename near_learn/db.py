"""The database: the Flask-SQLAlchemy instance, how reading and writing begin, and times that stay in UTC."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app, g
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import Connection, DateTime, Dialect, Engine, MetaData, event
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from near_learn.config import Settings
from xapi.sql import postgresql, sqlite
from xapi.sql.tables import metadata as record_store
from xapi.turn import Turn

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)


class Reader(Session):
    """The session. It only reads, as of one moment: the figures of a page are to agree with each other."""

    def get_bind(self, *arguments: Any, **named: Any) -> Engine | Connection:
        """The engine, for reading."""
        found = super().get_bind(*arguments, **named)
        return postgresql.of_one_moment(found) if isinstance(found, Engine) else found


db = SQLAlchemy(model_class=Base, session_options={"class_": Reader})

# Flask-SQLAlchemy makes the class for models at run time; the type checker knows it as Base.
if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model

_FREE = Turn(several=True)

ALL_METADATA = [Base.metadata, record_store]


def init_app(app: Flask) -> None:
    settings: Settings = app.extensions["settings"]
    db.init_app(app)
    idle: list[Connection] = []
    app.extensions["reading"] = idle
    app.teardown_appcontext(lambda _error: _end_reading())
    with app.app_context():
        sqlite.configure(db.engine, synchronous=settings.sqlite_synchronous)
        postgresql.configure(db.engine)
        event.listen(db.engine, "engine_disposed", lambda _engine: _close(idle))


class UTCDateTime(TypeDecorator[datetime]):
    """An aware datetime, always UTC. SQLite has no time zones, so the zone is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], object] | None:
        # SQLite keeps text. What SQLAlchemy does to write it takes longer than the database does to store it.
        return _as_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        return _from_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return _in_utc(value).replace(tzinfo=None) if dialect.name == "sqlite" else _in_utc(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _in_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError(f"expected a time with its zone, got {value!r}")
    return value if value.tzinfo is UTC else value.astimezone(UTC)


def _as_text(value: datetime | None) -> str | None:
    return None if value is None else _in_utc(value).isoformat(" ", "microseconds")[: -len("+00:00")]


def _from_text(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text + "+00:00")


def reading() -> Connection:
    """The connection on which this request reads: all as of one moment, until somebody writes.

    On SQLite it stays open for the next request, outside of the pool: to begin and end a session, and to
    take a connection from the pool, costs as much as all queries of a page.
    """
    found: Connection | None = g.get("reading")
    if found is None:
        if db.engine.dialect.name != "sqlite":
            return db.session.connection()
        found = g.reading = _opened()
        found.begin()
    return found


@contextmanager
def snapshot() -> Iterator[Connection]:
    """A connection of its own for what is written to a file while it is read: all as of one moment."""
    with postgresql.of_one_moment(db.engine).connect() as connection:
        yield connection


def read_anew() -> None:
    """What the request reads from now on is what is there now."""
    _end_reading()
    db.session.rollback()


def _opened() -> Connection:
    idle: list[Connection] = current_app.extensions["reading"]
    try:
        return idle.pop()
    except IndexError:
        opened = db.engine.connect()
        opened.detach()
        return opened


def _end_reading() -> None:
    found: Connection | None = g.pop("reading", None)
    if found is not None:
        found.rollback()
        current_app.extensions["reading"].append(found)


def _close(idle: list[Connection]) -> None:
    while idle:
        idle.pop().close()


@contextmanager
def writing() -> Iterator[Connection]:
    """A write transaction: committed when the block ends, rolled back when it raises.

    What the request was reading ends first, so that what is read afterwards includes this write and SQLite
    never has to turn a reader into a writer.
    """
    read_anew()
    with writing_apart() as connection:
        yield connection
    # What the block read besides is older than what it wrote.
    read_anew()


@contextmanager
def writing_apart() -> Iterator[Connection]:
    """A write transaction of its own, while the request goes on reading what it read."""
    with turn().alone(), db.engine.connect().execution_options(near_write=True) as connection:
        with turn().left():
            transaction = connection.begin()
        with transaction:
            yield connection
            with turn().left():
                transaction.commit()


def turn() -> Turn:
    """Whose turn it is to compute in this process: the record store's, which pages share."""
    lrs = current_app.extensions.get("lrs")
    return lrs.turn if lrs is not None else _FREE
