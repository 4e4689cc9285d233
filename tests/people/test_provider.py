"""OpenID Connect with a real provider: a process of its own, the whole way there and back over HTTP."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from oidc_provider_mock import run_server_in_thread
from sqlalchemy import func, select

from near_learn import Settings, create_app
from near_learn.config import SettingsError
from near_learn.db import db, writing
from near_learn.people import identity
from near_learn.people.commands import person as person_command
from near_learn.people.person import by_email, set_active
from near_learn.sign_in import provider
from tests.people.test_second_factor import code, switched_on
from tests.test_wheel import free_port

EMAIL = "ane@navarra.example"
SUBJECT = "ane-1"
BACK = "/sign-in/provider/back"


@dataclass
class Provider:
    """The provider, as its people use it."""

    url: str

    def person(self, subject: str = SUBJECT, **claims: object) -> None:
        """Somebody who can sign in there."""
        said = {"email": EMAIL, "email_verified": True, "name": "Ane Etxeberria", **claims}
        said = {name: value for name, value in said.items() if value is not None}
        answer = requests.put(f"{self.url}/users/{quote(subject)}", json=said, timeout=5)
        assert answer.status_code == 204, answer.text

    def agree(self, address: str, subject: str = SUBJECT, **form: str) -> str:
        """Signs in there; the path and query to which the browser is sent back."""
        answer = requests.post(address, data={"sub": subject, **form}, allow_redirects=False, timeout=5)
        assert answer.status_code == 302, answer.text
        parts = urlsplit(answer.headers["Location"])
        assert (parts.scheme, parts.netloc, parts.path) == ("http", "127.0.0.1:8000", BACK)
        return f"{parts.path}?{parts.query}"


@pytest.fixture(scope="module")
def there() -> Iterator[Provider]:
    """A provider in a process of its own."""
    port = free_port()
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce", "true"]
    process = subprocess.Popen(command, env={**os.environ, "NO_COLOR": "1"}, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                requests.get(f"{url}/.well-known/openid-configuration", timeout=1)
                break
            except requests.ConnectionError:
                time.sleep(0.1)
        yield Provider(url)
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def settings(settings: Settings, there: Provider) -> Settings:
    return replace(
        settings,
        oidc_issuer=there.url,
        oidc_client_id="near",
        oidc_client_secret="a secret of the provider",
        oidc_label="Gobierno de Navarra",
    )


def begin(client: FlaskClient, wanted: str = "") -> str:
    """The address at the provider to which the button leads."""
    answer = client.get("/sign-in/provider", query_string={"next": wanted} if wanted else {})
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def walk(app: Flask, there: Provider, subject: str = SUBJECT, wanted: str = ""):  # type: ignore[no-untyped-def]
    """A browser that has gone there and back, and the answer it got at the end."""
    client = app.test_client()
    return client, client.get(there.agree(begin(client, wanted), subject))


def links(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(identity.table)) or 0


def test_the_whole_way(app: Flask, make_person, there: Provider) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL, password_hash=None)
    there.person()
    client = app.test_client()
    assert "Sign in with Gobierno de Navarra" in client.get("/sign-in").text
    address = begin(client, "/account?from=here")
    asked = parse_qs(urlsplit(address).query)
    assert address.startswith(f"{there.url}/oauth2/authorize?")
    assert asked["response_type"] == ["code"]
    assert asked["redirect_uri"] == [f"http://127.0.0.1:8000{BACK}"]
    assert asked["code_challenge_method"] == ["S256"]
    assert set(asked["scope"][0].split()) == {"openid", "email", "profile"}
    assert all(len(asked[name][0]) >= 20 for name in ("state", "nonce", "code_challenge"))
    back = there.agree(address)
    answer = client.get(back)
    assert (answer.status_code, answer.location) == (302, "/account?from=here")
    assert "You also sign in with Gobierno de Navarra." in client.get("/account").text
    with client.session_transaction() as session:
        assert not [key for key in session if "provider" in key]
    # The same way once more: a code and a state are good once.
    assert app.test_client().get(back).status_code == 400
    assert links(app) == 1


def test_the_link_stays_when_the_address_changes(app: Flask, make_person, there: Provider) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL)
    there.person()
    walk(app, there)
    there.person(email="ane.new@navarra.example", email_verified=False)
    client, answer = walk(app, there)
    assert answer.status_code == 302
    assert EMAIL in client.get("/account").text


@pytest.mark.parametrize("claims", [{"email_verified": False}, {"email_verified": None}, {"email": None}])
def test_an_address_that_is_not_verified_is_never_linked(
    app: Flask, make_person, there: Provider, claims: dict[str, object]
) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL)
    there.person("unverified", **claims)
    client, answer = walk(app, there, "unverified")
    assert answer.status_code == 403
    assert "Your e-mail address is not confirmed" in answer.text
    assert (links(app), client.get("/account").status_code) == (0, 302)


def test_unknown_people_are_refused(app: Flask, there: Provider) -> None:
    there.person("eve", email="eve@navarra.example")
    _, answer = walk(app, there, "eve")
    assert (answer.status_code, links(app)) == (403, 0)
    assert "Nobody here has your e-mail address" in answer.text
    with app.app_context():
        assert by_email("eve@navarra.example") is None


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({}, "Ane Etxeberria"),
        ({"name": None, "given_name": "Eve", "family_name": "Ibarra"}, "Eve Ibarra"),
        ({"name": ""}, "new"),
        ({"name": "x" * 900}, "x" * 200),
    ],
)
def test_unknown_people_become_professionals_where_the_settings_say_so(
    settings: Settings, there: Provider, claims: dict[str, object], name: str
) -> None:
    app = create_app(replace(settings, oidc_new_people="ES220"))
    there.person("new", email="New@Navarra.example", **claims)
    client, answer = walk(app, there, "new")
    assert (answer.status_code, answer.location) == (302, "/")
    assert client.get("/account").status_code == 200
    with app.app_context():
        person = by_email("new@navarra.example")
        assert person is not None
        assert (person.name, person.role, person.region) == (name, "professional", "ES220")
        assert person.password_hash is None


def test_who_was_erased_here_comes_back_only_when_let_in_again(
    settings: Settings, there: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("near_learn.people.person.tombstone.erased", lambda *_: True)
    app = create_app(replace(settings, oidc_new_people="ES220"))
    there.person("new", email="new@navarra.example")
    assert walk(app, there, "new")[1].status_code == 403
    assert links(app) == 0


def test_a_region_that_does_not_exist_makes_nobody(settings: Settings, there: Provider) -> None:
    app = create_app(replace(settings, oidc_new_people="XX99"))
    there.person("new", email="new@navarra.example")
    assert walk(app, there, "new")[1].status_code == 403


def test_somebody_else_with_the_same_address_is_refused(app: Flask, make_person, there: Provider) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL)
    there.person()
    walk(app, there)
    there.person("successor")
    _, answer = walk(app, there, "successor")
    assert (answer.status_code, links(app)) == (403, 1)
    assert "belongs to another identity" in answer.text
    cut = app.test_cli_runner().invoke(person_command, ["unlink", "--email", EMAIL])
    assert cut.output == "The link is cut.\n"
    assert walk(app, there, "successor")[1].status_code == 302


def test_who_is_kept_out_here_stays_out(app: Flask, make_person, there: Provider) -> None:  # type: ignore[no-untyped-def]
    person = make_person(EMAIL)
    there.person()
    with app.app_context(), writing() as connection:
        set_active(connection, person.id, active=False)
    _, answer = walk(app, there)
    assert (answer.status_code, links(app)) == (403, 0)
    assert "You cannot sign in here at present" in answer.text


def test_a_second_factor_is_asked_for_unless_the_provider_did(
    app: Flask, make_person, sign_in, there: Provider
) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL)
    phone, _ = switched_on(sign_in(EMAIL))
    there.person()
    client, answer = walk(app, there, wanted="/account")
    assert (answer.location, client.get("/account").status_code) == ("/sign-in/code", 302)
    assert client.post("/sign-in/code", data={"code": code(phone)}).location == "/account"
    there.person(amr=["pwd", "mfa"])
    assert walk(app, there, wanted="/account")[1].location == "/account"


def test_a_state_of_another_journey_is_refused(app: Flask, make_person, there: Provider) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL)
    there.person()
    client, stranger = app.test_client(), app.test_client()
    back = there.agree(begin(stranger))
    begin(client)
    for path in (back, back.replace("state=", "state=x"), BACK, f"{BACK}?code=x&state=y", f"{BACK}?state="):
        answer = client.get(path)
        assert (answer.status_code, "Begin once more" in answer.text) == (400, True), path
    assert client.get("/account").status_code == 302
    assert links(app) == 0


def test_a_journey_that_lasted_too_long_is_refused(app: Flask, make_person, there: Provider) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL)
    there.person()
    client = app.test_client()
    back = there.agree(begin(client))
    with client.session_transaction() as session:
        key = next(key for key in session if key.startswith("_state_"))
        session[key] = {**session[key], "exp": time.time() - 1}
    assert client.get(back).status_code == 400
    assert links(app) == 0


def test_a_nonce_of_another_journey_is_refused(app: Flask, make_person, there: Provider) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL)
    there.person()
    client = app.test_client()
    back = there.agree(begin(client))
    with client.session_transaction() as session:
        key = next(key for key in session if key.startswith("_state_"))
        session[key] = {**session[key], "data": {**session[key]["data"], "nonce": "another"}}
    assert client.get(back).status_code == 502
    assert (links(app), client.get("/account").status_code) == (0, 302)


def test_who_says_no_there_is_told_so(app: Flask, there: Provider) -> None:
    client = app.test_client()
    answer = client.get(there.agree(begin(client), action="deny"))
    assert (answer.status_code, "You did not sign in" in answer.text) == (400, True)


def test_a_token_that_has_expired_or_is_for_others_is_refused(
    settings: Settings, make_person, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    make_person(EMAIL)
    with run_server_in_thread(access_token_max_age=timedelta(seconds=-600)) as server:
        old = Provider(f"http://localhost:{server.server_port}")
        late = create_app(replace(settings, oidc_issuer=old.url))
        old.person()
        assert walk(late, old)[1].status_code == 502
    assert links(app) == 0


@pytest.mark.parametrize("path", ["", "/elsewhere"])
def test_a_provider_that_is_down_or_another_one(
    settings: Settings, there: Provider, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    issuer = there.url + path if path else f"http://127.0.0.1:{free_port()}"
    client = create_app(replace(settings, oidc_issuer=issuer)).test_client()
    for address in ("/sign-in/provider?next=/account", f"{BACK}?code=x&state=y"):
        answer = client.get(address)
        assert answer.status_code == 502
        assert "does not answer as it should" in answer.text
    assert client.get("/sign-in").status_code == 200


def test_a_provider_that_goes_down_on_the_way(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    with run_server_in_thread() as server:
        short = Provider(f"http://localhost:{server.server_port}")
        client = create_app(replace(settings, oidc_issuer=short.url)).test_client()
        short.person()
        back = short.agree(begin(client))
    assert client.get(back).status_code == 502


def test_names_addresses_and_codes_stay_out_of_the_log(
    app: Flask, make_person, there: Provider, caplog: pytest.LogCaptureFixture
) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL)
    there.person()
    client = app.test_client()
    with caplog.at_level("INFO"):
        back = there.agree(begin(client))
        client.get(back)
        client.get(back)
    secret = parse_qs(urlsplit(back).query)["code"][0]
    for text in (EMAIL, "Etxeberria", SUBJECT, secret):
        assert text not in caplog.text


class TestOnly:
    """Where the settings say so, who has come by the provider needs and has no other way."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, oidc_only=True)

    def test_a_password_is_no_way_in_any_more(
        self, app: Flask, make_person, sign_in, there: Provider
    ) -> None:  # type: ignore[no-untyped-def]
        make_person(EMAIL)
        sign_in(EMAIL)
        there.person()
        client, _ = walk(app, there)
        page = client.get("/account").text
        assert "and need no password here" in page
        assert 'id="current"' not in page
        given = {"email": EMAIL, "password": "a short sentence about rain"}
        answer = app.test_client().post("/sign-in", data=given)
        assert (answer.status_code, "Please sign in with Gobierno de Navarra." in answer.text) == (422, True)
        wrong = app.test_client().post("/sign-in", data={**given, "password": "wrong"})
        assert "Please sign in with" not in wrong.text
        change = {"current": given["password"], "new": "x" * 12, "again": "x" * 12}
        assert client.post("/account/password", data=change).status_code == 400


