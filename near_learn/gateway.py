"""A WSGI application behind an RSGI server: what comes in becomes its environment, what it says goes out.

PEP 3333 says what the one wants, the specification of RSGI (granian) what the other gives. A short body is
here before a thread is taken, so that who sends slowly keeps none; of a long one, the application reads as
much as it wants. A long answer leaves as a file, which is read as fast as it is taken: what is handed over in
pieces, granian keeps in memory until somebody takes it.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import CancelledError, Future
from functools import partial
from io import BufferedReader, BytesIO, RawIOBase
from itertools import chain
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, TYPE_CHECKING, Any, NamedTuple, TypeVar

from flask import Flask
from granian.rsgi import ProtocolClosed, ProtocolError, Scope  # type: ignore[attr-defined]
from werkzeug.exceptions import ClientDisconnected
from werkzeug.wsgi import FileWrapper

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment
    from granian._granian import RSGIHTTPProtocol

# Bytes of a body or an answer that is kept in memory whole; of a longer body that are asked for at once.
IN_MEMORY = 1024 * 1024
AT_ONCE = 64 * 1024
# Seconds until a file has been opened for sure; then it may go, and whoever reads it reads on.
OPENED = 60.0
GONE = (ProtocolClosed, ProtocolError)
"""What is raised when the other side has gone away, or sends what is no HTTP."""
# Said when the application cannot even say that it failed; to do so in the reader's language needs it.
_BROKEN = b"something went wrong on our side"
_WITHOUT = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}
_DIVIDES = {"cookie": ";"}

T = TypeVar("T")


class Part(NamedTuple):
    """Bytes of a file."""

    path: str
    first: int
    end: int


class Answer(NamedTuple):
    """What the application says. A file of ours is gone a while after it was sent."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes | Part
    ours: bool = False


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


def joined(scope: Scope) -> dict[str, str]:
    """The headers by their names in lower case; what came in several lines is one (RFC 9110, 5.3)."""
    headers: dict[str, str] = {}
    for name, value in scope.headers.items():
        headers[name] = f"{headers[name]}{_DIVIDES.get(name, ',')}{value}" if name in headers else value
    return headers


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
    for name, value in joined(scope).items():
        # A proxy vouches for X-Forwarded-For, not for X_Forwarded_For, which would become the same.
        if "_" not in name:
            environ[_WITHOUT.get(name) or f"HTTP_{name.upper().replace('-', '_')}"] = value
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


def answered(app: Flask, environ: WSGIEnvironment, folder: Path) -> Answer:
    """What the application answers, all of it; or its page about what went wrong before Flask was asked, or
    while the answer was made. A long answer becomes a file in FOLDER."""
    try:
        return asked(app.wsgi_app, environ, folder)
    except Exception as error:
        return _failure(app, environ, error, folder)


def _failure(app: Flask, environ: WSGIEnvironment, error: Exception, folder: Path) -> Answer:
    try:
        with app.request_context(environ):
            response = app.handle_exception(error)
        return asked(response, environ, folder)
    except Exception:
        app.logger.exception("failed: %s %s", environ["REQUEST_METHOD"], environ["PATH_INFO"])
        return Answer(500, [("Content-Type", "text/plain")], _BROKEN)


def asked(application: WSGIApplication, environ: WSGIEnvironment, folder: Path) -> Answer:
    """What the application answers. A long answer that is no file becomes one in FOLDER."""
    status, headers = 500, []
    written: list[bytes] = []

    def start(line: str, found: list[tuple[str, str]], _error: Any = None) -> Callable[[bytes], object]:
        nonlocal status, headers
        status, headers = int(line[:3]), found
        return written.append

    pieces = application(environ, start)
    try:
        part = _part(pieces, headers)
        if part is not None:
            return Answer(status, headers, part)
        return _kept(status, headers, chain(written, pieces), folder)
    finally:
        close = getattr(pieces, "close", None)
        if close is not None:
            close()


def _part(pieces: Iterable[bytes], headers: Iterable[tuple[str, str]]) -> Part | None:
    """The bytes of a file that are meant, when these are the pieces of Flask's `send_file`."""
    wrapper = getattr(pieces, "iterable", pieces)
    path = getattr(wrapper.file, "name", None) if isinstance(wrapper, FileWrapper) else None
    if not isinstance(path, str):
        return None
    if wrapper is pieces:
        return Part(path, 0, Path(path).stat().st_size)
    said = next((value for name, value in headers if name.lower() == "content-range"), "")
    found = re.fullmatch(r"bytes (\d+)-(\d+)/\d+", said)
    return Part(path, int(found[1]), int(found[2]) + 1) if found else None


def _kept(status: int, headers: list[tuple[str, str]], pieces: Iterable[bytes], folder: Path) -> Answer:
    some: list[bytes] = []
    length = 0
    pieces = iter(pieces)
    for piece in pieces:
        some.append(piece)
        length += len(piece)
        if length > IN_MEMORY:
            break
    else:
        return Answer(status, headers, b"".join(some))
    with NamedTemporaryFile(dir=folder, delete=False) as file:
        try:
            for piece in chain(some, pieces):
                file.write(piece)
        except BaseException:
            Path(file.name).unlink()
            raise
        length = file.tell()
    if not any(name.lower() == "content-length" for name, _ in headers):
        headers = [*headers, ("Content-Length", str(length))]
    return Answer(status, headers, Part(file.name, 0, length), ours=True)


def send(protocol: RSGIHTTPProtocol, found: Answer, loop: asyncio.AbstractEventLoop) -> None:
    """Hands the answer to the server."""
    if isinstance(found.body, bytes):
        protocol.response_bytes(found.status, found.headers, found.body)
        return
    protocol.response_file_range(found.status, found.headers, *found.body)
    if found.ours:
        loop.call_later(OPENED, partial(Path(found.body.path).unlink, missing_ok=True))
