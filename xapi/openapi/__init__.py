"""The record store described in OpenAPI 3.1: the table of resources, and what is said of each operation."""

from __future__ import annotations

from functools import cache
from typing import Any

from xapi import jsontext
from xapi.message import JSON, VERSION_HEADER
from xapi.openapi.operations import ALWAYS, OPERATIONS, REASONS, Content, Described
from xapi.openapi.parameters import ANSWER_HEADERS, header, parameter
from xapi.openapi.schemas import SCHEMAS, ref
from xapi.resources import RESOURCES

ABOUT = "/about"
PATH = "/openapi.json"
"""Where the description is found, below the mount."""

_INTRODUCTION = """\
A Learning Record Store for xAPI 1.0.3 and 2.0 (IEEE 9274.1.1-2023).

Beyond what is listed here, every GET may be a HEAD, OPTIONS is answered for any origin, and under 1.0.3 any
request may be sent as a POST with `?method=` and a form (Part 3, 1.3). A parameter `cachebuster` is ignored;
any other that is not listed is refused.
"""


def describe(mount: str) -> dict[str, Any]:
    """The OpenAPI document of a record store at this mount."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "xAPI record store", "version": "2.0.0, 1.0.3", "description": _INTRODUCTION},
        "servers": [{"url": mount}],
        "security": [{"credential": []}],
        "paths": {
            path: {method.lower(): _operation(path, method, known) for method, known in _known(path)}
            for path in RESOURCES
        },
        "components": {
            "schemas": dict(SCHEMAS),
            "headers": dict(ANSWER_HEADERS),
            "securitySchemes": {"credential": {"type": "http", "scheme": "basic"}},
        },
    }


@cache
def text(mount: str) -> bytes:
    """The same as JSON."""
    return jsontext.dumps(describe(mount)).encode()


def _known(path: str) -> list[tuple[str, list[str]]]:
    """The methods of a resource, each with the parameters that it knows."""
    return [(method, sorted(operation.parameters)) for method, operation in RESOURCES[path].items()]


def _operation(path: str, method: str, known: list[str]) -> dict[str, Any]:
    described = OPERATIONS[path][method]
    found: dict[str, Any] = {
        "operationId": method.lower() + path.title().replace("/", ""),
        "summary": described.summary,
        "parameters": [
            header(VERSION_HEADER, required=path != ABOUT),
            *(header(name) for name in described.headers),
            *(parameter(name, required=name in described.required) for name in known),
        ],
        "responses": _responses(path, described),
    }
    if described.body is not None:
        found["requestBody"] = {"required": True, "content": _content(described.body)}
    if path == ABOUT:
        found["security"] = []
    return found


def _responses(path: str, described: Described) -> dict[str, Any]:
    headers = {
        name: {"$ref": f"#/components/headers/{name}"} for name in (VERSION_HEADER, *described.answer_headers)
    }
    done: dict[str, Any] = {"description": "Done", "headers": headers}
    if described.answer is not None:
        done["content"] = _content(described.answer)
    refusals = (400,) if path == ABOUT else sorted({*ALWAYS, *described.refusals})
    return {"204" if described.answer is None else "200": done} | {
        str(status): {"description": REASONS[status], "content": _content({JSON: ref("Error")})}
        for status in refusals
    }


def _content(content: Content) -> dict[str, Any]:
    return {media_type: {"schema": schema} for media_type, schema in content.items()}
