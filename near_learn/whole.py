"""Behind a server that gives every request a thread: nothing is sent before all of it is there.

granian ends a WSGI answer that breaks off as if that were all of it, and half a list would pass for a whole
one. Behind an event loop front.py has it so anyway.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import IO, TYPE_CHECKING

from flask import Flask

from near_learn import gateway
from near_learn.spool import Spool

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class Whole:
    """The application, which answers with all or says that it failed. A long answer waits in a file."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.answers = Spool()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        found = gateway.answered(self.app, environ, self.answers.path)
        start_response(f"{found.status} {HTTPStatus(found.status).phrase}", found.headers)
        if isinstance(found.body, bytes):
            return [found.body]
        file = Path(found.body.path).open("rb")  # noqa: SIM115 (closed with the pieces)
        if found.ours:
            Path(found.body.path).unlink()  # who has it open reads on
        file.seek(found.body.first)
        return _pieces(file, found.body.end - found.body.first)


def _pieces(file: IO[bytes], length: int) -> Iterator[bytes]:
    with file:
        while length > 0 and (piece := file.read(min(length, gateway.AT_ONCE))):
            length -= len(piece)
            yield piece
