"""Clients that store without pause, and remember what they sent and what of it was acknowledged."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from near_learn.people.credential import Issued
from near_learn.records.terms import VERBS

Json = dict[str, Any]

BATCH = 50
BASE = "http://127.0.0.1:8000"
COURSE = f"{BASE}/courses/garden"
ACTIVITY = "https://elsewhere.example/activities/1"
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
# Digits that no program keeps by accident.
DIGITS = "12345678901234567890.10203040506070809000"


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    etag: str | None


@dataclass
class Connection:
    """One connection to /xapi, opened again after each mishap."""

    port: int
    credential: Issued
    socket: http.client.HTTPConnection | None = None

    def send(
        self,
        method: str,
        path: str,
        parameters: Json | None = None,
        body: bytes | None = None,
        **headers: str,
    ) -> Answer:
        """Raises OSError or HTTPException when there is no whole answer."""
        if self.socket is None:
            self.socket = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        basic = base64.b64encode(f"{self.credential.key}:{self.credential.secret}".encode()).decode()
        sent = {"Authorization": f"Basic {basic}", "X-Experience-API-Version": "1.0.3"}
        sent |= {"Content-Type": "application/json"} if body is not None else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        address = path if parameters is None else f"{path}?{urlencode(parameters)}"
        try:
            self.socket.request(method, address, body, sent)
            answer = self.socket.getresponse()
            return Answer(answer.status, answer.read(), answer.headers.get("ETag"))
        except (OSError, http.client.HTTPException):
            self.close()
            raise

    def close(self) -> None:
        if self.socket is not None:
            self.socket.close()
            self.socket = None


@dataclass
class Sent:
    """What a client sent and what was acknowledged; what is only in the first may or may not be stored."""

    groups: list[list[str]] = field(default_factory=list)
    """The ids of the statements of each request."""
    texts: dict[str, bytes] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    """By the statement that each came with."""
    acknowledged: set[str] = field(default_factory=set)
    merges: dict[str, set[str]] = field(default_factory=dict)
    """By the document's stateId, the members merged into it."""
    merged: dict[str, set[str]] = field(default_factory=dict)
    """Those of them that were acknowledged."""
    puts: list[bytes] = field(default_factory=list)
    last_put: int = -1
    profiles: dict[str, bytes] = field(default_factory=dict)
    profiles_put: set[str] = field(default_factory=set)
    surprises: list[Answer] = field(default_factory=list)
    """Answers that were no success."""


