"""Kept exactly, or refused with a 4xx that names the place. Never changed, never a 500."""

from __future__ import annotations

import json

import pytest

from tests.conformance.client import ACTIVITY, VERB, Client, statement
from xapi.lrs import LRS, Limits

EXTENSION = "https://lms.example/x"


def post(client: Client, text: str | bytes) -> tuple[int, str]:
    body = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    answer = client.post(body, **{"Content-Type": "application/json"})
    return answer.status, "" if answer.status == 200 else answer.json["path"]


def with_extension(value: str) -> str:
    """A statement whose context has an extension with this JSON text."""
    sent = json.dumps(statement(context={"extensions": {EXTENSION: "@"}}))
    return sent.replace('"@"', value)


@pytest.mark.parametrize(
    "value",
    [
        "12345678901234567890123456789",
        "-9007199254740993",
        "0.1000000000000000055511151231257827",
        "1.10",
        "1e5",
        "1E+05",
        "-0",
        "-0.0",
        "[null, {}, [], [null]]",
        '"\\u00e9 \\ud83d\\ude42 \\/ \\b"',
        '"\u2028\u2029\ufeff\u200b"',
        '{"": 1, " ": 2, "a.b": {"$c": 3}}',
        "[" * 40 + "]" * 40,
        json.dumps("x" * 100_000),
    ],
    ids=lambda value: value[:30],
)
def test_what_is_valid_comes_back_to_the_byte(client: Client, value: str) -> None:
    text = with_extension(value)
    name = json.loads(text)["id"]
    assert post(client, text) == (200, "")
    found = client.get(statementId=name).body.decode()
    assert found.startswith(text[:-1] + ","), "the received text is followed by what the store adds"
    assert found in client.get(limit=1).body.decode()


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ("1e400", f"context.extensions[{EXTENSION!r}]"),
        ("-1e400", f"context.extensions[{EXTENSION!r}]"),
        ("NaN", f"context.extensions[{EXTENSION!r}]"),
        ("Infinity", f"context.extensions[{EXTENSION!r}]"),
        ('"\\u0000"', f"context.extensions[{EXTENSION!r}]"),
        ('"\\ud800"', f"context.extensions[{EXTENSION!r}]"),
        ('"\\udc00\\ud800"', f"context.extensions[{EXTENSION!r}]"),
        ('{"a": 1, "a": 2}', f"context.extensions[{EXTENSION!r}]"),
        ("[" * 200 + "]" * 200, ""),
        ("[" * 100_000, ""),
        ("[" * 100_000 + "]" * 100_000, ""),
        ("9" * 5000, ""),
        ("tru", ""),
        ("'x'", ""),
        ("01", ""),
        ('"\t"', ""),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_would_not_survive_is_refused(client: Client, value: str, path: str) -> None:
    status, place = post(client, with_extension(value))
    assert status == 400
    if path:
        assert EXTENSION in place
    assert client.found() == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"null",
        b"1",
        b'"x"',
        b"[1]",
        b"[[]]",
        b"[null]",
        b"{}",
        b"[{}",
        b"[{},]",
        b"{} {}",
        b"\xef\xbb\xbf{}",
        b"\xff\xfe{\x00}\x00",
        b'{"id":\xc3\x28}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
    ],
    ids=lambda body: repr(body[:12]),
)
def test_a_body_that_is_no_statement_is_refused(client: Client, body: bytes) -> None:
    assert post(client, body)[0] == 400


def test_an_empty_batch_stores_nothing(client: Client) -> None:
    answer = client.post([])
    assert (answer.status, answer.json) == (200, [])


@pytest.mark.parametrize("length", [300, 5_000, 60_000])
def test_long_iris_are_stored_found_and_told_apart(client: Client, length: int) -> None:
    one, other = (f"https://lms.example/{'a' * length}{end}" for end in "12")
    sent = statement(object={"id": one, "definition": {"name": {"en": "One"}}}, verb={"id": other})
    client.stored(sent, statement())
    assert client.found(activity=one) == [sent["id"]]
    assert client.found(activity=other) == []
    assert client.found(verb=other) == [sent["id"]]
    assert client.send("GET", "/activities", {"activityId": one}).json["definition"] == {
        "name": {"en": "One"}
    }
    state = {"activityId": one, "agent": sent["actor"], "stateId": "s" * length}
    assert client.send("PUT", "/activities/state", state, body={}).status == 204
    assert client.send("GET", "/activities/state", state).json == {}


def test_a_body_over_the_limit_is_refused(lrs: LRS) -> None:
    client = Client(LRS(lrs.engine, limits=Limits(body=1000)))
    assert client.post(statement(result={"response": "x" * 1000})).status == 413
    assert client.post(statement()).status == 200


@pytest.mark.parametrize(
    "part",
    [
        {"actor": None},
        {"verb": None},
        {"object": None},
        {"actor": {}},
        {"actor": []},
        {"verb": {"id": VERB, "display": {"not a language": "x"}}},
        {"object": {"id": ACTIVITY, "definition": {"name": "x"}}},
        {"object": {"objectType": "StatementRef", "id": "x"}},
        {"object": {"objectType": "Nothing", "id": ACTIVITY}},
        {"context": {"registration": 7}},
        {"context": {"contextActivities": {"parent": 7}}},
        {"attachments": {}},
        {"attachments": [7]},
        {"attachments": [{"sha2": []}]},
        {"timestamp": 7},
        {"timestamp": "2026-01-01T00:00:00-00:00"},
        {"result": {"duration": "P4W1D"}},
        {"version": "1.1.0"},
        {"authority": {"objectType": "Group", "member": []}},
        {"stored": 7},
        {"": 1},
    ],
    ids=str,
)
def test_a_statement_that_breaks_a_rule_is_refused_with_its_place(client: Client, part: dict) -> None:
    sent = {**statement(), **part}
    answer = client.post({name: value for name, value in sent.items() if value is not None})
    assert answer.status == 400
    assert answer.json["error"]
    assert client.found() == []
