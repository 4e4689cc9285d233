"""What each operation is for, what it takes and what it answers: one table, by resource and method."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xapi.message import CONSISTENT_THROUGH, JSON
from xapi.openapi.schemas import UUID, Schema, listed, ref

Content = Mapping[str, Schema]

ANYTHING: Schema = {}
BYTES: Schema = {"type": "string", "format": "binary"}
# The first part is the JSON, each further part an attachment (1.0.3 Part 2, 2.4.11).
MIXED: Schema = {"type": "string", "format": "binary", "contentMediaType": "multipart/mixed"}

REASONS: Mapping[int, str] = {
    400: "The request breaks a rule",
    401: "No valid credential",
    403: "The credential lacks a scope, or is for another person or registration",
    404: "There is no such thing",
    409: "The id is taken by a different statement, or the document exists and no condition was sent",
    412: "A condition does not hold",
    413: "More than the store takes at once",
    429: "More requests in a minute than the credential may send",
}
# With these any request to any resource but About may be answered.
ALWAYS = (400, 401, 403, 413, 429)


@dataclass(frozen=True)
class Described:
    """One operation. `required` names parameters; `refusals` are the statuses beyond those of ALWAYS."""

    summary: str
    required: frozenset[str] = frozenset()
    headers: tuple[str, ...] = ()
    body: Content | None = None
    answer: Content | None = None
    """None: 204, nothing."""
    answer_headers: tuple[str, ...] = ()
    refusals: tuple[int, ...] = ()


def _documents(what: str, owner: frozenset[str], name: str, all_of_them: str | None) -> dict[str, Described]:
    """The operations that all document resources have. `all_of_them`: what DELETE without an id does."""
    one = owner | {name}
    conditions = ("If-Match", "If-None-Match")
    body = {JSON: ANYTHING, "application/octet-stream": BYTES, "*/*": BYTES}
    return {
        "GET": Described(
            f"{what}; without its id the ids of all, those changed after `since`",
            owner,
            answer={JSON: ANYTHING, "*/*": ANYTHING},
            answer_headers=("ETag", "Last-Modified"),
            refusals=(404,),
        ),
        "PUT": Described(f"Store {what.lower()}", one, conditions, body, refusals=(409, 412)),
        "POST": Described(
            f"Merge a JSON object into {what.lower()}, or store it", one, conditions, body, refusals=(412,)
        ),
        "DELETE": Described(
            f"Delete {what.lower()}{all_of_them or ''}",
            owner if all_of_them else one,
            conditions,
            refusals=(412,),
        ),
    }


_AGENT, _ACTIVITY = frozenset({"agent"}), frozenset({"activityId"})
_SEEN = (CONSISTENT_THROUGH,)
_STATEMENTS: Schema = {"oneOf": [ref("Statement"), listed(ref("Statement"))]}

OPERATIONS: Mapping[str, Mapping[str, Described]] = {
    "/statements": {
        "GET": Described(
            "One statement by its id, or a page of those that match",
            headers=("Accept-Language",),
            answer={JSON: {"anyOf": [ref("Statement"), ref("StatementResult")]}, "multipart/mixed": MIXED},
            answer_headers=(*_SEEN, "Last-Modified"),
            refusals=(404,),
        ),
        "POST": Described(
            "Store one statement or many, all or none; answers their ids in the order sent",
            body={JSON: _STATEMENTS, "multipart/mixed": MIXED},
            answer={JSON: listed(UUID)},
            answer_headers=_SEEN,
            refusals=(409,),
        ),
        "PUT": Described(
            "Store one statement under this id",
            frozenset({"statementId"}),
            body={JSON: ref("Statement"), "multipart/mixed": MIXED},
            answer_headers=_SEEN,
            refusals=(409,),
        ),
    },
    "/activities/state": _documents(
        "A state document of an agent in an activity",
        _AGENT | _ACTIVITY,
        "stateId",
        ", or without its id all of them",
    ),
    "/activities/profile": _documents("A profile document of an activity", _ACTIVITY, "profileId", None),
    "/agents/profile": _documents("A profile document of an agent", _AGENT, "profileId", None),
    "/activities": {
        "GET": Described(
            "An activity with all that is known of it", _ACTIVITY, answer={JSON: ref("Activity")}
        )
    },
    "/agents": {
        "GET": Described("The Person that an Agent stands for", _AGENT, answer={JSON: ref("Person")}),
    },
    "/about": {
        "GET": Described("Which versions are spoken. Needs no credential", answer={JSON: ref("About")}),
    },
}
