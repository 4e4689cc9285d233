"""Before a report: the tally is brought up to date, or used as it is where nothing can be written."""

from __future__ import annotations

import logging

from flask import current_app
from sqlalchemy.exc import InternalError, OperationalError

from near_learn.config import Settings
from near_learn.db import db, writing
from near_learn.reports.tally.refresh import is_due, refresh
from near_learn.reports.tally.terms import Terms

log = logging.getLogger(__name__)


def bring_up_to_date() -> None:
    """Counts what has changed. Ends the session's transaction, so call it before anything is read.

    On a database that cannot be written to, such as a copy, or that somebody else holds for long, the reports
    are of the moment when they were counted last; they say which.
    """
    settings: Settings = current_app.extensions["settings"]
    terms = Terms.of(settings)
    with db.engine.connect() as connection:
        if not is_due(connection, terms):
            return
    try:
        with writing() as connection:
            refresh(connection, terms)
    except (OperationalError, InternalError) as error:
        log.warning("reports are not up to date: %s", type(error.orig).__name__)
