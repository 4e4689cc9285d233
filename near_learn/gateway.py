"""A WSGI application behind an RSGI server: what comes in becomes its environment, what it says goes out.

PEP 3333 says what the one wants, the specification of RSGI (granian) what the other gives. A short body is
here before a thread is taken, so that who sends slowly keeps none; of a long one, the application reads as
much as it wants.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator
from concurrent.futures import CancelledError, Future
from contextvars import copy_context
from functools import partial
from io import BufferedReader, BytesIO, RawIOBase
from typing import IO, TYPE_CHECKING, Any, NamedTuple, TypeVar

from granian.rsgi import ProtocolClosed, ProtocolError, Scope  # type: ignore[attr-defined]
from werkzeug.exceptions import ClientDisconnected

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment
    from granian._granian import RSGIHTTPProtocol

# Bytes of a body or an answer that is kept in memory whole, and of a piece of a longer answer.
IN_MEMORY = 1024 * 1024
AT_ONCE = 64 * 1024
GONE = (ProtocolClosed, ProtocolError)
"""What is raised when the other side has gone away, or sends what is no HTTP."""
_WITHOUT = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}
_DIVIDES = {"cookie": ";"}

T = TypeVar("T")
Run = Callable[[Callable[[], T]], Awaitable[T]]
"""Has something done on another thread."""


class Answer(NamedTuple):
    """What the application says. `whole` is None for an answer that is to be sent piece by piece."""

    status: int
    headers: list[tuple[str, str]]
    whole: bytes | None
    pieces: Iterable[bytes]


class Errands:
    """What threads have the event loop do, and wait for."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._open: set[Future[Any]] = set()
        self._closed = False

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """What comes of it. Raises what it raises; and CancelledError when the server stops meanwhile."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        self._open.add(future)
        try:
            if self._closed:
                future.cancel()
            return future.result()
        finally:
            self._open.discard(future)

    def close(self) -> None:
        """The loop does nothing any more, and nobody is to wait for it."""
        self._closed = True
        for future in list(self._open):
            future.cancel()


async def environment(scope: Scope, protocol: RSGIHTTPProtocol, errands: Errands) -> WSGIEnvironment:
    """What WSGI calls what was asked. Raises GONE."""
    host, _, port = scope.server.rpartition(":")
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.errors": sys.stderr,
        "wsgi.input_terminated": True,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    if scope.authority:
        environ["HTTP_HOST"] = scope.authority
    for name, value in scope.headers.items():
        # A proxy vouches for X-Forwarded-For, not for X_Forwarded_For, which would become the same.
        if "_" in name:
            continue
        key = _WITHOUT.get(name) or f"HTTP_{name.upper().replace('-', '_')}"
        environ[key] = f"{environ[key]}{_DIVIDES.get(name, ',')}{value}" if key in environ else value
    environ["wsgi.input"] = await _body(protocol, environ, errands)
    return environ


async def _body(protocol: RSGIHTTPProtocol, environ: WSGIEnvironment, errands: Errands) -> IO[bytes]:
    length = environ.get("CONTENT_LENGTH") or "0"
    if "HTTP_TRANSFER_ENCODING" in environ or not length.isdecimal() or int(length) > IN_MEMORY:
        return BufferedReader(Incoming(protocol, errands), AT_ONCE)
    return BytesIO(b"" if length == "0" else await protocol())


class Incoming(RawIOBase):
    """A body that comes piece by piece, read by a thread that is not the event loop's."""

    def __init__(self, protocol: RSGIHTTPProtocol, errands: Errands) -> None:
        self._pieces = aiter(protocol)
        self._errands = errands
        self._left = b""

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Waits for the next bytes; none come any more at the end. Raises ClientDisconnected when the sender
        goes away before."""
        if not self._left:
            try:
                self._left = self._errands.wait(self._next())
            except (*GONE, CancelledError):
                raise ClientDisconnected from None
        some, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(some)] = some
        return len(some)

    async def _next(self) -> bytes:
        async for piece in self._pieces:
            if piece:
                return bytes(piece)
        return b""


async def answer(
    application: WSGIApplication,
    environ: WSGIEnvironment,
    protocol: RSGIHTTPProtocol,
    *,
    run: Run[Answer],
    then: Run[bytes],
) -> None:
    """Has the application answer through `run`, and sends it; what comes piece by piece is made through
    `then`, no faster than it is taken. Raises what the application raises, and GONE."""
    context = copy_context()  # one for all pieces, on whatever thread each is made
    try:
        found = await run(partial(context.run, asked, application, environ))
        if found.whole is not None:
            protocol.response_bytes(found.status, found.headers, found.whole)
            return
        send = protocol.response_stream(found.status, found.headers).send_bytes
        pieces = _gathered(found.pieces)
        try:
            while piece := await then(partial(context.run, next, pieces, b"")):
                await send(piece)
        finally:
            await then(partial(context.run, _closed, found.pieces))
    finally:
        environ["wsgi.input"].close()


def asked(application: WSGIApplication, environ: WSGIEnvironment) -> Answer:
    """What the application answers: whole when it says how long it is and this is not long."""
    status, headers = 500, []
    written: list[bytes] = []

    def start(line: str, found: list[tuple[str, str]], _error: Any = None) -> Callable[[bytes], object]:
        nonlocal status, headers
        status, headers = int(line[:3]), found
        return written.append

    pieces = application(environ, start)
    length = next((value for name, value in headers if name.lower() == "content-length"), "")
    if not isinstance(pieces, list) and not (length.isdecimal() and int(length) <= IN_MEMORY):
        return Answer(status, headers, None, pieces)
    try:
        return Answer(status, headers, b"".join([*written, *pieces]), ())
    finally:
        _closed(pieces)


def _gathered(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Small ones put together."""
    some: list[bytes] = []
    length = 0
    for piece in pieces:
        some.append(piece)
        length += len(piece)
        if length >= AT_ONCE:
            yield b"".join(some)
            some, length = [], 0
    if some:
        yield b"".join(some)


def _closed(pieces: Iterable[bytes]) -> bytes:
    close = getattr(pieces, "close", None)
    if close is not None:
        close()
    return b""
