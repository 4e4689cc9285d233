"""A client of the record store without a network: requests as the specification writes them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from xapi.lrs import LRS, Principal, Request, Response

AGENT = {"objectType": "Agent", "account": {"homePage": "https://lms.example", "name": "ane"}}
OTHER_AGENT = {"objectType": "Agent", "mbox": "mailto:maite@example.com"}
AUTHORITY = {"objectType": "Agent", "account": {"homePage": "https://lrs.example", "name": "client"}}
VERB = "http://adlnet.gov/expapi/verbs/experienced"
VOIDED = "http://adlnet.gov/expapi/verbs/voided"
ACTIVITY = "https://lms.example/activities/1"
EVERYTHING = Principal(frozenset({"all"}), AUTHORITY, name="client")

Json = dict[str, Any]


def statement(**parts: Any) -> Json:
    """A small statement with an id of its own; parts given here replace or add."""
    made = {
        "id": str(uuid.uuid4()),
        "actor": AGENT,
        "verb": {"id": VERB, "display": {"en": "experienced"}},
        "object": {"objectType": "Activity", "id": ACTIVITY},
        **parts,
    }
    return {name: value for name, value in made.items() if value is not None}


def reference(target: str) -> Json:
    return {"objectType": "StatementRef", "id": target}


def voiding(target: str, **parts: Any) -> Json:
    return statement(verb={"id": VOIDED}, object=reference(target), **parts)


@dataclass(frozen=True)
class Answer:
    """A response, easy to look at."""

    response: Response

    @property
    def status(self) -> int:
        return self.response.status

    @property
    def body(self) -> bytes:
        return self.response.body

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def header(self, name: str) -> str | None:
        return self.response.header(name)


@dataclass
class Client:
    """Sends requests to a record store, as one credential and in one version."""

    lrs: LRS
    version: str | None = "1.0.3"
    principal: Principal | None = EVERYTHING
    headers: dict[str, str] = field(default_factory=dict)

    def send(
        self,
        method: str,
        path: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """A body that is not bytes is sent as JSON, parameters that are no text too."""
        sent = {**self.headers, **(headers or {})}
        if self.version is not None:
            sent.setdefault("X-Experience-API-Version", self.version)
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        query = tuple(
            (name, value if isinstance(value, str) else json.dumps(value))
            for name, value in (parameters or {}).items()
        )
        request = Request(method, path, query, sent, body or b"")
        return Answer(self.lrs.handle(request, lambda _header: self.principal))

    def post(self, body: Any, **headers: str) -> Answer:
        return self.send("POST", "/statements", body=body, headers=headers)

    def put(self, body: Any, statement_id: str) -> Answer:
        return self.send("PUT", "/statements", {"statementId": statement_id}, body=body)

    def get(self, **parameters: Any) -> Answer:
        return self.send("GET", "/statements", parameters)

    def stored(self, *bodies: Json) -> list[str]:
        """Stores statements one by one; their ids."""
        ids = []
        for body in bodies:
            answer = self.post(body)
            assert answer.status == 200, answer.body
            ids += answer.json
        return ids

    def found(self, **parameters: Any) -> list[str]:
        """The ids of all statements that match, page after page."""
        answer = self.get(**parameters)
        ids: list[str] = []
        while True:
            assert answer.status == 200, answer.body
            ids += [one["id"] for one in answer.json["statements"]]
            more = answer.json["more"]
            if not more:
                return ids
            answer = self.follow(more)

    def follow(self, more: str) -> Answer:
        """The page at a `more` address."""
        from urllib.parse import parse_qsl, urlsplit

        parts = urlsplit(more)
        assert parts.netloc == "", "a more address must work behind any proxy"
        return self.send("GET", parts.path.removeprefix("/xapi"), dict(parse_qsl(parts.query)))
