"""Load on a server: a number of connections, each of which asks again as soon as it is answered.

One process and one thread, with sockets of its own and requests that are bytes already, so that it takes
little from what it measures: some 25 µs a request. Standard library only.
"""

from __future__ import annotations

import gc
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from select import EPOLLIN, epoll
from statistics import quantiles

PATIENCE = 60.0  # seconds for an answer
UNKNOWN, CHUNKED = -1, -2  # instead of a length: before the head is there; told only at the end


@dataclass
class Load:
    """What came of it."""

    seconds: float = 0.0
    received: int = 0  # bytes
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def answers(self) -> int:
        return len(self.latencies)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds if self.seconds else 0.0

    @property
    def refused(self) -> int:
        """Answers that say that something was wrong."""
        return sum(number for status, number in self.statuses.items() if status >= 400)

    @property
    def good(self) -> float:
        """Answers a second that say that nothing was."""
        return (self.answers - self.refused) / self.seconds if self.seconds else 0.0

    def percentile(self, percent: int) -> float:
        """Seconds within which so many of a hundred were answered."""
        if self.answers < 2:
            return max(self.latencies, default=0.0)
        return quantiles(self.latencies, n=100, method="inclusive")[percent - 1]


def request(
    method: str, path: str, headers: dict[str, str], body: bytes = b"", *, host: str = "127.0.0.1"
) -> bytes:
    """A whole HTTP request."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


class _Connection:
    """One socket and what has come in on it."""

    def __init__(self, port: int, requests: Iterator[bytes]) -> None:
        self.requests = requests
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.length = UNKNOWN  # of the whole answer
        self.asked = 0.0

    def ask(self) -> bool:
        """Sends the next request; False when there is none left."""
        wanted = next(self.requests, None)
        if wanted is None:
            return False
        self.buffer, self.length = b"", UNKNOWN
        self.asked = time.perf_counter()
        self.socket.sendall(wanted)
        return True

    def answered(self) -> bool:
        """Takes in what is there; whether the answer is whole."""
        got = self.socket.recv(262_144)
        if not got:
            raise ConnectionError("the server closed the connection")
        self.buffer += got
        if self.length == UNKNOWN:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return False
            head = self.buffer[:end].lower()
            length = _length(head, self.status)
            self.length = CHUNKED if length == CHUNKED else end + 4 + length
        if self.length == CHUNKED:
            return self.buffer.endswith(b"\r\n0\r\n\r\n")
        return len(self.buffer) >= self.length

    @property
    def status(self) -> int:
        return int(self.buffer[9:12])


def _length(head: bytes, status: int) -> int:
    place = head.find(b"\r\ncontent-length:")
    if place < 0:
        if status in (204, 304):
            return 0
        if b"\r\ntransfer-encoding: chunked" in head:
            return CHUNKED
        raise ValueError(f"an answer without its length: {head[:200]!r}")
    return int(head[place + 17 :].split(b"\r\n", 1)[0])


def _joined(chunks: bytes) -> bytes:
    """A body that came in chunks, each after its length (RFC 9112, 7.1)."""
    body = b""
    while chunks:
        length, _, chunks = chunks.partition(b"\r\n")
        size = int(length.split(b";")[0], 16)
        body += chunks[:size]
        chunks = chunks[size + 2 :] if size else b""
    return body


def run(port: int, requests: Sequence[Iterator[bytes]], seconds: float) -> Load:
    """Asks for so long, on as many connections as there are streams of requests, and waits for every answer.

    A stream that ends earlier ends its connection. Two connections may share a stream.
    """
    load = Load()
    waiting: dict[int, _Connection] = {}
    poll = epoll()
    gc.disable()
    connections = [_Connection(port, each) for each in requests]
    began = time.perf_counter()
    try:
        for each in connections:
            poll.register(each.socket, EPOLLIN)
            if each.ask():
                waiting[each.socket.fileno()] = each
        while waiting:
            ready = poll.poll(PATIENCE)
            if not ready:
                raise TimeoutError(f"{len(waiting)} requests without an answer for {PATIENCE:.0f} s")
            for number, _ in ready:
                each = waiting[number]
                if not each.answered():
                    continue
                now = time.perf_counter()
                load.latencies.append(now - each.asked)
                load.statuses[each.status] += 1
                load.received += len(each.buffer)
                if now - began >= seconds or not each.ask():
                    poll.unregister(number)  # or the server may close it, and that would count as an answer
                    del waiting[number]
        load.seconds = time.perf_counter() - began
    finally:
        gc.enable()
        for each in connections:
            each.socket.close()
        poll.close()
    return load


def shared(stream: Iterator[bytes], connections: int) -> list[Iterator[bytes]]:
    """One stream for all connections."""
    return list(repeat(stream, connections))


def one(port: int, wanted: bytes) -> tuple[int, bytes, bytes]:
    """Status, head and body of a single answer."""
    connection = _Connection(port, iter([wanted]))
    try:
        connection.ask()
        while not connection.answered():
            pass
        head, _, body = connection.buffer.partition(b"\r\n\r\n")
        return connection.status, head, _joined(body) if connection.length == CHUNKED else body
    finally:
        connection.socket.close()


Stream = Callable[[], Iterator[bytes]]
