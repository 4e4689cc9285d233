"""Pages of learners are made one at a time, in turn with the record store's answers.

Threads that all compute gain nothing in Python: they take the interpreter from each other at each query, and
the one that writes waits longest. Who waits for the disk gives the turn away (see near_learn/db.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING

from flask import Flask

from xapi.lrs import LRS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Other pages may take long (a report, a document, a password to check), and nobody is to wait for them.
PAGES = ("/courses/", "/my-record")
# A form that is longer comes from somewhere else, and might come slowly.
LONGEST_FORM = 100_000


def init_app(app: Flask) -> None:
    app.wsgi_app = InTurn(app.extensions["lrs"], app.wsgi_app)  # type: ignore[method-assign]


class InTurn:
    """Takes the turn for requests of which it is known that they take milliseconds."""

    def __init__(self, store: LRS, beneath: WSGIApplication) -> None:
        self.turn = store.turn
        self.beneath = beneath

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not short(environ):
            return self.beneath(environ, start_response)
        # The form is here before anybody waits for us. What is sent piece by piece is sent afterwards.
        if length := int(environ.get("CONTENT_LENGTH") or 0):
            environ["wsgi.input"] = BytesIO(environ["wsgi.input"].read(length))
        with self.turn.taken(quick=True):
            return self.beneath(environ, start_response)


def short(environ: WSGIEnvironment) -> bool:
    """Whether it asks for a page that takes milliseconds."""
    path, length = environ["PATH_INFO"], environ.get("CONTENT_LENGTH") or "0"
    return (
        (path == "/" or path.startswith(PAGES))
        and "HTTP_TRANSFER_ENCODING" not in environ
        and length.isdecimal()
        and int(length) <= LONGEST_FORM
    )
