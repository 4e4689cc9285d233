"""Where reports are read: the database, or a copy of it that the operator has named."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from flask import Flask, current_app, g
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import OperationalError

from near_learn.config import Settings
from near_learn.db import db

log = logging.getLogger(__name__)

SECONDS_TO_CONNECT = 3
# Until when a copy has everything: now, if it is receiving and has taken in all that it received; otherwise
# the last transaction that it knows.
_UNTIL = text("""
    SELECT CASE
        WHEN NOT pg_is_in_recovery() THEN now()
        WHEN EXISTS (SELECT FROM pg_stat_wal_receiver)
            AND pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN now()
        ELSE coalesce(pg_last_xact_replay_timestamp(), now())
    END
""")


def init_app(app: Flask) -> None:
    settings: Settings = app.extensions["settings"]
    app.extensions["reports_copy"] = _copy(settings.reports_database_url)
    app.teardown_appcontext(_close)


def _copy(url: str) -> Engine | None:
    if not url:
        return None
    return create_engine(
        url,
        # A copy goes on changing. All figures of a page are of the moment of its first.
        isolation_level="REPEATABLE READ",
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={
            "connect_timeout": SECONDS_TO_CONNECT,
            "options": "-c default_transaction_read_only=on",
        },
    )


def engine() -> Engine:
    """The copy's; that of the database itself when there is none, or when it does not answer."""
    return connection().engine


def connection() -> Connection:
    """For reading reports, the same during a request. Bring the tally up to date before.

    Without a copy it is the session's, which sees what the session has changed.
    """
    copy: Engine | None = current_app.extensions["reports_copy"]
    if copy is None or g.get("reports_copy_is_gone"):
        return db.session.connection()
    if "reports_connection" not in g:
        try:
            g.reports_connection = copy.connect()
        except OperationalError as error:
            # Figures late from the main database are better than none.
            log.warning("the copy for reports does not answer: %s", type(error.orig).__name__)
            g.reports_copy_is_gone = True
            return db.session.connection()
    found: Connection = g.reports_connection
    return found


def moment() -> datetime:
    """The moment of which reports can tell: now, or a little earlier where a copy lags behind."""
    found = connection()
    if "reports_connection" not in g:
        return datetime.now(UTC)
    until: datetime = found.execute(_UNTIL).scalar_one()
    return until.astimezone(UTC)


def close() -> None:
    """Ends reading the copy; who reads it again sees what it has by then."""
    found: Connection | None = g.pop("reports_connection", None)
    g.pop("reports_copy_is_gone", None)
    if found is not None:
        found.close()


def _close(_error: BaseException | None) -> None:
    close()