def test_without_a_provider_there_is_none(settings: Settings) -> None:
    client = create_app(replace(settings, oidc_issuer="")).test_client()
    assert "/sign-in/provider" not in client.get("/sign-in").text
    assert client.get("/sign-in/provider").status_code == 404
    assert client.get(BACK).status_code == 404


def test_who_is_signed_in_stays_so(make_person, sign_in) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL)
    assert sign_in(EMAIL).get("/sign-in/provider?next=/account").location == "/account"
    assert sign_in(EMAIL).get("/sign-in/provider?next=//evil.example").location == "/"


def test_begun_journeys_do_not_fill_the_cookie(app: Flask) -> None:
    client = app.test_client()
    for _ in range(12):
        begin(client)
    with client.session_transaction() as session:
        assert len([key for key in session if key.startswith(provider.JOURNEY)]) == provider.MOST_JOURNEYS


def test_settings_that_cannot_work(settings: Settings) -> None:
    for wrong, name in (
        ({"oidc_issuer": "http://provider.example"}, "OIDC_ISSUER"),
        ({"oidc_issuer": "provider.example"}, "OIDC_ISSUER"),
        ({"oidc_client_id": ""}, "OIDC_CLIENT_ID"),
    ):
        with pytest.raises(SettingsError, match=name):
            replace(settings, **wrong).check()
