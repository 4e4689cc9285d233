"""Who may do what: a credential's scopes (1.0.3 Part 3, 4.2) and the table of resource, verb and scope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from xapi.errors import XAPIError
from xapi.part import Part

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from xapi.store import Record, Saved

ALL = "all"
READ_ALL = "all/read"
WRITE = "statements/write"
READ = "statements/read"
READ_MINE = "statements/read/mine"
STATE = "state"
DEFINE = "define"
PROFILE = "profile"

SCOPES = {
    ALL: "everything",
    READ_ALL: "read everything",
    READ: "read all statements",
    READ_MINE: "read the statements that were stored with this credential",
    WRITE: "store statements",
    DEFINE: "statements that are stored may also define activities",
    STATE: "read and write state documents",
    PROFILE: "read and write agent and activity profiles",
}

_READERS = frozenset({ALL, READ_ALL, READ, READ_MINE})
_STATEMENT_WRITERS = frozenset({ALL, WRITE})
_ANY_READER = frozenset(SCOPES)

# Resource → whether the request writes → the scopes of which one is enough. `about` asks for none.
TABLE: Mapping[str, Mapping[bool, frozenset[str]]] = {
    "/statements": {False: _READERS, True: _STATEMENT_WRITERS},
    "/activities/state": {False: frozenset({ALL, READ_ALL, STATE}), True: frozenset({ALL, STATE})},
    "/activities/profile": {False: frozenset({ALL, READ_ALL, PROFILE}), True: frozenset({ALL, PROFILE})},
    "/agents/profile": {False: frozenset({ALL, READ_ALL, PROFILE}), True: frozenset({ALL, PROFILE})},
    "/activities": {False: _ANY_READER},
    "/agents": {False: _ANY_READER},
}

_WRITES = frozenset({"PUT", "POST", "DELETE"})


class Guard(Protocol):
    """Further rules for what one credential sends: those of the session for which it was handed out.

    The application brings it. Each method may refuse with an XAPIError.
    """

    def received(self, statement: Mapping[str, Any]) -> None:
        """A valid statement came, just as it was sent."""
        ...

    def storing(self, connection: Connection, records: Sequence[Record]) -> None:
        """The statements of one request are about to be stored, in this write transaction."""
        ...

    def stored(self, connection: Connection, saved: Saved) -> None:
        """They were stored, in the same transaction."""
        ...

    def document(
        self, resource: str, method: str, name: str | None, content_type: str, content: bytes
    ) -> None:
        """A document is about to be read, written or deleted (without a name: all of them)."""
        ...


@dataclass(frozen=True)
class Principal:
    """Who asks: a credential's scopes and the authority it puts on statements.

    With `actor` or `registration` the credential is for that one person or attempt only, as one that is
    handed to a launched package must be. `name` tells credentials apart when requests are counted.
    `requests_per_minute` (0: no limit) and `body` (bytes of one request) are its own limits where it has any;
    a body may never be larger than the store's limit. `guard` has further rules, where there are any.
    """

    scopes: frozenset[str]
    authority: Mapping[str, Any]
    actor: Mapping[str, Any] | None = None
    registration: str | None = None
    name: str = ""
    requests_per_minute: int | None = None
    body: int | None = None
    guard: Guard | None = None

    def __post_init__(self) -> None:
        # It comes into every statement.
        object.__setattr__(self, "authority", Part(dict(self.authority)))

    @property
    def reads_only_mine(self) -> bool:
        return not self.scopes & {ALL, READ_ALL, READ}

    @property
    def defines(self) -> bool:
        return bool(self.scopes & {ALL, DEFINE})

    @property
    def bound(self) -> bool:
        return self.actor is not None or self.registration is not None


def permit(principal: Principal | None, path: str, method: str) -> Principal:
    """The principal, if a scope lets it do this. XAPIError 401 for nobody, 403 for the wrong scopes."""
    if principal is None:
        raise XAPIError(
            "expected a valid credential by HTTP Basic authentication", status=401, path="Authorization"
        )
    enough = TABLE[path].get(method in _WRITES, frozenset())
    if not principal.scopes & enough:
        raise XAPIError(
            f"this credential lacks a scope for {method} here: one of {', '.join(sorted(enough))}", 403
        )
    return principal