@dataclass
class Client:
    """One client, with a registration of its own that it goes on with after each crash."""

    name: str
    connection: Connection
    sent: Sent = field(default_factory=Sent)
    registration: str = field(default_factory=lambda: str(uuid.uuid4()))
    single: bool = False
    """Whether it sends nothing but single statements."""
    turn: int = 0
    ones: list[str] = field(default_factory=list)
    """What it may void."""

    @property
    def agent(self) -> Json:
        return {"account": {"homePage": "https://elsewhere.example", "name": self.name}}

    def run(self, enough: threading.Event) -> None:
        """Goes on where it was, until told, or until the server is gone."""
        steps: list[Callable[[], None]] = [
            # Each kind within the eight that are done at least, before the last crash, on a busy machine.
            *(self.profile, self.one, self.batch, self.merge, self.put, self.batch_with_files, self.void),
            *([self.merge_shared] * 6),
            self.one,
        ]
        if self.single:
            steps = [self.one]
        while not enough.is_set():
            self.turn += 1
            try:
                steps[self.turn % len(steps)]()
            except (OSError, http.client.HTTPException):
                return

    # --- statements ---

    def one(self) -> None:
        """The same person tries the quiz again: each statement changes the same rows."""
        at = START + timedelta(minutes=self.turn)
        verb = ("answered", "passed", "progressed")[self.turn % 3]
        made = self.learning(verb, "soil", self.registration, at, number=self.turn)
        self.ones.append(made["id"])
        self.store([made])

    def batch(self) -> None:
        """Five people go through the whole course."""
        self.store(list(self.classroom()))

    def batch_with_files(self) -> None:
        statements = list(self.classroom())
        files = {one["id"]: f"file of {one['id']}\0".encode() * 50 for one in statements[::10]}
        for one in statements[::10]:
            content = files[one["id"]]
            one["attachments"] = [
                {
                    "usageType": "https://elsewhere.example/usage",
                    "display": {"en": "A file"},
                    "contentType": "application/octet-stream",
                    "length": len(content),
                    "sha2": hashlib.sha256(content).hexdigest(),
                }
            ]
        self.store(statements, files)

    def void(self) -> None:
        """Withdraws an earlier answer, which changes the rows of a registration."""
        target = self.ones[len(self.ones) // 2]
        self.store(
            [
                {
                    "id": str(uuid.uuid4()),
                    "actor": self.agent,
                    "verb": {"id": VERBS["voided"]},
                    "object": {"objectType": "StatementRef", "id": target},
                    "timestamp": START.isoformat(),
                    "version": "1.0.0",
                }
            ]
        )

    def classroom(self) -> Iterator[Json]:
        for _ in range(BATCH // 10):
            registration, at = str(uuid.uuid4()), START
            for module in ("soil", "water"):
                for verb in ("initialized", "progressed", "answered", "passed", "completed"):
                    at += timedelta(minutes=1)
                    yield self.learning(verb, module, registration, at)

    def learning(self, verb: str, module: str, registration: str, at: datetime, *, number: int = 1) -> Json:
        """A statement about our course, with everything that a store would add itself but what it must."""
        question = "/questions/purpose" if verb == "answered" else ""
        return {
            "id": str(uuid.uuid4()),
            "actor": self.agent,
            "verb": {"id": VERBS[verb], "display": {"es": f"«{verb}»"}},
            "object": {"id": f"{COURSE}/modules/{module}{question}"},
            "result": {
                "score": {"scaled": number % 10 / 10},
                "response": "o2",
                "duration": "PT12.5S",
                "extensions": {f"{BASE}/terms/section": "beginning", "https://elsewhere.example/n": "@"},
            },
            "context": {
                "registration": registration,
                "language": "es",
                "extensions": {f"{BASE}/terms/attempt": number, f"{BASE}/terms/region": "ES220"},
            },
            "timestamp": at.isoformat(),
            "version": "1.0.0",
        }

    def store(self, statements: list[Json], files: dict[str, bytes] | None = None) -> None:
        ids = [one["id"] for one in statements]
        texts = [text(one) for one in statements]
        self.sent.groups.append(ids)
        self.sent.texts.update(zip(ids, texts, strict=True))
        self.sent.files.update(files or {})
        body = texts[0] if len(texts) == 1 else b"[" + b",\n".join(texts) + b"]"
        headers = {}
        if files:
            headers = {"Content-Type": "multipart/mixed; boundary=part"}
            body = multipart(body, list(files.values()))
        if self.finished(self.connection.send("POST", "/xapi/statements", None, body, **headers)):
            self.sent.acknowledged.update(ids)

    # --- documents ---

    def merge(self) -> None:
        self._merge(self.name)

    def merge_shared(self) -> None:
        self._merge("shared")

    def _merge(self, document: str) -> None:
        key = f"{self.name}-{self.turn}"
        self.sent.merges.setdefault(document, set()).add(key)
        body = f'{{"{key}": {DIGITS}}}'.encode()
        if self.finished(self.connection.send("POST", "/xapi/activities/state", state(document), body)):
            self.sent.merged.setdefault(document, set()).add(key)

    def put(self) -> None:
        number = len(self.sent.puts)
        self.sent.puts.append(f"{self.name} {number} ".encode() * (100 + number % 7 * 300))
        parameters = state(f"{self.name} puts")
        body = self.sent.puts[number]
        answer = self.connection.send(
            "PUT", "/xapi/activities/state", parameters, body, Content_Type="text/plain"
        )
        if self.finished(answer):
            self.sent.last_put = number

    def profile(self) -> None:
        name, content = f"profile-{self.turn}", f"{{ {self.turn}: é }}".encode() * 40
        self.sent.profiles[name] = content
        parameters = {"agent": json.dumps(self.agent), "profileId": name}
        kind = {"Content-Type": "text/plain", "If-None-Match": "*"}
        if self.finished(self.connection.send("PUT", "/xapi/agents/profile", parameters, content, **kind)):
            self.sent.profiles_put.add(name)

    def finished(self, answer: Answer) -> bool:
        if answer.status in (200, 204):
            return True
        self.sent.surprises.append(answer)
        return False


def text(statement: Json) -> bytes:
    """The statement as this client writes it: not the way anybody's JSON library would."""
    return json.dumps(statement, ensure_ascii=False, indent=1).replace('"@"', DIGITS).encode()


def state(name: str) -> Json:
    agent = json.dumps({"mbox": "mailto:shared@elsewhere.example"})
    return {"activityId": ACTIVITY, "agent": agent, "stateId": name}


def multipart(statements: bytes, files: list[bytes]) -> bytes:
    parts = [b"--part\r\nContent-Type: application/json\r\n\r\n" + statements]
    for content in files:
        sha2 = hashlib.sha256(content).hexdigest()
        head = f"Content-Transfer-Encoding: binary\r\nX-Experience-API-Hash: {sha2}\r\n\r\n"
        parts.append(b"--part\r\nContent-Type: application/octet-stream\r\n" + head.encode() + content)
    return b"\r\n".join([*parts, b"--part--\r\n"])
