"""The reports as an API: the figures of the pages as JSON, CSV and XLSX, the registrations as a stream.

Each request carries a token and sees what the token's maker may see at that moment. docs/reports-api.md
describes it, and its examples are tested.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256

from flask import Blueprint, Flask, Response, current_app, g, request
from flask_babel import gettext
from werkzeug.exceptions import HTTPException, InternalServerError

from near_learn.db import db, writing
from near_learn.languages import LANGUAGES
from near_learn.people.person import Person
from near_learn.reports import asking, files, register, source
from near_learn.reports.asking import Question
from near_learn.reports.bearing import WRONG, WRONG_SCOPE, NotOpened, bearer, challenged, refused
from near_learn.reports.filters import FilterError
from near_learn.reports.token import Scope
from near_learn.security import limiter

LANGUAGE = "en"
REQUESTS = "60 per minute"
KNOWN = asking.QUESTIONS | {"language"}
LISTED = KNOWN | {"what"}
MEANINGS = {
    404: "There is nothing at this address.",
    405: "This address is read with GET.",
    429: "Too many requests. Wait a minute.",
}


blueprint = Blueprint("reports_api", __name__, url_prefix="/api/v1/reports")


def init_app(app: Flask) -> None:
    limiter.shared_limit(REQUESTS, "reports", key_func=sender)(blueprint)
    limiter.shared_limit(WRONG, WRONG_SCOPE, deduct_when=refused)(blueprint)
    app.register_blueprint(blueprint)


def sender() -> str:
    """Whose requests are counted: the token's, hashed because the limiter writes its keys into the log."""
    return "token:" + sha256(request.headers.get("Authorization", "").encode()).hexdigest()


@blueprint.before_request
def speak() -> None:
    """Names and errors are in the language that was asked for and not in that of a browser."""
    asked = request.args.get("language", "")
    g.language = asked if asked in LANGUAGES else LANGUAGE


@blueprint.get("/completion")
@blueprint.get("/completion.<any(json, csv, xlsx):ending>")
def completion(ending: str = "json") -> Response:
    """The figures of the report that the parameters ask for."""
    asked = question(bearer(Scope.FIGURES).person, KNOWN)
    content = files.content(asked, ending, g.language)
    return Response(content, mimetype=files.KINDS[ending])


@blueprint.get("/registrations")
@blueprint.get("/registrations.<any(jsonl, csv):ending>")
def registrations(ending: str = "jsonl") -> Response:
    """The registrations that the report counts, as they are read: a line each."""
    sent = bearer(Scope.REGISTRATIONS)
    asked = question(sent.person, LISTED)
    measure = asking.chosen_measure(asked.filters, request.args)
    found = register.entries(source.engine(), asked.filters, asked.reader.visible, measure)
    with writing() as connection:
        register.note(connection, sent.person.account, asked.filters, measure, sent.id)
    # What was asked is known; the list is read by a connection of its own, however long that takes.
    return Response(register.text(found, ending, LANGUAGES[g.language][1]), mimetype=register.KINDS[ending])


def question(person: Person, known: frozenset[str]) -> Question:
    """What the parameters ask. Raises FilterError, also for a parameter that there is not: a filter that is
    misspelt would otherwise give the figures of everybody."""
    asking.chosen_language(request.args, LANGUAGE)
    unknown = {
        name: gettext(
            "There is no parameter “%(name)s”; there are %(options)s.",
            name=name,
            options=", ".join(sorted(known)),
        )
        for name in request.args
        if name not in known
    }
    twice = {
        name: gettext("%(name)s: expected once, got several.", name=name)
        for name, values in request.args.lists()
        if len(values) > 1
    }
    if unknown or twice:
        raise FilterError(unknown | twice)
    return asking.ask(person, request.args, g.language)


# --- what cannot be answered -------------------------------------------------------------------------


@blueprint.errorhandler(FilterError)
def not_answerable(error: FilterError) -> Response:
    db.session.rollback()
    return told(error.status, str(error), error.problems)


@blueprint.errorhandler(NotOpened)
def not_allowed(error: NotOpened) -> Response:
    return challenged(told(error.status, str(error)))


@blueprint.errorhandler(HTTPException)
def failed(error: HTTPException) -> Response:
    status = error.code or 500
    if isinstance(error, InternalServerError):
        current_app.logger.error(
            "failed: %s %s", request.method, request.path, exc_info=error.original_exception
        )
    return told(status, MEANINGS.get(status, error.name))


def told(status: int, message: str, problems: Mapping[str, str] | None = None) -> Response:
    """An error as JSON: the status, a sentence, and for each parameter that is wrong one of its own."""
    error: dict[str, object] = {"status": status, "message": message}
    if problems:
        error["problems"] = [{"parameter": name, "message": text} for name, text in problems.items()]
    content = json.dumps({"error": error}, ensure_ascii=False, indent=2)
    return Response(content, status, mimetype="application/json")
