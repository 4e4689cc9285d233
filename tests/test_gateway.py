"""What a WSGI application is told by an RSGI server, and what becomes of its answer."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from typing import Any

import pytest
from granian.rsgi import ProtocolClosed  # type: ignore[attr-defined]
from werkzeug.exceptions import ClientDisconnected

from near_learn import gateway
from near_learn.gateway import AT_ONCE, IN_MEMORY, Errands
from tests.rsgi import Protocol, Scope
from tests.waiting import PATIENCE

App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def told(scope: Scope, protocol: Protocol | None = None) -> dict[str, Any]:
    async def main() -> dict[str, Any]:
        errands = Errands(asyncio.get_running_loop())
        return await gateway.environment(scope, protocol or Protocol(), errands)  # type: ignore[arg-type]

    return asyncio.run(main())


def answered(app: App, scope: Scope, protocol: Protocol) -> Protocol:
    async def main() -> None:
        errands = Errands(asyncio.get_running_loop())
        environ = await gateway.environment(scope, protocol, errands)  # type: ignore[arg-type]
        thread = asyncio.to_thread
        await gateway.answer(app, environ, protocol, run=thread, then=thread)  # type: ignore[arg-type]

    asyncio.run(main())
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

    asyncio.run(main())


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


def test_a_short_answer_that_says_how_long_it_is_goes_whole() -> None:
    pieces = Pieces(10, 1000)
    protocol = answered(pieces.app(10_000), Scope("GET", "/"), Protocol())
    assert protocol.sent == [b"x" * 10_000]
    assert pieces.closed


@pytest.mark.parametrize("length", [None, 4 * IN_MEMORY])
def test_a_long_answer_goes_piece_by_piece(length: int | None) -> None:
    pieces = Pieces(4096, 1024)
    protocol = answered(pieces.app(length), Scope("GET", "/"), Protocol())
    assert protocol.body == b"x" * 4 * IN_MEMORY
    assert max(map(len, protocol.sent)) == AT_ONCE
    assert pieces.closed


def test_for_who_has_gone_away_no_more_is_made() -> None:
    pieces = Pieces(4096, 1024)
    protocol = Protocol(gone=2)
    with pytest.raises(ProtocolClosed):
        answered(pieces.app(None), Scope("GET", "/"), protocol)
    assert len(protocol.sent) == 2
    assert pieces.made == 3 * AT_ONCE // 1024
    assert pieces.closed


def test_all_pieces_are_made_in_one_context() -> None:
    """As those of Flask's `stream_with_context`, on whatever thread."""
    place: ContextVar[int] = ContextVar("place")

    def counts(_: dict[str, Any], start: Callable[..., Any]) -> Iterator[bytes]:
        start("200 OK", [])
        place.set(0)

        def pieces() -> Iterator[bytes]:
            for _ in range(3):
                place.set(place.get() + 1)
                yield bytes([place.get()]) * AT_ONCE

        return pieces()

    assert set(answered(counts, Scope("GET", "/"), Protocol()).body) == {1, 2, 3}


def test_what_the_application_raises_is_raised() -> None:
    def broken(_: dict[str, Any], __: Callable[..., Any]) -> list[bytes]:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        answered(broken, Scope("GET", "/"), Protocol())
