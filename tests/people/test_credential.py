"""Credentials: shown once, hashed, scoped, expiring, rotated, bound."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from near_learn.db import db, writing
from near_learn.people import credential, password
from near_learn.people.credential import Credential, CredentialError, Issued
from near_learn.people.credential_command import credential as command
from near_learn.people.secret import Checked

ACTOR = {"account": {"homePage": "https://lms.example", "name": "ane"}}


@pytest.fixture
def add(app: Flask) -> Callable[..., Issued]:
    def made(*scopes: str, label: str = "a test", **more: Any) -> Issued:
        with app.app_context(), writing() as connection:
            return credential.add(connection, label, scopes or ("all",), **more)

    return made


@pytest.mark.parametrize("given", [{}, {"key": "short", "secret": "eight-ch"}])
def test_a_secret_is_good_for_what_was_granted_and_kept_only_as_a_hash(
    app: Flask, add: Callable[..., Issued], given: dict[str, str]
) -> None:
    issued = add("statements/write", "state", **given)
    with app.app_context():
        found = credential.verify(issued.key, issued.secret)
        assert found is not None
        assert found.scopes == {"statements/write", "state"}
        assert credential.verify(issued.key, issued.secret + "x") is None
        assert credential.verify("nobody", issued.secret) is None
        row = db.session.execute(select(*Credential.__table__.columns)).one()
        assert issued.secret not in str(row)


def test_a_credential_has_limits_of_its_own(app: Flask) -> None:
    runner = app.test_cli_runner()
    limits = ["--requests-per-minute", "90", "--most-bytes", "5000"]
    made = runner.invoke(command, ["add", "--label", "x", "--scope", "all", "--key", "k", *limits])
    assert made.exit_code == 0, made.output
    with app.app_context():
        row = db.session.execute(select(*Credential.__table__.columns)).one()
        assert (row.requests_per_minute, row.most_bytes) == (90, 5000)
        secret = next(line for line in made.output.splitlines() if line.startswith("secret: "))
        found = credential.verify("k", secret.removeprefix("secret: "))
        assert found is not None
        assert (found.requests_per_minute, found.body) == (90, 5000)


def test_the_authority_tells_neither_key_nor_label(app: Flask, add: Callable[..., Issued]) -> None:
    issued = add(label="Maite's phone")
    with app.app_context():
        found = credential.verify(issued.key, issued.secret)
    assert found is not None
    assert issued.key not in str(found.authority)
    assert "Maite" not in str(found.authority)


def test_an_expired_credential_is_no_credential(app: Flask, add: Callable[..., Issued]) -> None:
    now = datetime.now(UTC)
    old, young = add(expires_at=now - timedelta(seconds=1)), add(expires_at=now + timedelta(hours=1))
    with app.app_context():
        assert credential.verify(old.key, old.secret) is None
        assert credential.verify(young.key, young.secret) is not None


def test_rotation_leaves_the_older_secret_good_for_a_while(app: Flask, add: Callable[..., Issued]) -> None:
    first = add()
    with app.app_context():
        with writing() as connection:
            second = credential.rotate(
                connection, first.key, older_until=datetime.now(UTC) + timedelta(hours=1)
            )
        before, after = (credential.verify(one.key, one.secret) for one in (first, second))
        assert before is not None
        assert before == after, "what it stores keeps its authority"
        with writing() as connection:
            connection.execute(
                update(Credential).values(older_until=datetime.now(UTC) - timedelta(seconds=1))
            )
        assert credential.verify(first.key, first.secret) is None
        assert credential.verify(second.key, second.secret) is not None


def test_a_credential_may_be_for_one_person_and_registration(app: Flask, add: Callable[..., Issued]) -> None:
    registration = "2f0c5a0e-8d0b-4d6f-9a51-6f0f5c0f2a11"
    issued = add(actor=ACTOR, registration=registration)
    with app.app_context():
        found = credential.verify(issued.key, issued.secret)
    assert found is not None
    assert (found.actor, found.registration, found.bound) == (ACTOR, registration, True)


def test_a_removed_credential_is_gone_at_once(app: Flask, add: Callable[..., Issued]) -> None:
    issued = add(key="gone", secret="eight-ch")
    with app.app_context():
        assert credential.verify(issued.key, issued.secret) is not None
        with writing() as connection:
            assert credential.remove(connection, issued.key)
            assert not credential.remove(connection, issued.key)
        assert credential.verify(issued.key, issued.secret) is None


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"scopes": []}, "at least one scope"),
        ({"scopes": ["statements/read", "everything"]}, "unknown scope 'everything'"),
        ({"label": ""}, "label"),
        ({"label": "x" * 201}, "label"),
        ({"key": "a:b"}, "key"),
        ({"key": "Μάθηση"}, "key"),
        ({"key": "a\nb"}, "key"),
        ({"secret": "short"}, "secret"),
        ({"secret": "with\nbreak"}, "secret"),
        ({"actor": {"name": "Nobody"}}, "actor"),
        ({"key": "taken"}, "taken"),
    ],
    ids=str,
)
def test_what_cannot_work_is_refused(
    app: Flask, add: Callable[..., Issued], given: dict[str, Any], says: str
) -> None:
    add(key="taken")
    sent = {"label": "a test", "scopes": ["all"], **given}
    with app.app_context(), writing() as connection, pytest.raises(CredentialError, match=says):
        credential.add(connection, **sent)


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (f"Basic {base64.b64encode(b'key:secret').decode()}", ("key", "secret")),
        (f"basic  {base64.b64encode(b'key:se:cr:et').decode()} ", ("key", "se:cr:et")),
        (f"Basic {base64.b64encode('key:Μάθηση'.encode()).decode()}", ("key", "Μάθηση")),
        (f"Basic {base64.b64encode(b'key:').decode()}", ("key", "")),
        (None, None),
        ("", None),
        ("Basic", None),
        ("Basic ", None),
        ("Basic !!!", None),
        ("Basic a", None),
        ("Basic ééé", None),
        (f"Basic {base64.b64encode(b':').decode()}", None),
        (f"Basic {base64.b64encode(b'no colon').decode()}", None),
        (f"Basic {base64.b64encode(b'key:a').decode()}x", None),
        (f"Basic {base64.b64encode(bytes([255, 254, 58, 255])).decode()}", None),
        (f"Basic {base64.b64encode(b'k' + bytes([0]) + b':s').decode()}", None),
        (f"Bearer {base64.b64encode(b'key:secret').decode()}", None),
    ],
)
def test_basic_authorization(header: str | None, found: tuple[str, str] | None) -> None:
    assert credential.basic(header) == found


def test_many_connections_at_once_are_checked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    stored, tried = password.hashed("a good secret"), []
    real = password.matches

    def counted(*given: str) -> bool:
        tried.append(given)
        return real(*given)

    monkeypatch.setattr(password, "matches", counted)
    checked = Checked()
    with ThreadPoolExecutor(50) as pool:
        assert all(pool.map(lambda _: checked.matches(stored, "a good secret"), range(50)))
    assert len(tried) == 1


def test_guessing_is_stopped_after_some_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []
    monkeypatch.setattr(password, "matches", lambda _stored, secret: bool(tried.append(secret)))
    checked = Checked()
    assert not any(checked.matches("stored", str(number)) for number in range(200))
    assert Checked.TRIES <= len(tried) <= Checked.TRIES + 5


def test_the_command_prints_a_working_credential_once(app: Flask) -> None:
    runner = app.test_cli_runner()
    said = runner.invoke(
        command, ["add", "--label", "LMS", "--scope", "statements/write", "--scope", "state"]
    )
    assert said.exit_code == 0, said.output
    lines = dict(line.split(": ", 1) for line in said.output.splitlines() if ": " in line)
    assert re.fullmatch("[0-9a-f]{16}", lines["key"]), "a key stands on the command line"
    with app.app_context():
        found = credential.verify(lines["key"], lines["secret"])
        assert found is not None
        assert found.scopes == {"statements/write", "state"}
    assert lines["secret"] not in runner.invoke(command, ["list"]).output
    again = runner.invoke(command, ["rotate", lines["key"], "--hours", "0"])
    assert again.exit_code == 0
    with app.app_context():
        assert credential.verify(lines["key"], lines["secret"]) is None
    assert runner.invoke(command, ["remove", lines["key"]]).exit_code == 0
    assert lines["key"] not in runner.invoke(command, ["list"]).output


@pytest.mark.parametrize(
    "arguments",
    [
        ["add", "--label", "LMS"],
        ["add", "--label", "LMS", "--scope", "everything"],
        ["add", "--label", "LMS", "--scope", "all", "--secret", "x"],
        ["rotate", "nobody"],
        ["remove", "nobody"],
    ],
    ids=" ".join,
)
def test_the_command_says_what_is_wrong(app: Flask, arguments: list[str]) -> None:
    said = app.test_cli_runner().invoke(command, arguments)
    assert said.exit_code != 0
    assert "Error" in said.output
    assert "Traceback" not in said.output
