"""Nothing brings an erased person back: not what is sent again, nor what is sent under another name."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from near_learn.db import db, writing
from near_learn.people import credential
from near_learn.privacy import erasure
from tests.privacy.conftest import BASE, EMAIL, World, told
from xapi.sql.tables import document

THING = "https://elsewhere.example/film"
Send = Callable[..., Any]


@pytest.fixture
def send(world: World) -> Send:
    """An outside client that speaks to the record store."""
    with writing() as connection:
        issued = credential.add(connection, "client", ["all"])
    token = base64.b64encode(f"{issued.key}:{issued.secret}".encode()).decode()
    client = world.app.test_client()

    def request(path: str, body: object = None, method: str = "POST", **query: str) -> Any:
        headers = {"Authorization": f"Basic {token}", "X-Experience-API-Version": "1.0.3"}
        data = None if body is None else json.dumps(body)
        return client.open(
            f"/xapi/{path}",
            method=method,
            headers=headers,
            data=data,
            query_string=query,
            content_type="application/json",
        )

    return request


def gone(world: World) -> None:
    with writing() as connection:
        erasure.erase(connection, world.person(world.xan), actor="")
    db.session.remove()


def actors(world: World) -> dict[str, Any]:
    return {
        "account": {"account": {"homePage": BASE, "name": world.xan}},
        "mbox": {"mbox": f"mailto:{EMAIL}"},
        "mbox in capitals": {"mbox": f"mailto:{EMAIL.upper()}"},
        "address as a name": {"account": {"homePage": "https://other.example", "name": EMAIL}},
        "digest": {"mbox_sha1sum": "d3a5a3ffd9a7ad2d6bd3d6d8dd0ac0a6c2d0d4b5"},
        "member": {"objectType": "Group", "member": [{"mbox": f"mailto:{EMAIL}"}]},
    }


def test_what_names_them_is_refused_and_the_batch_with_it(world: World, send: Send) -> None:
    from near_learn.privacy.identities import Identities

    sha1 = Identities(BASE, world.xan, EMAIL, "").sha1
    gone(world)
    before = world.texts()
    other = told({"mbox": "mailto:c@example.org"}, "liked", THING, 900)
    for number, actor in enumerate(actors(world).values()):
        if "mbox_sha1sum" in actor:
            actor = {"mbox_sha1sum": sha1.upper()}
        answer = send("statements", [other, told(actor, "liked", THING, 901 + number)])
        assert (answer.status_code, "erased" in answer.text) == (403, True), actor
        assert EMAIL not in answer.text.lower()
    helper = {"instructor": {"mbox": f"mailto:{EMAIL}"}}
    assert (
        send(
            "statements", [told({"mbox": "mailto:c@example.org"}, "liked", THING, 950, context=helper)]
        ).status_code
        == 403
    )
    about = told({"mbox": "mailto:c@example.org"}, "liked", THING, 951) | {
        "object": {"objectType": "Agent", **actors(world)["mbox"]}
    }
    assert send("statements", [about]).status_code == 403
    assert world.texts() == before
    assert send("statements", [other]).status_code == 200


def test_what_is_sent_again_is_refused_too(world: World, send: Send) -> None:
    first = next(json.loads(text) for text in world.texts() if world.xan in text)
    gone(world)
    again = {name: value for name, value in first.items() if name not in ("stored", "authority")}
    assert send("statements", [again]).status_code == 403


def test_no_document_brings_them_back(world: World, send: Send) -> None:
    agent = json.dumps({"mbox": f"mailto:{EMAIL}"})
    where = {"activityId": THING, "agent": agent, "stateId": "bookmark"}
    assert send("activities/state", {"page": 7}, "PUT", **where).status_code == 204
    assert send("agents/profile", {"size": 2}, "POST", agent=agent, profileId="look").status_code == 204
    gone(world)
    assert send("activities/state", None, "GET", **where).status_code == 404
    assert send("activities/state", {"page": 7}, "PUT", **where).status_code == 403
    assert send("agents/profile", {"size": 2}, "POST", agent=agent, profileId="look").status_code == 403


def test_queries_find_nothing_by_the_old_and_as_much_as_before_by_the_new(world: World, send: Send) -> None:
    def found(agent: dict[str, Any], **more: str) -> list[str]:
        answer = send("statements", None, "GET", agent=json.dumps(agent), limit="0", **more)
        return [one["id"] for one in json.loads(answer.data)["statements"]]

    own = actors(world)["account"]
    counted, related = len(found(own)), len(found(own, related_agents="true"))
    one = found(own)[-1]
    gone(world)
    assert found(own) == []
    new = json.loads(next(text for text in world.texts() if one in text))["actor"]
    assert new["account"]["name"] != world.xan
    assert (len(found(new)), len(found(new, related_agents="true"))) == (counted, related)


def test_a_page_that_was_open_says_so(world: World, app: Flask, sign_in: Callable[[str], Any]) -> None:
    from near_learn.privacy.tombstone import Erased

    @app.route("/late")
    def late() -> str:
        raise Erased

    answer = sign_in("bo@example.org").get("/late")
    assert (answer.status_code, "You have been erased here" in answer.text) == (403, True)


def test_documents_from_before_their_rows_said_whose_they_are_go_too(world: World, send: Send) -> None:
    agent = json.dumps(actors(world)["account"])
    where = {"activityId": f"{BASE}/courses/garden", "agent": agent, "stateId": "bookmark"}
    assert send("activities/state", {"page": 7}, "PUT", **where).status_code == 204
    with writing() as connection:
        connection.execute(sa.update(document).values(resource="", activity="", agent=""))
    gone(world)
    with db.engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(document)) == 0
