"""The record store at /xapi: a WSGI request in, the record store's response out, and nothing else.

It stands in front of Flask, whose own way from a request to an answer would cost more than finding a
statement. What a request to a page meets on its way (session, form tokens, languages) has no meaning here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import nullcontext
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qsl

from flask import Flask, current_app
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.wsgi import get_input_stream

from near_learn.config import Settings
from near_learn.db import db
from near_learn.people import credential
from near_learn.security import constant_headers
from xapi.alternate import HEADERS
from xapi.errors import XAPIError
from xapi.lrs import LRS, Limits
from xapi.message import Request, Response, refusal

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MOUNT = "/xapi"
STATEMENTS = f"{MOUNT}/statements"
MOST_PARAMETERS = 100
LATER = "send the same again later, the same ids are stored once"

# What the server calls the headers (PEP 3333); its environment holds much else.
_HEADERS = [
    (("" if name.startswith("content-") else "HTTP_") + name.upper().replace("-", "_"), name)
    for name in HEADERS
]
_STATUS = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}


def init_app(app: Flask) -> None:
    settings: Settings = app.extensions["settings"]
    limits = Limits(requests_per_minute=settings.xapi_requests_per_minute)
    with app.app_context():
        store = app.extensions["lrs"] = LRS(db.engine, mount=MOUNT, limits=limits)
    store.together.within = app.app_context
    mounted = app.extensions["mounted"] = Mounted(app, store, app.wsgi_app)
    app.wsgi_app = mounted  # type: ignore[method-assign]


def record_store() -> LRS:
    """The current application's record store."""
    return cast(LRS, current_app.extensions["lrs"])


class Mounted:
    """Answers what is below the mount, and leaves everything else to the application beneath."""

    def __init__(self, app: Flask, store: LRS, beneath: WSGIApplication) -> None:
        self.app = app
        self.store = store
        self.beneath = beneath
        self.headers = tuple(constant_headers(app.extensions["settings"]).items())
        self.authenticate = partial(credential.authenticate, app)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        if not path.startswith(f"{MOUNT}/"):
            return self.beneath(environ, start_response)
        # Finding statements needs nothing of the application; making its context would cost as much. Those
        # who store share one.
        with nullcontext() if path == STATEMENTS else self.app.app_context():
            found = self.answer(
                f"{method} {path}", lambda: self.store.handle(self._request(environ), self.authenticate)
            )
        start_response(_STATUS[found.status], heading(method, found))
        return [found.body]

    def answer(self, asked: str, work: Callable[[], Response]) -> Response:
        """What WORK answers to what was asked; or that it failed, and why."""
        try:
            found = work()
        except XAPIError as error:
            found = refusal(error)
        except DBAPIError as error:
            # The database went away or gave up. Whether it had stored the request is not known.
            self.app.logger.error("database: %s: %s", asked, type(error.orig).__name__)
            found = refusal(XAPIError(f"the database does not answer; {LATER}", 503))
        except Exception:
            if self.app.testing:
                raise
            # A mistake of ours. The client learns that it is not theirs; the log has the rest.
            self.app.logger.exception("failed: %s", asked)
            found = refusal(XAPIError(f"something went wrong on our side; {LATER}", 500))
        return found.with_headers(self.headers)

    def _request(self, environ: WSGIEnvironment) -> Request:
        most = self.store.limits.body
        body = b""
        # One more than is allowed: a body sent in chunks is cut off there without a word, and one that has
        # been cut off at the limit itself would look complete.
        try:
            if not _has_no_body(environ):
                body = get_input_stream(environ, max_content_length=most + 1).read()
        except RequestEntityTooLarge:
            raise XAPIError(f"more than {most} bytes", 413, "body") from None
        except ClientDisconnected:
            raise XAPIError("expected as many bytes as were announced", path="body") from None
        return Request(
            method=environ["REQUEST_METHOD"],
            path=_text(environ["PATH_INFO"].removeprefix(MOUNT)),
            query=query(environ.get("QUERY_STRING", "")),
            headers=_headers(environ),
            body=body,
        )


def heading(method: str, found: Response) -> list[tuple[str, str]]:
    """The headers of the answer as they are sent."""
    headers = list(found.headers)
    if found.status != 204 and (method != "HEAD" or found.header("content-length") is None):
        headers.append(("Content-Length", str(len(found.body))))
    return headers


def _has_no_body(environ: WSGIEnvironment) -> bool:
    """Whether the headers say so (RFC 9112 6.3); later versions of HTTP say it in other ways."""
    if length := environ.get("CONTENT_LENGTH"):
        return bool(length == "0")
    return "HTTP_TRANSFER_ENCODING" not in environ and environ["SERVER_PROTOCOL"] in ("HTTP/1.1", "HTTP/1.0")


def _headers(environ: WSGIEnvironment) -> dict[str, str]:
    return {
        name: environ[key]
        for key, name in _HEADERS
        if key in environ and (environ[key] or key.startswith("HTTP_"))
    }


def _text(path: str) -> str:
    """The path, which WSGI hands over as bytes in the guise of text (PEP 3333)."""
    return path.encode("latin-1").decode("utf-8", "replace")


def query(text: str) -> tuple[tuple[str, str], ...]:
    """Names and values in a query string. Raises XAPIError."""
    if not text:
        return ()
    try:
        if not text.isascii():
            raise ValueError
        if "%" not in text and "+" not in text and text.count("&") < MOST_PARAMETERS:
            return tuple([piece.partition("=")[::2] for piece in text.split("&") if piece])
        found = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS)
    except ValueError:
        raise XAPIError(f"expected up to {MOST_PARAMETERS} parameters in UTF-8", path="query") from None
    return tuple(found)
