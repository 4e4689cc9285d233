"""Another record store, page by page, in the order in which it stored (1.0.3 Part 3, 2.1.3)."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPException, HTTPMessage
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from near_learn.transfer.found import Batch, Unreadable
from xapi import jsontext, multipart, splice
from xapi.errors import XAPIError
from xapi.resources.attachments import MIXED
from xapi.store import Attachment

PAGE = 500
PATIENCE = 60  # seconds that a page may take
TRIES = 5


class NoRedirect(HTTPRedirectHandler):
    """The credential is for the store that was named and for no other."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


OPENER = build_opener(NoRedirect)


@dataclass(frozen=True)
class Store:
    """Where the other store is, such as https://lrs.example.org/xapi, and how to get in."""

    address: str
    key: str
    secret: str
    version: str = "1.0.3"

    def batches(self, mark: Mapping[str, Any]) -> Iterator[Batch]:
        """Its statements from MARK on, oldest first. Raises Unreadable when it does not answer as one."""
        values = {"ascending": "true", "limit": str(PAGE), "attachments": "true"}
        if mark.get("since"):
            values["since"] = str(mark["since"])
        since = mark.get("since")
        address: str | None = f"{self.address}/statements?{urlencode(values)}"
        while address:
            headers, body = self._get(address)
            text, parts = _taken_apart(headers, body, address)
            texts, more = _page(text, address)
            places = [_place(each, address) for each in texts]
            since = _after(texts[-1], address) if texts else since
            address = self._next(address, more)
            if texts:
                yield Batch(texts, places, {"since": since}, len(body), parts)

    def _next(self, address: str, more: str) -> str | None:
        if not more:
            return None
        following = urljoin(address, more)
        if urlsplit(following)[:2] != urlsplit(address)[:2]:
            raise Unreadable(f"{address}: the next page would be on another site: {following}")
        if following == address:
            raise Unreadable(f"{address}: the next page is this page again")
        return following

    def _get(self, address: str) -> tuple[HTTPMessage, bytes]:
        token = base64.b64encode(f"{self.key}:{self.secret}".encode()).decode()
        headers = {"Authorization": f"Basic {token}", "X-Experience-API-Version": self.version}
        for number in range(TRIES):
            try:
                with OPENER.open(Request(address, headers=headers), timeout=PATIENCE) as answer:  # noqa: S310
                    return answer.headers, answer.read()
            except HTTPError as error:
                if error.code < 500 and error.code != 429:
                    raise Unreadable(_refused(address, error)) from None
                problem = f"it answered {error.code}"
            except (URLError, HTTPException, TimeoutError, ConnectionError) as error:
                problem = str(getattr(error, "reason", error)) or type(error).__name__
            if number < TRIES - 1:
                time.sleep(2**number * 0.5)
        raise Unreadable(
            f"{address}: no answer after {TRIES} tries ({problem}). Run the command again later."
        )


def _refused(address: str, error: HTTPError) -> str:
    meaning = {401: "the key or the secret is not right", 403: "the credential may not read statements"}
    told = error.read(500).decode("utf-8", "replace").strip()
    return f"{address}: {error.code}, {meaning.get(error.code, told or error.reason)}"


def _taken_apart(headers: HTTPMessage, body: bytes, address: str) -> tuple[bytes, dict[str, Attachment]]:
    """The JSON of a page, and the attachments that came with it."""
    if headers.get_content_type() != MIXED:
        return body, {}
    try:
        first, *rest = multipart.parse(headers["content-type"], body, max_parts=100_000)
    except XAPIError as error:
        raise Unreadable(f"{address}: {error}") from None
    parts = {}
    for part in rest:
        sha2 = part.headers.get("x-experience-api-hash", "").lower()
        kind = part.headers.get("content-type", "application/octet-stream")
        parts[sha2] = Attachment(sha2, kind, part.body)
    return first.body, parts


def _page(text: bytes, address: str) -> tuple[list[bytes], str]:
    """The texts of the statements, as they are, and where the next page is ("": nowhere)."""
    try:
        members = splice.members(_object(text, address))
        statements = splice.items(members["statements"])
        more = splice.string(members["more"]) if "more" in members else ""
    except (KeyError, ValueError, IndexError) as error:
        raise Unreadable(f"{address}: this is no StatementResult") from error
    return [each.encode() for each in statements], more


def _object(text: bytes, address: str) -> str:
    try:
        if not isinstance(jsontext.loads(text), dict):
            raise Unreadable(f"{address}: this is no StatementResult")
    except XAPIError as error:
        raise Unreadable(f"{address}: {error}") from None
    return text.decode()


def _after(text: bytes, address: str) -> str:
    """A time shortly before the statement was stored: several may have been at the same time."""
    try:
        stored = datetime.fromisoformat(str(jsontext.loads(text)["stored"]))
    except (KeyError, TypeError, ValueError) as error:
        raise Unreadable(f"{address}: a statement without the time when it was stored") from error
    return (stored - timedelta(milliseconds=1)).isoformat()


def _place(text: bytes, address: str) -> str:
    value = jsontext.loads(text)
    return str(value.get("id", address)) if isinstance(value, dict) else address
