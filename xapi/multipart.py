"""multipart/mixed, both ways, byte for byte (1.0.3 Communication 1.5.2, RFC 2046 5.1)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from xapi.errors import XAPIError, expected

MAX_PARTS: Final = 1000
MAX_HEADER_BYTES: Final = 8192
_BOUNDARY: Final = re.compile(r"[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]")
_FIELD_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_PADDING: Final = re.compile(rb"[ \t]*")
_SPELLING: Final = {"x-experience-api-hash": "X-Experience-API-Hash"}


@dataclass(frozen=True)
class Part:
    """One part: its headers, names in lower case, and its octets as they were sent."""

    headers: dict[str, str]
    body: bytes


def parse(content_type: str, body: bytes, *, max_parts: int = MAX_PARTS) -> list[Part]:
    """The parts of a body, in order, at least one.

    Raises XAPIError 400 when the type is not multipart/mixed with a boundary, when the body does not keep to
    RFC 2046, when a part has a header twice; 413 when there are more parts or longer headers than allowed.
    """
    delimiter = b"--" + boundary(content_type).encode()
    parts: list[Part] = []
    start, last = _next_delimiter(body, delimiter, 0, first=True)[1:]
    while not last:
        if len(parts) == max_parts:
            raise XAPIError(f"more than {max_parts} parts", 413, "body")
        end, following, last = _next_delimiter(body, delimiter, start, first=False)
        parts.append(_part(body, start, end, f"part {len(parts) + 1}"))
        start = following
    if not parts:
        raise XAPIError("expected at least one part", path="body")
    return parts


def render(parts: Iterable[Part]) -> tuple[str, bytes]:
    """The Content-Type and the body that carry the parts; the boundary occurs in none of them."""
    listed = list(parts)
    mark = secrets.token_hex(16)
    while any(mark.encode() in part.body for part in listed):
        mark = secrets.token_hex(16)
    chunks: list[bytes] = []
    for part in listed:
        lines = [f"--{mark}"]
        lines += [f"{_SPELLING.get(name, name.title())}: {value}" for name, value in part.headers.items()]
        chunks += ["\r\n".join([*lines, "", ""]).encode("latin-1"), part.body, b"\r\n"]
    chunks.append(f"--{mark}--\r\n".encode())
    # Hex digits need no quotes, and TinCanJS would take them for a part of the boundary.
    return f"multipart/mixed; boundary={mark}", b"".join(chunks)


def boundary(content_type: str) -> str:
    """The boundary of a multipart/mixed Content-Type. XAPIError 400 if it is another type or has none."""
    media_type, _, rest = content_type.partition(";")
    if media_type.strip().lower() != "multipart/mixed":
        raise expected("multipart/mixed", content_type, path="Content-Type")
    # Clients leave out the quotes that ':' or '=' would need, so the value goes on to the next ';'.
    for parameter in rest.split(";"):
        name, equals, value = parameter.partition("=")
        if equals and name.strip().lower() == "boundary":
            value = value.strip()
            if len(value) > 1 and value[0] == value[-1] == '"':
                value = value[1:-1]
            if not _BOUNDARY.fullmatch(value):
                raise expected(
                    "a boundary of 1 to 70 characters (RFC 2046 5.1.1)", value, path="Content-Type"
                )
            return value
    raise XAPIError("multipart/mixed needs a boundary", path="Content-Type")


def _next_delimiter(body: bytes, delimiter: bytes, at: int, *, first: bool) -> tuple[int, int, bool]:
    """The next delimiter line from `at`: where it begins, where it ends, and whether it closes the body.

    The line break before a delimiter belongs to the delimiter (RFC 2046 5.1.1).
    """
    if first and body.startswith(delimiter) and (found := _line_end(body, len(delimiter))):
        return 0, *found
    while (begin := body.find(b"\r\n" + delimiter, max(at, 0))) >= 0:
        if found := _line_end(body, begin + 2 + len(delimiter)):
            return begin, *found
        at = begin + 2
    raise XAPIError(
        f"expected the delimiter {delimiter.decode()} at the {'start' if first else 'end'} of a part"
    )


def _line_end(body: bytes, at: int) -> tuple[int, bool] | None:
    """Where a delimiter's line ends, and whether it is the last; None if more text follows on it."""
    last = body.startswith(b"--", at)
    if last:
        at += 2
    padding = _PADDING.match(body, at)
    at = padding.end() if padding else at
    if body.startswith(b"\r\n", at):
        return at + 2, last
    return (at, last) if last and at == len(body) else None


def _part(body: bytes, start: int, end: int, place: str) -> Part:
    if body.startswith(b"\r\n", start):
        return Part({}, body[start + 2 : end])
    split = body.find(b"\r\n\r\n", start, min(end, start + MAX_HEADER_BYTES))
    if split < 0:
        if end - start > MAX_HEADER_BYTES:
            raise XAPIError(f"more than {MAX_HEADER_BYTES} octets of headers", 413, place)
        raise XAPIError("expected headers, an empty line and the data", path=place)
    return Part(_headers(body[start:split], place), body[split + 4 : end])


def _headers(text: bytes, place: str) -> dict[str, str]:
    headers: dict[str, str] = {}
    unfolded = text.decode("latin-1").replace("\r\n ", " ").replace("\r\n\t", " ")
    for line in unfolded.split("\r\n"):
        name, colon, value = line.partition(":")
        if not colon or not _FIELD_NAME.fullmatch(name) or _CONTROL.search(value):
            raise expected("a header such as Content-Type: text/plain", line, path=place)
        if name.lower() in headers:
            raise XAPIError(f"the header {name} occurs twice", path=place)
        headers[name.lower()] = value.strip(" \t")
    return headers
