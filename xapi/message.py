"""Requests and responses, without any web framework."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from xapi import jsontext
from xapi.errors import XAPIError

VERSION_HEADER = "X-Experience-API-Version"
CONSISTENT_THROUGH = "X-Experience-API-Consistent-Through"
JSON = "application/json"


@dataclass(slots=True)
class Request:
    """What was asked. `path` is below the mount (`/statements`); names of headers may have any case."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes = b""

    def __post_init__(self) -> None:
        self.headers = {name.lower(): value for name, value in self.headers.items()}

    def header(self, name: str) -> str | None:
        return self.headers.get(name.lower())

    def parameters(self) -> dict[str, str]:
        """The query as a mapping. XAPIError when a parameter stands there twice."""
        found = dict(self.query)
        if len(found) != len(self.query):
            raise XAPIError("a parameter is there twice", path="query")
        return found

    def media_type(self) -> str:
        """The Content-Type without its parameters, in lower case."""
        return (self.header("content-type") or "").partition(";")[0].strip().lower()


class Response(NamedTuple):
    """What is answered. A header is written in one way wherever it is put in: `ETag`, never `Etag`."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def with_headers(self, headers: Iterable[tuple[str, str]]) -> Response:
        """The same answer with more headers, except those that it has already."""
        there = dict(self.headers)
        more = [pair for pair in headers if pair[0] not in there]
        return Response(self.status, (*self.headers, *more), self.body)

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


def answer(value: Any, status: int = 200) -> Response:
    """A JSON answer."""
    return json_text(jsontext.dumps(value).encode(), status)


def json_text(text: bytes, status: int = 200) -> Response:
    """A JSON answer whose text is there already."""
    return Response(status, (("Content-Type", JSON),), text)


def nothing() -> Response:
    """204: done, and nothing to say."""
    return Response(204)


def refusal(error: XAPIError) -> Response:
    """The error as the client sees it: `error` says what is wrong, `path` where, if it has a place."""
    response = answer({"error": error.message, "path": error.path}, error.status)
    if error.status == 401:
        return response.with_headers([("WWW-Authenticate", 'Basic realm="xAPI", charset="UTF-8"')])
    return response
