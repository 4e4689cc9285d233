"""What an RSGI server hands to its application, without a server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from granian.rsgi import ProtocolClosed, ProtocolError  # type: ignore[attr-defined]

Headers = Sequence[tuple[str, str]]


class _Headers:
    def __init__(self, pairs: Headers) -> None:
        self._pairs = [(name.lower(), value) for name, value in pairs]

    def items(self) -> list[tuple[str, str]]:
        return self._pairs


class Scope:
    """What is asked."""

    proto, http_version, scheme, authority = "http", "1.1", "http", None
    server, client = "127.0.0.1:8000", "127.0.0.1:40000"

    def __init__(self, method: str, path: str, query: str = "", headers: Headers = ()) -> None:
        self.method, self.path, self.query_string = method, path, query
        self.headers = _Headers(headers)


@dataclass
class Protocol:
    """The body, in pieces, and what is answered. With `broken` the sender goes away before the end."""

    pieces: Sequence[bytes] = ()
    broken: bool = False
    status: int = 0
    headers: list[tuple[str, str]] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)
    file: str = ""  # that was sent
    taken: int = 0  # pieces of the body

    @property
    def body(self) -> bytes:
        return b"".join(self.sent)

    async def __call__(self) -> bytes:
        self.taken = len(self.pieces)
        if self.broken:
            raise ProtocolClosed
        return b"".join(self.pieces)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            self.taken += 1
            yield piece
        if self.broken:
            raise ProtocolError

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        assert not self.status, "answered twice"
        self.status, self.headers, self.sent = status, headers, [body]

    def response_file_range(
        self, status: int, headers: list[tuple[str, str]], file: str, start: int, end: int
    ) -> None:
        assert not self.status, "answered twice"
        self.status, self.headers, self.file = status, headers, file
        self.sent = [Path(file).read_bytes()[start:end]]
