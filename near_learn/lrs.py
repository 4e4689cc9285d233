"""The record store at /xapi: Flask's request in, the record store's response out, and nothing else."""

from __future__ import annotations

from typing import cast
from urllib.parse import parse_qsl

from flask import Blueprint, Flask, current_app, request
from flask import Response as FlaskResponse
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import InternalServerError, RequestEntityTooLarge

from near_learn.config import Settings
from near_learn.db import db
from near_learn.people import credential
from near_learn.security import csrf
from xapi.errors import XAPIError
from xapi.lrs import LRS, Limits
from xapi.message import Request, refusal

MOUNT = "/xapi"
METHODS = ["GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS", "PATCH"]
MOST_PARAMETERS = 100

blueprint = Blueprint("lrs", __name__, url_prefix=MOUNT)


def init_app(app: Flask) -> None:
    settings: Settings = app.extensions["settings"]
    limits = Limits(requests_per_minute=settings.xapi_requests_per_minute)
    with app.app_context():
        app.extensions["lrs"] = LRS(db.engine, mount=MOUNT, limits=limits)
    # A client proves itself on every request and has no session, so there is no form to forge.
    csrf.exempt(blueprint)
    app.register_blueprint(blueprint)


def record_store() -> LRS:
    """The current application's record store."""
    return cast(LRS, current_app.extensions["lrs"])


@blueprint.route("/", defaults={"path": ""}, methods=METHODS, provide_automatic_options=False)
@blueprint.route("/<path:path>", methods=METHODS, provide_automatic_options=False)
def answer(path: str) -> FlaskResponse:
    """Whatever the record store answers, which knows its own errors."""
    store = record_store()
    # One more than is allowed: a body sent in chunks is cut off there without a word, and one that has been
    # cut off at the limit itself would look complete.
    request.max_content_length = store.limits.body + 1
    try:
        received = Request(
            method=request.method,
            path=f"/{path}",
            query=_query(),
            headers=dict(request.headers.items()),
            body=request.get_data(cache=False),
        )
    except RequestEntityTooLarge:
        found = refusal(XAPIError(f"more than {store.limits.body} bytes", 413, "body"))
    except XAPIError as error:
        found = refusal(error)
    else:
        found = store.handle(received, credential.authenticate)
    response = FlaskResponse(found.body, found.status)
    # Flask's own type would stand there otherwise, also on an answer that has no body.
    del response.headers["Content-Type"]
    # Set, not added: Flask has put a length there already, and of two the server would choke.
    for name, value in found.headers:
        response.headers[name] = value
    return response


@blueprint.errorhandler(InternalServerError)
def failed(error: InternalServerError) -> FlaskResponse:
    """A mistake of ours. The client learns that it is not theirs; the log has the rest."""
    current_app.logger.error("failed: %s %s", request.method, request.path, exc_info=error.original_exception)
    return _apology("something went wrong on our side", 500)


@blueprint.errorhandler(DBAPIError)
def unanswered(error: DBAPIError) -> FlaskResponse:
    """The database went away or gave up. Whether it had stored the request is not known."""
    current_app.logger.error("database: %s %s: %s", request.method, request.path, type(error.orig).__name__)
    return _apology("the database does not answer", 503)


def _apology(what: str, status: int) -> FlaskResponse:
    found = refusal(XAPIError(f"{what}; send the same again later, the same ids are stored once", status))
    return FlaskResponse(found.body, found.status, found.headers)


def _query() -> tuple[tuple[str, str], ...]:
    try:
        text = request.query_string.decode("ascii")
        found = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS)
    except ValueError:
        raise XAPIError(f"expected up to {MOST_PARAMETERS} parameters in UTF-8", path="query") from None
    return tuple(found)
