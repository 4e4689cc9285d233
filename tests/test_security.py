"""What every form proves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask, session

from near_learn import Settings, create_app
from near_learn.security import csrf_token


@pytest.fixture
def asking(settings: Settings) -> Flask:
    """An application that asks for the token, which others in tests do not."""
    return create_app(replace(settings, secret_key="a secret of at least thirty-two characters"))


@pytest.fixture
def tokens(asking: Flask) -> Iterator[dict[str, str]]:
    """The tokens of two sessions, by what the sessions hold."""
    made = {}
    for secret in ("one", "two", "one"):
        with asking.test_request_context("/"):
            session["csrf_token"] = secret
            made.setdefault(secret, csrf_token())
            assert csrf_token() == made[secret]
    return made


@pytest.mark.parametrize(
    ("of", "status"), [("one", 302), ("two", 400), ("", 400)], ids=["own", "another's", "none"]
)
def test_a_form_needs_the_token_of_its_session(
    asking: Flask, tokens: dict[str, str], of: str, status: int
) -> None:
    client = asking.test_client()
    with client.session_transaction() as cookie:
        cookie["csrf_token"] = "one"
    form = {"language": "nl", "csrf_token": tokens.get(of, "")}
    assert client.post("/language", data=form).status_code == status


def test_a_session_without_a_secret_gets_one(asking: Flask) -> None:
    with asking.test_request_context("/"):
        first = csrf_token()
        assert session["csrf_token"]
    with asking.test_request_context("/"):
        assert csrf_token() != first
