"""The one error for everything that a client can do wrong."""

from __future__ import annotations

import reprlib

_clip = reprlib.Repr()
_clip.maxstring = _clip.maxother = _clip.maxlong = 80
_clip.maxdict = _clip.maxlist = 3
_clip.maxlevel = 2


class XAPIError(Exception):
    """A request that cannot be answered as asked.

    `message` says rule and value, `path` the place (`actor.member[2].mbox`), `status` the HTTP status.
    The place grows from the inside out: each level that passes the error on adds its own step.
    """

    def __init__(self, message: str, status: int = 400, path: str = "") -> None:
        super().__init__(message, status, path)
        self.message = message
        self.status = status
        self.path = path

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message

    def within(self, step: str | int) -> XAPIError:
        """The same error, its place prefixed with a property's name or an index."""
        plain = isinstance(step, str) and len(step) <= _clip.maxstring and step.isidentifier()
        return self.at(str(step) if plain else f"[{_show(step)}]")

    def at(self, place: str) -> XAPIError:
        """The same error, its place prefixed with another place."""
        joint = "." if place and self.path and not self.path.startswith("[") else ""
        self.path = f"{place}{joint}{self.path}"
        return self


def expected(rule: str, value: object, *, status: int = 400, path: str = "") -> XAPIError:
    """The error for a value that breaks a rule: `expected a mailto: IRI, got 'x@y'`, long values clipped."""
    return XAPIError(f"expected {rule}, got {_show(value)}", status, path)


def _show(value: object) -> str:
    """The value in JSON's words where Python's differ, clipped to one short line."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return _clip.repr(value)
