"""The courses of this installation, loaded once when the process starts."""

from __future__ import annotations

from flask import Flask, current_app

from near_learn.config import Settings
from near_learn.content import Library, load


def init_app(app: Flask) -> None:
    settings: Settings = app.extensions["settings"]
    loaded = load(settings.courses)
    for problem in loaded.problems:
        if problem.severity == "error":
            app.logger.warning("course problem: %s", problem)
    app.extensions["library"] = loaded


def library() -> Library:
    """The loaded courses of the current application."""
    loaded: Library = current_app.extensions["library"]
    return loaded
