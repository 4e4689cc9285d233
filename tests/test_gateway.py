"""What a WSGI application is told by an RSGI server, and what becomes of its answer."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from flask import Flask, send_file
from werkzeug.exceptions import ClientDisconnected

from near_learn import gateway
from near_learn.gateway import IN_MEMORY, Errands
from tests.rsgi import Protocol, Scope
from tests.waiting import PATIENCE, in_a_loop

App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def told(scope: Scope, protocol: Protocol | None = None) -> dict[str, Any]:
    async def main() -> dict[str, Any]:
        errands = Errands(asyncio.get_running_loop())
        return await gateway.environment(scope, protocol or Protocol(), errands)  # type: ignore[arg-type]

    return in_a_loop(main())


def answered(app: App, scope: Scope, protocol: Protocol) -> Protocol:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        environ = await gateway.environment(scope, protocol, Errands(loop))  # type: ignore[arg-type]
        with TemporaryDirectory() as folder:
            found = await asyncio.to_thread(gateway.asked, app, environ, Path(folder))
            gateway.send(protocol, found, loop)  # type: ignore[arg-type]

    in_a_loop(main())
    return protocol


def echo(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
    start("200 OK", [])
    return [environ["wsgi.input"].read()]


def test_what_was_asked() -> None:
    headers = [("Host", "learn.example"), ("Content-Type", "text/plain"), ("X-A", "1"), ("X-A", "2")]
    headers += [("Cookie", "a=1"), ("Cookie", "b=2")]
    environ = told(Scope("GET", "/ikasi/é", "q=%C3%A9", headers))
    assert environ["PATH_INFO"] == "/ikasi/é".encode().decode("latin-1")
    assert environ["QUERY_STRING"] == "q=%C3%A9"
    assert (environ["SERVER_NAME"], environ["SERVER_PORT"]) == ("127.0.0.1", "8000")
    assert environ["REMOTE_ADDR"] == "127.0.0.1"
    assert environ["HTTP_HOST"] == "learn.example"
    assert environ["CONTENT_TYPE"] == "text/plain"
    assert environ["HTTP_X_A"] == "1,2"
    assert environ["HTTP_COOKIE"] == "a=1;b=2"


def test_an_address_of_the_sixth_version() -> None:
    scope = Scope("GET", "/")
    scope.client, scope.server = "[::1]:40000", "[::1]:8000"
    assert told(scope)["REMOTE_ADDR"] == "::1"


def test_nobody_passes_a_header_for_that_of_the_proxy() -> None:
    assert "HTTP_X_FORWARDED_FOR" not in told(Scope("GET", "/", "", [("X_Forwarded_For", "10.0.0.1")]))


def test_a_short_body_is_here_before_a_thread_is_taken() -> None:
    protocol = Protocol([b"a", b"b"])
    environ = told(Scope("POST", "/", "", [("Content-Length", "2")]), protocol)
    assert protocol.taken == 2
    assert environ["wsgi.input"].read() == b"ab"


@pytest.mark.parametrize("header", [("Content-Length", str(3 * IN_MEMORY)), ("Transfer-Encoding", "chunked")])
def test_a_long_body_comes_piece_by_piece(header: tuple[str, str]) -> None:
    pieces = [bytes([number]) * (IN_MEMORY // 2) for number in range(6)] + [b""]
    protocol = answered(echo, Scope("POST", "/", "", [header]), Protocol(pieces))
    assert protocol.body == b"".join(pieces)


def test_of_a_body_that_is_not_wanted_nothing_is_read() -> None:
    def refuses(_: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        start("413 Content Too Large", [])
        return []

    header = ("Content-Length", str(10 * IN_MEMORY))
    protocol = answered(refuses, Scope("POST", "/", "", [header]), Protocol([b"x" * IN_MEMORY] * 10))
    assert (protocol.status, protocol.taken) == (413, 0)


def test_a_body_that_ends_too_soon_is_short() -> None:
    header = ("Content-Length", str(10 * IN_MEMORY))
    assert answered(echo, Scope("POST", "/", "", [header]), Protocol([b"x"])).body == b"x"


@pytest.mark.parametrize("header", [("Content-Length", str(3 * IN_MEMORY)), ("Transfer-Encoding", "chunked")])
def test_a_body_that_breaks_off_is_not_taken_for_whole(header: tuple[str, str]) -> None:
    with pytest.raises(ClientDisconnected):
        answered(echo, Scope("POST", "/", "", [header]), Protocol([b"x"], broken=True))


def test_when_the_server_stops_nobody_waits_for_it() -> None:
    """The sender says no more, and the one who is sent to takes no more."""
    waiting = threading.Event()

    async def never() -> bytes:
        waiting.set()
        return await asyncio.get_running_loop().create_future()

    async def main() -> None:
        errands = Errands(asyncio.get_running_loop())
        one = asyncio.ensure_future(asyncio.to_thread(errands.wait, never()))
        await asyncio.to_thread(waiting.wait, PATIENCE)
        errands.close()
        for each in (one, asyncio.to_thread(errands.wait, never())):
            with pytest.raises(asyncio.CancelledError):
                await each

    in_a_loop(main())


class Pieces:
    """An answer in so many pieces."""

    def __init__(self, number: int, size: int) -> None:
        self.number, self.size, self.made, self.closed = number, size, 0, False

    def __iter__(self) -> Iterator[bytes]:
        for _ in range(self.number):
            self.made += 1
            yield b"x" * self.size

    def close(self) -> None:
        self.closed = True

    def app(self, length: int | None) -> App:
        def application(_: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
            start("200 OK", [] if length is None else [("Content-Length", str(length))])
            return self

        return application


@pytest.mark.parametrize("length", [None, 10_000])
def test_a_short_answer_stays_in_memory(length: int | None) -> None:
    pieces = Pieces(10, 1000)
    protocol = answered(pieces.app(length), Scope("GET", "/"), Protocol())
    assert protocol.sent == [b"x" * 10_000]
    assert not protocol.file
    assert pieces.closed


@pytest.mark.parametrize("length", [None, 4 * IN_MEMORY])
def test_a_long_answer_becomes_a_file(length: int | None) -> None:
    pieces = Pieces(4096, 1024)
    protocol = answered(pieces.app(length), Scope("GET", "/"), Protocol())
    assert protocol.body == b"x" * 4 * IN_MEMORY
    assert protocol.file
    assert protocol.headers == [("Content-Length", str(4 * IN_MEMORY))]
    assert pieces.closed


def test_of_a_long_answer_that_fails_nothing_is_left(tmp_path: Path) -> None:
    def fails(_: dict[str, Any], start: Callable[..., Any]) -> Iterator[bytes]:
        start("200 OK", [])
        yield b"x" * 2 * IN_MEMORY
        raise ValueError("in the middle")

    with pytest.raises(ValueError, match="in the middle"):
        gateway.asked(fails, {}, str(tmp_path))
    assert not list(tmp_path.iterdir())


def test_a_file_that_was_sent_is_gone_afterwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "OPENED", 0.0)

    async def main() -> Protocol:
        protocol = Protocol()
        found = await asyncio.to_thread(gateway.asked, Pieces(4096, 1024).app(None), {}, str(tmp_path))
        gateway.send(protocol, found, asyncio.get_running_loop())  # type: ignore[arg-type]
        assert list(tmp_path.iterdir())
        await asyncio.sleep(0.05)
        return protocol

    assert len(in_a_loop(main()).body) == 4 * IN_MEMORY
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("part", "status", "found"), [("", 200, b"abcdef"), ("bytes=2-3", 206, b"cd"), ("bytes=4-", 206, b"ef")]
)
def test_a_file_is_not_copied(tmp_path: Path, part: str, status: int, found: bytes) -> None:
    film = tmp_path / "film.webm"
    film.write_bytes(b"abcdef")

    def sends(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        with Flask("films").request_context(environ):
            return send_file(film, conditional=True)(environ, start)

    protocol = answered(
        sends, Scope("GET", "/", "", [("Host", "x"), *([("Range", part)] if part else [])]), Protocol()
    )
    assert (protocol.status, protocol.body, protocol.file) == (status, found, str(film))
    assert ("Content-Length", str(len(found))) in protocol.headers
    assert film.exists()


def test_what_the_application_raises_is_raised() -> None:
    def broken(_: dict[str, Any], __: Callable[..., Any]) -> list[bytes]:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        answered(broken, Scope("GET", "/"), Protocol())
