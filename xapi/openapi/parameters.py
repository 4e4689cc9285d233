"""What may be sent beside a body: the parameters of an address, and the headers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xapi.message import CONSISTENT_THROUGH, VERSION_HEADER
from xapi.openapi.schemas import BOOLEAN, IRI, TEXT, TIME, UUID, Schema, ref

# Name → its schema, and what it is for.
PARAMETERS: Mapping[str, tuple[Schema, str]] = {
    "statementId": (UUID, "The id of the statement"),
    "voidedStatementId": (UUID, "The id of a voided statement"),
    "agent": ({"oneOf": [ref("Agent"), ref("Group")]}, "An Agent or an identified Group, as JSON"),
    "verb": (IRI, "The verb's id"),
    "activity": (IRI, "The id of the Activity that is the object"),
    "activityId": (IRI, "The Activity's id"),
    "registration": (UUID, "The registration in the context; for documents, the one they belong to"),
    "related_activities": (BOOLEAN, "Also find `activity` in the context and in SubStatements"),
    "related_agents": (BOOLEAN, "Also find `agent` in the object, the context, the authority, SubStatements"),
    "since": (TIME, "Only what was stored after this instant"),
    "until": (TIME, "Only what was stored up to this instant"),
    "limit": (
        {"type": "integer", "minimum": 0, "maximum": 999_999_999},
        "How many on a page; 0 for as many as the store allows",
    ),
    "format": ({"enum": ["exact", "ids", "canonical"]}, "How much of each statement; `exact` if missing"),
    "attachments": (BOOLEAN, "Answer as multipart/mixed, with the attachments"),
    "ascending": (BOOLEAN, "The oldest first"),
    "cursor": (
        {"type": "string", "pattern": "^[0-9]{1,18}$"},
        "The place to go on from. Stands in `more`; not to be made up",
    ),
    "stateId": (TEXT | {"minLength": 1}, "The document's id"),
    "profileId": (TEXT | {"minLength": 1}, "The document's id"),
}

_VERSION: Schema = {"type": "string", "pattern": r"^(1\.0|2\.0)(\.(0|[1-9][0-9]{0,8}))?$"}
HEADERS: Mapping[str, tuple[Schema, str]] = {
    VERSION_HEADER: (_VERSION, "The version whose rules are meant: `1.0.3` or `2.0.0`"),
    "Accept-Language": (TEXT, "For `format=canonical`: the languages to choose from"),
    "If-Match": (TEXT, "Only if the document has one of these entity tags; `*`: if there is one"),
    "If-None-Match": (TEXT, "Only if the document has none of these entity tags; `*`: if there is none"),
}
# What comes back.
ANSWER_HEADERS: Mapping[str, dict[str, Any]] = {
    VERSION_HEADER: {"schema": {"enum": ["1.0.3", "2.0.0"]}, "description": "The version that was followed"},
    CONSISTENT_THROUGH: {"schema": TIME, "description": "Everything stored up to here can be read by now"},
    "ETag": {"schema": TEXT, "description": "The document's entity tag, for `If-Match`"},
    "Last-Modified": {"schema": TEXT, "description": "When it was stored"},
}


def parameter(name: str, *, required: bool) -> dict[str, Any]:
    """The description of one parameter of the address."""
    schema, purpose = PARAMETERS[name]
    found = {"name": name, "in": "query", "required": required, "description": purpose}
    if name == "agent":
        return {**found, "content": {"application/json": {"schema": schema}}}
    return {**found, "schema": schema}


def header(name: str, *, required: bool = False) -> dict[str, Any]:
    """The description of one header of a request."""
    schema, purpose = HEADERS[name]
    return {"name": name, "in": "header", "required": required, "description": purpose, "schema": schema}
