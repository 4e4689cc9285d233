"""Learning events to statements, and statements to progress."""

from __future__ import annotations

from flask import Flask, current_app

from near_learn.config import Settings
from near_learn.records.iris import Iris
from near_learn.records.learner import Learner
from near_learn.records.ledger import Ledger
from near_learn.records.projection import Projection
from near_learn.records.recorder import AttemptExists, AttemptsUsedUp, CoolingDown, NotEnrolled, Recorder
from near_learn.records.sitting import Response, Sitting
from xapi.lrs import LRS

__all__ = [
    "AttemptExists",
    "AttemptsUsedUp",
    "CoolingDown",
    "Learner",
    "NotEnrolled",
    "Recorder",
    "Response",
    "Sitting",
    "init_app",
    "recorder",
]


def init_app(app: Flask) -> None:
    """Ties the recorder and the projection to the record store of the application."""
    settings: Settings = app.extensions["settings"]
    lrs: LRS = app.extensions["lrs"]
    iris = Iris(settings.base_url)
    projection = Projection(lrs, iris)
    # Set here because the projection reads through the record store that tells it.
    lrs.on_saved = projection.project
    app.extensions["projection"] = projection
    app.extensions["recorder"] = Recorder(iris, Ledger(lrs))


def recorder() -> Recorder:
    """The recorder of the current application."""
    found: Recorder = current_app.extensions["recorder"]
    return found
