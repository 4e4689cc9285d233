"""The operator's list of credentials: no secret, four letters of the key, revoked in two steps."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from near_learn.db import writing
from near_learn.people import credential
from near_learn.people.credential import Issued


@pytest.fixture
def issued(app: Flask) -> Issued:
    with app.app_context(), writing() as connection:
        return credential.add(connection, "Moodle <b>of</b> Navarra", ["statements/read", "statements/write"])


def ask(app: Flask, key: Issued) -> int:
    """What the record store answers to this credential."""
    basic = base64.b64encode(f"{key.key}:{key.secret}".encode()).decode()
    headers = {"Authorization": f"Basic {basic}", "X-Experience-API-Version": "1.0.3"}
    return app.test_client().get("/xapi/statements", headers=headers).status_code


def test_without_any_it_says_so(operator: FlaskClient) -> None:
    assert "No other system has a key yet." in operator.get("/admin/credentials").text


def test_what_is_shown(operator: FlaskClient, issued: Issued) -> None:
    page = operator.get("/admin/credentials").text
    assert "Moodle &lt;b&gt;of&lt;/b&gt; Navarra" in page
    assert "<code>statements/read</code>, <code>statements/write</code>" in page
    assert f"<code>{issued.key[-4:]}</code>" in page
    assert issued.key not in page
    assert issued.secret not in page
    assert "no end" in page


def test_an_expired_one_is_marked(app: Flask, operator: FlaskClient) -> None:
    with app.app_context(), writing() as connection:
        credential.add(connection, "Old", ["all"], expires_at=datetime.now(UTC) - timedelta(days=1))
    assert "Expired" in operator.get("/admin/credentials").text


def test_a_revoked_credential_opens_nothing(app: Flask, operator: FlaskClient, issued: Issued) -> None:
    assert ask(app, issued) == 200
    page = operator.get("/admin/credentials").text
    action = re.search(r'action="(/admin/credentials/[^"]+/revoke)"', page)
    assert action is not None
    assert issued.key not in action[1]
    answer = operator.post(action[1], follow_redirects=True)
    assert "The credential is revoked." in answer.text
    assert "No other system has a key yet." in answer.text
    assert ask(app, issued) == 401
    assert operator.post(action[1]).status_code == 404


def test_revoking_is_never_a_link(operator: FlaskClient, issued: Issued) -> None:
    action = re.search(r'action="(/admin/credentials/[^"]+/revoke)"', operator.get("/admin/credentials").text)
    assert action is not None
    assert operator.get(action[1]).status_code == 405
