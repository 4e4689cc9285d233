"""Properties of a real store: what is valid comes back as it was and is found by what it matches, no more."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conformance.client import AUTHORITY, Client
from tests.xapi import matching
from tests.xapi.strategies import examples, identifiers, mutated, statements, versions
from xapi.grammar import instant
from xapi.lrs import LRS
from xapi.sql import sqlite
from xapi.sql.tables import create, metadata
from xapi.versions import Version

Json = dict[str, Any]

shared = settings(examples, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])

NUMBER = "https://digits.example/number"
numbers = st.from_regex(r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,2})?", fullmatch=True)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Engine]:
    made = sa.create_engine(f"sqlite:///{tmp_path_factory.mktemp('properties') / 'store.sqlite'}")
    sqlite.configure(made, synchronous="NORMAL")
    create(made)
    yield made
    made.dispose()


def emptied(engine: sa.Engine) -> LRS:
    """A store with nothing in it, for one example."""
    with engine.begin() as connection:
        for table in metadata.sorted_tables:
            connection.execute(sa.delete(table))
    return LRS(engine)


# --- coming back -------------------------------------------------------------------------------------


@shared
@given(st.data(), versions, numbers)
def test_a_valid_statement_comes_back_as_it_was_digits_included(
    engine: sa.Engine, data: st.DataObject, version: Version, number: str
) -> None:
    sent = data.draw(statements(version, assigned=True))
    sent.setdefault("result", {}).setdefault("extensions", {})[NUMBER] = "@@"
    text = json.dumps(
        sent, ensure_ascii=data.draw(st.booleans()), indent=data.draw(st.sampled_from([None, 1]))
    )
    text = text.replace('"@@"', number)
    client = Client(emptied(engine), version=version.answer)
    answer = client.post(text.encode(), **{"Content-Type": "application/json"})
    assert answer.status == 200, answer.body
    (statement_id,) = answer.json
    found = client.get(statementId=statement_id)
    assert found.status == 200
    kept = digits(found.body)
    wanted = in_lists(digits(text.encode()))
    for name in ("stored", "authority"):
        wanted.pop(name, None)
    given_by_store = {"id", "stored", "authority", "timestamp", "version"} - wanted.keys()
    assert kept.keys() == wanted.keys() | given_by_store
    if "timestamp" not in wanted:
        kept.pop("timestamp")
    assert times(kept) == times(wanted)
    assert {name: kept[name] for name in wanted} == wanted
    assert kept["authority"] == AUTHORITY


def digits(text: bytes) -> Json:
    """The value, with each number as (its digits,), so that 1.0 is neither 1 nor 1.00."""
    value: Json = json.loads(text, parse_int=lambda found: (found,), parse_float=lambda found: (found,))
    return value


def in_lists(statement: Json) -> Json:
    """As it must be returned: single context activities in lists (1.0.3 Part 2, 2.4.6.2)."""
    statement = copy.deepcopy(statement)
    for part in (statement, statement["object"]):
        by_role = part.get("context", {}).get("contextActivities", {})
        for role, listed in by_role.items():
            by_role[role] = listed if isinstance(listed, list) else [listed]
    return statement


def times(statement: Json) -> list[datetime | None]:
    """Takes the timestamps out, which 2.0 lets a store write in UTC (4.2.7): a time is a point in time."""
    found = [part.pop("timestamp", None) for part in (statement, statement["object"])]
    return [None if one is None else instant(one) for one in found]


# --- being found -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Filter:
    """A query parameter and what it must find."""

    parameters: Json
    matches: matching.Matches


@st.composite
def related_statements(draw: st.DrawFn) -> list[tuple[Version, Json]]:
    """Statements of both versions that mention each other's people and things in other roles."""
    made: list[tuple[Version, Json]] = []
    for number in range(draw(st.integers(2, 5))):
        version = draw(versions)
        one = draw(statements(version))
        one["id"] = str(UUID(int=number + 1, version=4))
        if made:
            mix(draw, one, draw(st.sampled_from(made))[1])
        made.append((version, one))
    return draw(st.permutations(made))


def mix(draw: st.DrawFn, one: Json, other: Json) -> None:
    """Puts some of what the other mentions into this one."""
    context = one.setdefault("context", {})
    person = draw(st.sampled_from(list(matching.related_actors(other))))
    thing = draw(st.sampled_from([*matching.related_activities(other), "https://nobody.example/"]))
    for way in draw(st.sets(st.sampled_from(WAYS), max_size=4)):
        match way:
            case "actor":
                one["actor"] = person
            case "instructor":
                context["instructor"] = person
            case "member":
                member = {
                    name: value for name, value in person.items() if name not in ("member", "objectType")
                }
                if member.keys() - {"name"}:
                    context["team"] = {"objectType": "Group", "member": [member]}
            case "verb":
                one["verb"] = other["verb"]
            case "registration" if "registration" in other.get("context", {}):
                context["registration"] = other["context"]["registration"].swapcase()
            case "parent":
                context["contextActivities"] = {"parent": {"id": thing}}
            case "reference":
                one["object"] = {"objectType": "StatementRef", "id": other["id"].upper()}
                context.pop("revision", None)
                context.pop("platform", None)
            case "object" if one["object"].get("objectType", "Activity") == "Activity":
                one["object"] = {"id": thing}


