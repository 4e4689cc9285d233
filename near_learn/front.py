"""Who answers what comes to the production server, on which thread.

Threads of Python that compute at the same time take the interpreter from each other: sixteen of them find
half as many statements as one. So the event loop itself finds statements, one thread stores them for all who
have sent some, pages are made one at a time, and whatever takes longer gets a thread of its own.

On PostgreSQL, which is waited for at each query, every request has a thread of its own: see server.py.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from flask import Flask
from granian.rsgi import Scope

from near_learn import gateway, in_turn
from near_learn.clerk import Clerk
from near_learn.lane import Lane
from near_learn.lrs import MOUNT, STATEMENTS, Mounted, heading, query
from near_learn.spool import Spool
from xapi.lrs import LRS, SHORT, finished
from xapi.message import Request, Response
from xapi.sql.reader import TakesLong
from xapi.together import Steps

if TYPE_CHECKING:
    from granian._granian import RSGIHTTPProtocol

T = TypeVar("T")

FOUND_AT_ONCE = ("GET", "HEAD")
STORED = ("POST", "PUT")


class Front:
    """The application of an RSGI server: one in a process."""

    def __init__(self, app: Flask, threads: int) -> None:
        self.app = app
        self.mounted: Mounted = app.extensions["mounted"]
        self.store: LRS = self.mounted.store
        self.pool = ThreadPoolExecutor(threads, "page")
        self.answers = Spool()

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.lane = Lane(self.pool)
        self.clerk = Clerk(self.store, self.pool, loop)
        self.errands = gateway.Errands(loop)
        self.store.hurry(threading.get_ident())

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.store.hurry(0)
        self.errands.close()
        self.clerk.close()
        self.pool.shutdown()
        self.answers.close()

    async def __rsgi__(self, scope: Scope, protocol: RSGIHTTPProtocol) -> None:
        # To who has gone away there is nothing to say.
        with suppress(*gateway.GONE):
            found = await self._statements(scope, protocol) if scope.path == STATEMENTS else None
            if found is None:
                await self._application(scope, protocol)
            else:
                protocol.response_bytes(found.status, heading(scope.method, found), found.body)

    async def _application(self, scope: Scope, protocol: RSGIHTTPProtocol) -> None:
        """The answer of whatever is not the record store's."""
        environ = await gateway.environment(scope, protocol, self.errands)
        run = self.lane.run if in_turn.short(environ) else self._on_a_thread
        try:
            found = await run(partial(gateway.answered, self.app, environ, self.answers.path))
        finally:
            environ["wsgi.input"].close()
        gateway.send(protocol, found, asyncio.get_running_loop())

    async def _statements(self, scope: Scope, protocol: RSGIHTTPProtocol) -> Response | None:
        """The answer to who finds or stores statements; None where this may take longer."""
        headers = gateway.joined(scope)
        if "transfer-encoding" in headers:
            return None
        length = headers.get("content-length", "0")
        if scope.method in FOUND_AT_ONCE and length == "0":
            return self._found(scope, headers)
        if scope.method in STORED and length.isdecimal() and int(length) <= SHORT:
            return await self._stored(scope, headers, await protocol())
        return None

    def _found(self, scope: Scope, headers: dict[str, str]) -> Response | None:
        def work() -> Response:
            return self.store.at_once(_request(scope, headers, b""), self.mounted.authenticate)

        try:
            return self.mounted.answer(_asked(scope), work)
        except TakesLong:
            return None

    async def _stored(self, scope: Scope, headers: dict[str, str], body: bytes) -> Response:
        def steps() -> Steps:
            request = _request(scope, headers, body)
            return (yield from self.store.storing(request, self.mounted.authenticate))

        job = await self.clerk.done(steps())
        return self.mounted.answer(_asked(scope), lambda: finished(scope.method, job.answer()))

    async def _on_a_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.pool, work)


def _request(scope: Scope, headers: dict[str, str], body: bytes) -> Request:
    """What was asked, as the record store knows it."""
    return Request(scope.method, STATEMENTS.removeprefix(MOUNT), query(scope.query_string), headers, body)


def _asked(scope: Scope) -> str:
    return f"{scope.method} {scope.path}"
