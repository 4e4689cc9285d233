"""Before a report: the tally is brought up to date, or used as it is where nothing can be written."""

from __future__ import annotations

import logging
from typing import Protocol

from flask import Flask, current_app
from sqlalchemy import Connection
from sqlalchemy.exc import InternalError, OperationalError

from near_learn.config import Settings
from near_learn.db import db, writing
from near_learn.reports.tally.refresh import is_due, refresh
from near_learn.reports.tally.terms import Terms

log = logging.getLogger(__name__)
FOLLOWERS = "tally_followers"


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

    On a database that cannot be written to, such as a copy, or that somebody else holds for long, the reports
    are of the moment when they were counted last; they say which.
    """
    settings: Settings = current_app.extensions["settings"]
    terms = Terms.of(settings)
    followers: list[Follower] = current_app.extensions.get(FOLLOWERS, [])
    with db.engine.connect() as connection:
        if not is_due(connection, terms) and not any(each.is_due(connection) for each in followers):
            return
    try:
        with writing() as connection:
            refresh(connection, terms)
            for each in followers:
                each.refresh(connection)
    except (OperationalError, InternalError) as error:
        log.warning("reports are not up to date: %s", type(error.orig).__name__)
