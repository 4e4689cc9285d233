"""Clients that exist, each in its own words: what they store is kept, found, paged through and remembered.

Every client runs one script of ours once, on an empty record store over a socket. The tests look at what it
tells, and compare with the statements that it was given.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from near_learn.db import db
from tests.clients.conftest import HERE, issue
from tests.conftest import LiveApp

# Client → its script and the version it is told to speak. The ADL wrapper always says 1.0.1.
CLIENTS = {
    "tincan": ("tincan_python.py", "1.0.3"),
    "tincanjs": ("tincanjs.cjs", "1.0.2"),
    "adl-xapiwrapper": ("adl.cjs", "1.0.1"),
    "@xapi/xapi 1.0.3": ("xapi.cjs", "1.0.3"),
    "@xapi/xapi 2.0": ("xapi.cjs", "2.0.0"),
}
# What a client has no function for is left out of its tale.
NO_ATTACHMENTS = {"tincan", "adl-xapiwrapper"}
NO_DELETING = {"adl-xapiwrapper"}

VERB = "http://adlnet.gov/expapi/verbs/"
PLACE = "https://elsewhere.example/activities/"
ANA, BEN = (
    {"objectType": "Agent", "account": {"homePage": "https://elsewhere.example", "name": name}}
    for name in ("ana", "ben ñ & co")
)
HERS, HIS = "3f0b5c8e-6f2a-4d53-9d0c-0a6f7f4f1a01", "8a4d9f0e-2b7c-4a36-8f52-64c1f0f0b202"


def statement(actor: dict[str, Any], verb: str, activity: str, registration: str, **context: Any) -> Any:
    return {
        "id": str(uuid4()),
        "actor": actor,
        "verb": {"id": VERB + verb, "display": {"en": verb}},
        "object": {"objectType": "Activity", "id": PLACE + activity},
        "context": {"registration": registration, **context},
        "timestamp": "2026-03-02T09:00:00.000Z",
    }


def within(activity: str) -> dict[str, Any]:
    return {"parent": [{"objectType": "Activity", "id": PLACE + activity}]}


STATEMENTS = [
    statement(ANA, "initialized", "one", HERS),
    statement(BEN, "initialized", "one", HIS),
    statement(ANA, "passed", "one", HERS),
    statement(BEN, "failed", "one", HIS),
    statement(ANA, "passed", "two", HERS, contextActivities=within("course")),
    statement(BEN, "passed", "two", HIS, contextActivities=within("course")),
    statement(ANA, "completed", "course", HERS, instructor=BEN),
]
# Filter → the query, and the numbers of the statements that it must find, newest first.
FILTERS: dict[str, tuple[dict[str, Any], list[int]]] = {
    "agent": ({"agent": BEN}, [5, 3, 1]),
    "related agents": ({"agent": BEN, "related_agents": True}, [6, 5, 3, 1]),
    "verb": ({"verb": VERB + "passed"}, [5, 4, 2]),
    "activity": ({"activity": PLACE + "course"}, [6]),
    "related activities": ({"activity": PLACE + "course", "related_activities": True}, [6, 5, 4]),
    "registration": ({"registration": HERS}, [6, 4, 2, 0]),
    "agent and verb": ({"agent": ANA, "verb": VERB + "passed"}, [4, 2]),
    "ascending": ({"ascending": True}, [0, 1, 2, 3, 4, 5, 6]),
    "nothing": ({"verb": VERB + "voided"}, []),
}
# On one line: @xapi/xapi gives its callers only the last line of a part.
ATTACHED = "Maite said: «sí», and then she left."


@dataclass(frozen=True)
class Tale:
    """What one client told, and the application it spoke to."""

    client: str
    told: dict[str, Any]
    live: LiveApp


@pytest.fixture(scope="module", params=CLIENTS)
def tale(request: pytest.FixtureRequest, serve: Callable[[], Iterator[LiveApp]]) -> Iterator[Tale]:
    script, version = CLIENTS[request.param]
    environment, program = dict(os.environ), sys.executable
    if script.endswith(".cjs"):
        modules: Path = request.getfixturevalue("node_modules")
        environment["NODE_PATH"], program = str(modules), "node"
    for live in serve():
        issued = issue(live, ["all"])
        plan = {
            "endpoint": f"{live.url}/xapi/",
            "key": issued.key,
            "secret": issued.secret,
            "version": version,
            "statements": STATEMENTS,
            "queries": {name: query for name, (query, _) in FILTERS.items()},
            "limit": 3,
            "agent": ANA,
            "activity": PLACE + "one",
            "registration": HERS,
            "attachment": {
                "statement": statement(BEN, "commented", "one", HIS),
                "described": {
                    "usageType": "https://elsewhere.example/usage/note",
                    "display": {"en": "A note"},
                    "contentType": "text/plain; charset=utf-8",
                },
                "content": ATTACHED,
            },
        }
        done = subprocess.run(
            [program, str(HERE / script)],
            input=json.dumps(plan),
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        yield Tale(request.param, json.loads(done.stdout), live)


def test_it_is_answered_with_the_ids_in_the_order_sent(tale: Tale) -> None:
    assert tale.told["sent"] == [one["id"] for one in STATEMENTS]


def test_what_it_sent_is_stored(tale: Tale) -> None:
    with tale.live.app.app_context(), db.engine.connect() as connection:
        stored = [one.statement for one in tale.live.app.extensions["lrs"].read(connection)]
    for sent, kept in zip(STATEMENTS, stored, strict=False):
        assert {name: kept[name] for name in ("id", "actor", "verb", "object")} == {
            name: sent[name] for name in ("id", "actor", "verb", "object")
        }
        assert kept["context"] == sent["context"]


def test_it_reads_one_statement(tale: Tale) -> None:
    assert tale.told["one"]["id"] == STATEMENTS[3]["id"]
    assert tale.told["one"]["actor"]["account"] == BEN["account"]


@pytest.mark.parametrize("name", FILTERS)
def test_it_finds_what_a_filter_asks_for(tale: Tale, name: str) -> None:
    assert tale.told["found"][name] == [STATEMENTS[place]["id"] for place in FILTERS[name][1]]


def test_it_finds_what_is_new(tale: Tale) -> None:
    """`since` with a `stored` as the client gives it back."""
    assert tale.told["found"]["since"] == [one["id"] for one in STATEMENTS[:3:-1]]


def test_it_pages_to_the_end(tale: Tale) -> None:
    newest_first = [one["id"] for one in STATEMENTS[::-1]]
    assert tale.told["pages"] == [newest_first[:3], newest_first[3:6], newest_first[6:]]


def test_it_remembers_in_state_documents(tale: Tale) -> None:
    found = tale.told["documents"]
    assert found["merged"] == {"page": 2, "score": 2}
    assert found["names"] == ["bookmark"]
    assert found["stale"] == 412, "with the ETag of an older document"
    if tale.client not in NO_DELETING:
        assert found["gone"] == 404


def test_it_gets_an_attachment_back(tale: Tale) -> None:
    if tale.client in NO_ATTACHMENTS:
        assert "attachment" not in tale.told
    else:
        assert tale.told["attachment"] == ATTACHED
