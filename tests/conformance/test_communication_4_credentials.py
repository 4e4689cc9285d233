"""Who may do what: 1.0.3 Part 3, 4.2 and 4.3, as a table of resource, verb and scope."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
import sqlalchemy as sa

from tests.conformance.client import ACTIVITY, AGENT, AUTHORITY, OTHER_AGENT, Client, statement, voiding
from xapi.lrs import LRS, Principal
from xapi.scopes import SCOPES

READ = {"all", "all/read", "statements/read", "statements/read/mine"}
WRITE = {"all", "statements/write"}
ANY = set(SCOPES)

REGISTRATION = "2f0c5a0e-8d0b-4d6f-9a51-6f0f5c0f2a11"
OTHER_REGISTRATION = "953cb8ba-94a4-4c8e-9b0d-52a5c3a1f0de"


def label(value: object) -> str:
    """The name of a parameter in a test's name, the same in every process."""
    return "+".join(sorted(value)) if isinstance(value, set | frozenset | dict) else str(value)


TABLE = [
    ("GET", "/statements", {}, READ),
    ("HEAD", "/statements", {}, READ),
    ("POST", "/statements", {}, WRITE),
    ("PUT", "/statements", {"statementId": REGISTRATION}, WRITE),
    *(
        (method, path, {**owner, name: "one"}, scopes)
        for path, owner, name, one in (
            ("/activities/state", {"activityId": ACTIVITY, "agent": AGENT}, "stateId", "state"),
            ("/activities/profile", {"activityId": ACTIVITY}, "profileId", "profile"),
            ("/agents/profile", {"agent": AGENT}, "profileId", "profile"),
        )
        for method, scopes in (
            ("GET", {"all", "all/read", one}),
            ("PUT", {"all", one}),
            ("POST", {"all", one}),
            ("DELETE", {"all", one}),
        )
    ),
    ("GET", "/activities", {"activityId": ACTIVITY}, ANY),
    ("GET", "/agents", {"agent": AGENT}, ANY),
]


def client_with(lrs: LRS, *scopes: str, **binding: Any) -> Client:
    return Client(lrs, principal=Principal(frozenset(scopes), AUTHORITY, name="scoped", **binding))


@pytest.fixture
def engine(sqlite_engine: sa.Engine) -> sa.Engine:
    """None of this depends on the database."""
    return sqlite_engine


@pytest.mark.parametrize("scope", sorted(SCOPES))
@pytest.mark.parametrize(("method", "path", "parameters", "enough"), TABLE, ids=label)
def test_4_2_a_scope_allows_what_the_table_says_and_nothing_else(
    lrs: LRS, scope: str, method: str, path: str, parameters: dict[str, Any], enough: set[str]
) -> None:
    body = (statement(id=None) if path == "/statements" else {}) if method in ("PUT", "POST") else None
    answer = client_with(lrs, scope).send(method, path, parameters, body=body, headers={"If-None-Match": "*"})
    assert (answer.status == 403) == (scope not in enough), answer.body
    if answer.status == 403 and method != "HEAD":
        assert "scope" in answer.json["error"]


@pytest.mark.parametrize(("method", "path", "parameters", "_enough"), TABLE, ids=label)
def test_4_0_nobody_and_no_scope_can_do_nothing(
    lrs: LRS, method: str, path: str, parameters: dict[str, Any], _enough: set[str]
) -> None:
    nobody = Client(lrs, principal=None).send(method, path, parameters)
    assert nobody.status == 401
    assert (nobody.header("WWW-Authenticate") or "").startswith("Basic")
    assert client_with(lrs).send(method, path, parameters).status == 403


def test_4_2_read_mine_sees_what_it_stored_and_nothing_else(lrs: LRS) -> None:
    everybody = Client(lrs)
    other = Principal(frozenset({"statements/write", "statements/read/mine"}), OTHER_AGENT)
    mine = Client(lrs, principal=other)
    (theirs,) = everybody.stored(statement())
    (own,) = mine.stored(statement())
    (about_own,) = everybody.stored(statement(object={"objectType": "StatementRef", "id": own}))
    assert mine.found() == [own]
    assert mine.found(agent=AGENT) == [own]
    assert mine.get(statementId=theirs).status == 404
    assert mine.get(statementId=about_own).status == 404
    assert everybody.found() == [about_own, own, theirs]


def test_4_2_without_define_an_activity_is_not_redefined(lrs: LRS) -> None:
    def naming(text: str) -> dict[str, Any]:
        return statement(object={"id": ACTIVITY, "definition": {"name": {"en": text}}})

    client_with(lrs, "statements/write").stored(naming("wrong"))
    client_with(lrs, "statements/write", "define").stored(naming("right"))
    client_with(lrs, "statements/write").stored(naming("wrong"))
    answer = Client(lrs).send("GET", "/activities", {"activityId": ACTIVITY})
    assert answer.json["definition"] == {"name": {"en": "right"}}


# --- credentials for one person and one registration, as a launched package gets them ---------------------

BOUND = ("statements/write", "statements/read", "state", "profile")


@pytest.fixture
def package(lrs: LRS) -> Client:
    return client_with(lrs, *BOUND, actor=AGENT, registration=REGISTRATION)


def test_a_bound_credential_stores_its_persons_statements(package: Client) -> None:
    (name,) = package.stored(statement(context={"registration": REGISTRATION.upper()}))
    assert package.found() == [name]


@pytest.mark.parametrize(
    ("sent", "path"),
    [
        (statement(actor=OTHER_AGENT, context={"registration": REGISTRATION}), "actor"),
        (statement(), "context.registration"),
        (statement(context={"registration": str(uuid.uuid4())}), "context.registration"),
        (voiding(str(uuid.uuid4()), context={"registration": REGISTRATION}), "verb.id"),
    ],
)
def test_a_bound_credential_stores_nothing_else(package: Client, sent: dict[str, Any], path: str) -> None:
    answer = package.post(sent)
    assert answer.status == 403
    assert answer.json["path"] == path


def test_a_bound_credential_reads_nothing_else(lrs: LRS, package: Client) -> None:
    everybody = Client(lrs)
    (own,) = package.stored(statement(context={"registration": REGISTRATION}))
    others = everybody.stored(
        statement(),
        statement(actor=OTHER_AGENT, context={"registration": REGISTRATION}),
        statement(object={"objectType": "StatementRef", "id": own}),
    )
    assert package.found() == [own]
    assert [package.get(statementId=name).status for name in others] == [404] * 3


@pytest.mark.parametrize(
    ("path", "parameters", "status"),
    [
        ("/activities/state", {"agent": AGENT, "registration": REGISTRATION}, 404),
        ("/activities/state", {"agent": AGENT}, 403),
        ("/activities/state", {"agent": OTHER_AGENT, "registration": REGISTRATION}, 403),
        ("/activities/state", {"agent": AGENT, "registration": OTHER_REGISTRATION}, 403),
        ("/agents/profile", {"agent": AGENT}, 404),
        ("/agents/profile", {"agent": OTHER_AGENT}, 403),
    ],
    ids=str,
)
def test_a_bound_credential_has_its_own_documents_only(
    package: Client, path: str, parameters: dict[str, Any], status: int
) -> None:
    one = {"activityId": ACTIVITY, "stateId": "one"} if "state" in path else {"profileId": "one"}
    assert package.send("GET", path, {**parameters, **one}).status == status
