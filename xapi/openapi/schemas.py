"""The data model as JSON Schema, one entry an object: what an integrator reads beside an endpoint.

It says which properties there are and how their values look. What a schema cannot say well (which lists go
with which interaction, that a voiding statement refers to another one) is left to `xapi.validate`, which has
the last word.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xapi.validate.activity import COMPONENT_LISTS
from xapi.validate.actor import IDENTIFIERS

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
BOOLEAN: Schema = {"type": "boolean"}
IRI: Schema = {"type": "string", "format": "iri"}
UUID: Schema = {"type": "string", "format": "uuid"}
TIME: Schema = {"type": "string", "format": "date-time"}


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def listed(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def _object(properties: Schema, *required: str, **more: Any) -> Schema:
    found = {"type": "object", "properties": properties, "additionalProperties": False, **more}
    return {**found, "required": list(required)} if required else found


def _one_of(*names: str) -> Schema:
    return {"oneOf": [ref(name) for name in names]}


_LANGUAGE_MAP = ref("LanguageMap")
_EXTENSIONS = ref("Extensions")
_COMPONENTS = listed(ref("InteractionComponent"))
_IDENTIFIER: Schema = {
    "mbox": {"type": "string", "pattern": "^mailto:[^@]+@[^@]+$"},
    "mbox_sha1sum": {"type": "string", "pattern": "^[0-9a-fA-F]{40}$"},
    "openid": IRI,
    "account": ref("Account"),
}
_IDENTIFIED: list[Schema] = [{"required": [name]} for name in IDENTIFIERS]
_ANONYMOUS: Schema = {
    "not": {"anyOf": _IDENTIFIED},
    "required": ["member"],
    "properties": {"member": {"minItems": 1}},
}
_ACTIVITIES: Schema = {"oneOf": [ref("Activity"), listed(ref("Activity"))]}
_RELEVANT_TYPES: Schema = {"type": "array", "items": IRI, "minItems": 1}
# What a Statement and a SubStatement have in common.
_ABOUT: Schema = {
    "actor": _one_of("Agent", "Group"),
    "verb": ref("Verb"),
    "result": ref("Result"),
    "context": ref("Context"),
    "timestamp": TIME,
    "attachments": listed(ref("Attachment")),
}
_OBJECTS = ("Activity", "Agent", "Group", "StatementRef")

SCHEMAS: Mapping[str, Schema] = {
    "Statement": _object(
        {
            **_ABOUT,
            "id": {**UUID, "description": "Given by the store where it is missing"},
            "object": _one_of(*_OBJECTS, "SubStatement"),
            "stored": {**TIME, "description": "Set by the store"},
            "authority": {**_one_of("Agent", "Group"), "description": "Set by the store"},
            "version": {"type": "string", "pattern": r"^[12]\.0(\.[0-9]+)?$"},
        },
        *("actor", "verb", "object"),
    ),
    "SubStatement": _object(
        {**_ABOUT, "objectType": {"const": "SubStatement"}, "object": _one_of(*_OBJECTS)},
        *("objectType", "actor", "verb", "object"),
    ),
    "StatementRef": _object({"objectType": {"const": "StatementRef"}, "id": UUID}, "objectType", "id"),
    "Agent": _object({"objectType": {"const": "Agent"}, "name": TEXT, **_IDENTIFIER}, oneOf=_IDENTIFIED),
    "Group": _object(
        {"objectType": {"const": "Group"}, "name": TEXT, "member": listed(ref("Agent")), **_IDENTIFIER},
        "objectType",
        oneOf=[*_IDENTIFIED, _ANONYMOUS],
    ),
    "Account": _object({"homePage": IRI, "name": TEXT}, "homePage", "name"),
    "Verb": _object({"id": IRI, "display": _LANGUAGE_MAP}, "id"),
    "Activity": _object(
        {"objectType": {"const": "Activity"}, "id": IRI, "definition": ref("ActivityDefinition")}, "id"
    ),
    "ActivityDefinition": _object(
        {
            "name": _LANGUAGE_MAP,
            "description": _LANGUAGE_MAP,
            "type": IRI,
            "moreInfo": IRI,
            "interactionType": {"enum": list(COMPONENT_LISTS)},
            "correctResponsesPattern": listed(TEXT),
            "choices": _COMPONENTS,
            "scale": _COMPONENTS,
            "source": _COMPONENTS,
            "target": _COMPONENTS,
            "steps": _COMPONENTS,
            "extensions": _EXTENSIONS,
        }
    ),
    "InteractionComponent": _object({"id": TEXT, "description": _LANGUAGE_MAP}, "id"),
    "Result": _object(
        {
            "score": ref("Score"),
            "success": BOOLEAN,
            "completion": BOOLEAN,
            "response": TEXT,
            # Not the format `duration`, which is RFC 3339's and has no fractions of a second.
            "duration": {"type": "string", "pattern": "^P", "description": "A duration of ISO 8601"},
            "extensions": _EXTENSIONS,
        }
    ),
    "Score": _object(
        {
            "scaled": {"type": "number", "minimum": -1, "maximum": 1},
            "raw": NUMBER,
            "min": NUMBER,
            "max": NUMBER,
        }
    ),
    "Context": _object(
        {
            "registration": UUID,
            "instructor": _one_of("Agent", "Group"),
            "team": ref("Group"),
            "contextActivities": ref("ContextActivities"),
            "contextAgents": {**listed(ref("ContextAgent")), "description": "Under 2.0 only"},
            "contextGroups": {**listed(ref("ContextGroup")), "description": "Under 2.0 only"},
            "revision": TEXT,
            "platform": TEXT,
            "language": {"type": "string", "description": "A language tag (RFC 5646)"},
            "statement": ref("StatementRef"),
            "extensions": _EXTENSIONS,
        }
    ),
    "ContextActivities": _object(
        dict.fromkeys(("parent", "grouping", "category", "other"), _ACTIVITIES),
        description="One Activity or several; comes back as a list",
    ),
    "ContextAgent": _object(
        {"objectType": {"const": "contextAgent"}, "agent": ref("Agent"), "relevantTypes": _RELEVANT_TYPES},
        *("objectType", "agent"),
    ),
    "ContextGroup": _object(
        {"objectType": {"const": "contextGroup"}, "group": ref("Group"), "relevantTypes": _RELEVANT_TYPES},
        *("objectType", "group"),
    ),
    "Attachment": _object(
        {
            "usageType": IRI,
            "display": _LANGUAGE_MAP,
            "description": _LANGUAGE_MAP,
            "contentType": {"type": "string", "description": "A media type"},
            "length": {"type": "integer", "minimum": 0},
            "sha2": {"type": "string", "pattern": "^[0-9a-fA-F]+$"},
            "fileUrl": IRI,
        },
        *("usageType", "display", "contentType", "length", "sha2"),
    ),
    "LanguageMap": {
        "type": "object",
        "additionalProperties": TEXT,
        "description": "From language tags (RFC 5646) to text",
    },
    "Extensions": {"type": "object", "propertyNames": IRI, "description": "From IRIs to any value"},
    "StatementResult": _object(
        {
            "statements": listed(ref("Statement")),
            "more": {
                "type": "string",
                "description": "The address of the next page, without a host; empty at the end",
            },
        },
        *("statements", "more"),
    ),
    "Person": _object(
        {"objectType": {"const": "Person"}, "name": listed(TEXT)}
        | {name: listed(schema) for name, schema in _IDENTIFIER.items()},
        "objectType",
    ),
    "About": _object({"version": listed(TEXT), "extensions": {"type": "object"}}, "version"),
    "Error": _object(
        {
            "error": {"type": "string", "description": "What is wrong: the rule, and the value it met"},
            "path": {"type": "string", "description": "Where, for example `[3].verb.id`; may be empty"},
        },
        *("error", "path"),
    ),
}
