"""The alternate request syntax of 1.0.3 (Part 3, 1.3): any request as a POST with everything in a form.

It was made for browsers of long ago, and 2.0 has dropped it. It is unfolded before anything else is looked
at, so that it is authorised exactly like the request it stands for.
"""

from __future__ import annotations

from urllib.parse import parse_qsl

from xapi.errors import XAPIError, expected
from xapi.message import VERSION_HEADER, Request
from xapi.versions import negotiate

METHODS = ("GET", "HEAD", "PUT", "POST", "DELETE")
# Those that mean anything to the record store.
HEADERS = frozenset(
    {
        "authorization",
        "x-experience-api-version",
        "content-type",
        "content-length",
        "if-match",
        "if-none-match",
        "accept",
        "accept-language",
        "accept-encoding",
    }
)
_MOST_FIELDS = 100


def unfold(request: Request) -> Request:
    """The request that is meant. XAPIError when the form breaks a rule or the version has no such syntax."""
    if request.method != "POST":
        return request
    names = [name for name, _ in request.query]
    if "method" not in names:
        return request
    method = dict(request.query)["method"]
    fields = _fields(request)
    sent = {name.lower(): value for name, value in fields if name.lower() in HEADERS}
    version = negotiate(sent.get("x-experience-api-version") or request.header(VERSION_HEADER))
    if not version.alternate_syntax:
        raise XAPIError(f"{version} has no alternate request syntax", path="method")
    if names != ["method"]:
        raise XAPIError("expected no other parameter beside it in the address", path="method")
    if method not in METHODS:
        raise expected(" or ".join(METHODS), method, path="method")
    return Request(
        method=method,
        path=request.path,
        query=tuple((name, value) for name, value in fields if not _is_special(name)),
        headers=_headers(request, sent),
        body=dict(fields).get("content", "").encode("utf-8", "surrogatepass"),
    )


def _fields(request: Request) -> list[tuple[str, str]]:
    try:
        text = request.body.decode("ascii")
        fields = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise XAPIError(f"expected a form in UTF-8 with up to {_MOST_FIELDS} fields", path="body") from None
    for name, value in fields:
        # A line break here would become one in an answer's headers, where a document's type is repeated.
        if name.lower() in HEADERS and not (value.isascii() and value.isprintable()):
            raise expected("a header's value in printable ASCII", value, path=name)
    names = [name.lower() if name.lower() in HEADERS else name for name, _ in fields]
    if len(set(names)) != len(names):
        raise XAPIError("a form field is there twice", path="body")
    return fields


def _is_special(name: str) -> bool:
    return name == "content" or name.lower() in HEADERS


def _headers(request: Request, sent: dict[str, str]) -> dict[str, str]:
    """The form's headers over those of the form's own request. Two different credentials are refused."""
    own = request.header("authorization")
    if own is not None and sent.get("authorization", own) != own:
        raise XAPIError("the header and the form field name different credentials", path="Authorization")
    kept = {
        name: value
        for name, value in request.headers.items()
        if name not in ("content-type", "content-length")
    }
    # Scripts of the time left the type out; then a form's content is JSON (1.0.3 Part 3, 1.3).
    return {**kept, "content-type": "application/json", **sent}