IDENTIFIERS = ("mbox", "mbox_sha1sum", "openid", "account")
WAYS = ("actor", "instructor", "member", "verb", "registration", "parent", "reference", "object")


def filters(kept: list[Json]) -> Iterator[Filter]:
    """Each filter that at least one of the statements matches."""
    for one in kept:
        yield Filter({"verb": one["verb"]["id"]}, matching.by_verb(one["verb"]["id"]))
        registration = one.get("context", {}).get("registration")
        if registration is not None:
            yield Filter({"registration": registration}, matching.by_registration(registration))
        for person in people(one):
            for related in (False, True):
                parameters = {"agent": person, "related_agents": related}
                yield Filter(parameters, matching.by_agent(person, related=related))
        for thing in set(matching.related_activities(one)):
            for related in (False, True):
                parameters = {"activity": thing, "related_activities": related}
                yield Filter(parameters, matching.by_activity(thing, related=related))


def people(statement: Json) -> list[Json]:
    """Everybody with an identifier, as a query names them."""
    found = []
    for actor in matching.related_actors(statement):
        for one in (actor, *actor.get("member", ())):
            # A query may also ask for an identified Group; the type must not change what is found.
            kind = {"objectType": "Group"} if "member" in one else {}
            if identifier := {name: one[name] for name in IDENTIFIERS if name in one}:
                found.append(kind | identifier)
    return found


@shared
@given(st.data(), related_statements())
def test_a_statement_is_found_by_what_it_matches_and_by_nothing_else(
    engine: sa.Engine, data: st.DataObject, sent: list[tuple[Version, Json]]
) -> None:
    lrs = emptied(engine)
    for version, one in sent:
        answer = Client(lrs, version=version.answer).post(one)
        assert answer.status == 200, answer.body
    client = Client(lrs, version=data.draw(versions).answer)
    kept = client.get(ascending=True).json["statements"]
    stored = {one["id"].lower(): one for one in kept}
    assert list(stored) == [one["id"].lower() for _, one in sent]
    known = list(filters(kept))
    nobody = data.draw(identifiers)
    known.append(Filter({"agent": nobody}, matching.by_agent(nobody, related=False)))
    since, until = sorted(data.draw(st.tuples(*[st.sampled_from([one["stored"] for one in kept])] * 2)))
    for one in data.draw(st.permutations(known))[:12]:
        matching_ids = [
            name for name, each in stored.items() if matching.through_references(one.matches, each, stored)
        ]
        assert found(client, one.parameters) == matching_ids, one.parameters
        # Times are those of the statement itself, whatever it refers to: after `since`, not after `until`.
        timed = [name for name in matching_ids if since < stored[name]["stored"] <= until]
        assert found(client, {**one.parameters, "since": since, "until": until}) == timed
    first, second = data.draw(st.tuples(*[st.sampled_from(known)] * 2))
    if not first.parameters.keys() & second.parameters.keys():
        both = [
            name
            for name, each in stored.items()
            if matching.through_references(first.matches, each, stored)
            and matching.through_references(second.matches, each, stored)
        ]
        assert found(client, {**first.parameters, **second.parameters}) == both


def found(client: Client, parameters: Json) -> list[str]:
    """The ids in stored order, two to a page, so that paging is part of it."""
    ids = [one.lower() for one in client.found(**parameters, ascending=True, limit="2")]
    assert [one.lower() for one in client.found(**parameters)] == ids[::-1]
    return ids


FORMS = ("exact", "ids", "canonical")

# --- being refused -----------------------------------------------------------------------------------


@shared
@given(st.data(), versions)
def test_a_mutated_statement_is_stored_or_refused_with_a_4xx_and_then_leaves_nothing(
    engine: sa.Engine, data: st.DataObject, version: Version
) -> None:
    lrs = emptied(engine)
    client = Client(lrs, version=version.answer)
    good, broken = data.draw(statements(version)), data.draw(mutated(statements(version, assigned=True)))
    good["id"] = "00000000-0000-4000-8000-000000000001"
    way = data.draw(st.sampled_from(["alone", "batch", "put"]))
    body = json.dumps([good, broken] if way == "batch" else broken, ensure_ascii=False)
    kind = {"Content-Type": "application/json"}
    if way == "put":
        address = {"statementId": str(broken.get("id", good["id"]))}
        answer = client.send("PUT", "/statements", address, body=body.encode(), headers=kind)
    else:
        answer = client.post(body.encode(), **kind)
    wanted = {"alone": 1, "batch": 2, "put": 1}[way]
    if answer.status in (200, 204):
        kept = [one for form in FORMS for one in client.get(format=form).json["statements"]]
        voiding = [one for one in kept if one["verb"]["id"].endswith("/voided")]
        assert len(kept) == wanted * len(FORMS) or voiding
    else:
        assert 400 <= answer.status < 500
        assert answer.json["error"]
        for table in metadata.sorted_tables:
            with lrs.reading() as connection:
                assert connection.scalar(sa.select(sa.func.count()).select_from(table)) == 0, table.name
