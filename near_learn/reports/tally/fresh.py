"""Before a report: the tally is brought up to date, or used as it is where nothing can be written."""

from __future__ import annotations

import logging
from threading import Lock, Thread
from typing import Protocol

from flask import Flask, current_app, g, has_request_context
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import InternalError, OperationalError

from near_learn.config import Settings
from near_learn.db import db, writing
from near_learn.records.due import due
from near_learn.reports.tally.refresh import is_due, refresh
from near_learn.reports.tally.tables import state
from near_learn.reports.tally.terms import Terms, heirs

log = logging.getLogger(__name__)
FOLLOWERS = "tally_followers"
BUSY = "tally_busy"
WAITS_FOR = 20  # registrations that have changed


class Follower(Protocol):
    """Keeps sums of its own about the people of blocks (see changed.py), made in the same transaction."""

    def is_due(self, connection: Connection) -> bool:
        """Whether something is to be counted."""

    def refresh(self, connection: Connection) -> None:
        """Counts it, after the tally."""


def follow(app: Flask, follower: Follower) -> None:
    """From now on FOLLOWER counts whenever the tally of APP does."""
    app.extensions.setdefault(FOLLOWERS, []).append(follower)


def bring_up_to_date() -> None:
    """Counts what has changed. Ends the session's transaction, so call it before anything is read.

    A page does not wait when much has changed, as after a list of people or an import: that is counted
    beside it. Then, and on a database that cannot be written to, such as a copy, or that somebody else holds
    for long, the reports are of the moment when they were counted last; they say which.
    """
    if behind():
        return
    settings: Settings = current_app.extensions["settings"]
    terms = Terms.of(settings)
    followers: list[Follower] = current_app.extensions.get(FOLLOWERS, [])
    with db.engine.connect() as connection:
        if not is_due(connection, terms) and not any(each.is_due(connection) for each in followers):
            return
        beside = has_request_context() and _is_much(connection, terms)
    if beside:
        g.reports_behind = True
        _count_beside(current_app._get_current_object())  # type: ignore[attr-defined]
    else:
        _count(terms)


def behind() -> bool:
    """Whether this page is without what is being counted now."""
    return bool(g.get("reports_behind"))


def _is_much(connection: Connection, terms: Terms) -> bool:
    """Whether there are more changes than a page waits for, since a count that may still be shown."""
    known = connection.execute(select(state.c.made_with)).one_or_none()
    if known is None or known.made_with != terms.digest(heirs(connection)):
        return False
    some = select(due.c.registration).limit(WAITS_FOR + 1).subquery()
    return (connection.scalar(select(func.count()).select_from(some)) or 0) > WAITS_FOR


def _count_beside(app: Flask) -> None:
    """Counts in a thread, if none does so in this process."""
    busy: Lock = app.extensions.setdefault(BUSY, Lock())
    if not busy.acquire(blocking=False):
        return

    def run() -> None:
        try:
            with app.app_context():
                _count(Terms.of(app.extensions["settings"]))
        finally:
            busy.release()

    Thread(target=run, name="tally", daemon=True).start()


def _count(terms: Terms) -> None:
    followers: list[Follower] = current_app.extensions.get(FOLLOWERS, [])
    try:
        with writing() as connection:
            refresh(connection, terms)
            for each in followers:
                each.refresh(connection)
    except (OperationalError, InternalError) as error:
        log.warning("reports are not up to date: %s", type(error.orig).__name__)
