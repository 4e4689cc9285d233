"""The desk's part of the site: its blueprint, who may sit at it, and what its pages know of this request."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from flask import Blueprint, Flask, abort, current_app, render_template, request
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import select
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from near_learn.authoring.course_file import TooLarge
from near_learn.authoring.history import History
from near_learn.authoring.place import Place, Unknown, course_folder, place
from near_learn.authoring.saving import Writer
from near_learn.config import Settings
from near_learn.db import db
from near_learn.people.access import signed_in, to_sign_in
from near_learn.people.person import Person
from near_learn.people.role import Role

UNPROCESSABLE = 422
CONFLICT = 409
AUTHORS = (Role.TRAINER, Role.OPERATOR)

blueprint = Blueprint("authoring", __name__, url_prefix="/desk")

# Each adds its views to the blueprint when it is imported.
VIEWS = (
    "course_list",
    "beginning",
    "editor",
    "question_page",
    "media_page",
    "history_page",
    "removal",
    "publishing",
)


def init_app(app: Flask) -> None:
    for name in VIEWS:
        import_module(f"near_learn.authoring.{name}")
    app.register_blueprint(blueprint)


@blueprint.before_request
def only_authors() -> Response | None:
    """Every page of the desk is for trainers and operators."""
    if not current_user.is_authenticated:
        return to_sign_in()
    if current_user.role not in AUTHORS:
        abort(403)
    return None


@blueprint.errorhandler(Unknown)
def unknown(_error: Unknown) -> tuple[str, int]:
    """A course or file that is not there, or must not be."""
    from near_learn.errors import page

    return page(NotFound())  # type: ignore[return-value]


@blueprint.errorhandler(TooLarge)
def too_large(_error: TooLarge) -> tuple[str, int]:
    """A file that the desk does not open."""
    text = gettext("Divide it into several modules with an editor on the server.")
    heading = gettext("This file is too large for the desk")
    return render_template("error.html", status=UNPROCESSABLE, heading=heading, text=text), UNPROCESSABLE


@blueprint.errorhandler(OSError)
def not_written(error: OSError) -> tuple[str, int]:
    """The disk is full, or the server may not write."""
    current_app.logger.error("desk: %s %s: %s", request.method, request.path, error.strerror)
    heading = gettext("The files of the courses cannot be changed")
    return render_template("error.html", status=503, heading=heading, text=cannot_write(error)), 503


def cannot_write(error: OSError) -> str:
    """What a person can do when the server may not write."""
    text: str = gettext(
        "The server says: %(reason)s. Ask the person who runs this site to let it write into the folder of "
        "the courses and the data folder.",
        reason=error.strerror or "",
    )
    return text


def settings() -> Settings:
    """The installation's settings."""
    found: Settings = current_app.extensions["settings"]
    return found


def history() -> History:
    """The versions of all files."""
    return History(settings().data / "history")


def writer() -> Writer:
    """What this person changes in this request."""
    return Writer(history(), signed_in().account, datetime.now(UTC))


def folder_of(course: str) -> Path:
    """The folder of a course named in an address. Raises Unknown."""
    return course_folder(settings().courses, course)


def place_of(course: str, text: str) -> Place:
    """The place of a text named in an address. Raises Unknown."""
    return place(folder_of(course), text)


def names(accounts: Iterable[str]) -> dict[str, str]:
    """The names of people by their accounts; who is gone, or nobody, is missing."""
    wanted = {account for account in accounts if account}
    if not wanted:
        return {}
    rows = db.session.execute(select(Person.account, Person.name).where(Person.account.in_(wanted)))
    return {row.account: row.name for row in rows}


def by_whom() -> str:
    """Whose requests are counted together by a limit."""
    return f"desk:{getattr(current_user, 'account', 'nobody')}"
