"""The second factor: switched on with an app, asked for at the sign-in, each code good once, ways out."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import UTC, datetime

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from near_learn import Settings, create_app
from near_learn.config import SettingsError
from near_learn.db import db, writing
from near_learn.people import second_factor
from near_learn.people.commands import person as person_command
from near_learn.people.person import Person, set_password
from near_learn.people.role import Role
from near_learn.people.second_factor import PERIOD
from near_learn.sign_in.limits import WRONG_CODES

EMAIL = "ane@navarra.example"
PASSWORD = "a short sentence about rain"
PAGE = "/account/second-factor"


def shown(browser: FlaskClient) -> pyotp.TOTP:
    """The app that has scanned what the page shows."""
    page = browser.get(PAGE).text
    secret = re.search(r"<code>([A-Z2-7 ]{39})</code>", page)
    assert secret, page
    assert "<svg" in page
    return pyotp.TOTP(secret[1].replace(" ", ""))


def code(app: pyotp.TOTP, steps: int = 0) -> str:
    """What the app shows, or has shown or will show so many steps away."""
    return app.at(int(time.time()) + steps * PERIOD)


def switched_on(browser: FlaskClient) -> tuple[pyotp.TOTP, list[str]]:
    """The app and the recovery codes, after switching on with the code before this one."""
    app = shown(browser)
    answer = browser.post(PAGE, data={"code": code(app, -1)})
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return app, re.findall(r"<li><code>([a-z0-9-]{14})</code></li>", answer.text)


def enter(app: Flask, password: str = PASSWORD) -> FlaskClient:
    """A browser with the password given."""
    browser = app.test_client()
    answer = browser.post("/sign-in", data={"email": EMAIL, "password": password, "next": "/account"})
    assert (answer.status_code, answer.location) == (302, "/sign-in/code")
    return browser


@pytest.fixture
def ane(make_person):  # type: ignore[no-untyped-def]
    return make_person(EMAIL)


def test_switching_on_and_signing_in(app: Flask, ane, sign_in) -> None:  # type: ignore[no-untyped-def]
    here = sign_in(EMAIL)
    phone, recovery = switched_on(here)
    assert len(set(recovery)) == 10
    assert "A code of your app is asked for" in here.get("/account").text
    browser = enter(app)
    assert browser.get("/account").status_code == 302, "half way is not in"
    wrong = browser.post("/sign-in/code", data={"code": "000000"})
    assert (wrong.status_code, "does not hold" in wrong.text) == (422, True)
    answer = browser.post("/sign-in/code", data={"code": f" {code(phone)[:3]} {code(phone)[3:]} "})
    assert (answer.status_code, answer.location) == (302, "/account")
    assert browser.get("/account").status_code == 200


def test_a_code_is_good_once_and_none_before_it(app: Flask, ane, sign_in) -> None:  # type: ignore[no-untyped-def]
    phone, _ = switched_on(sign_in(EMAIL))
    now = code(phone)
    assert enter(app).post("/sign-in/code", data={"code": now}).status_code == 302
    for used in (now, code(phone, -1)):
        assert enter(app).post("/sign-in/code", data={"code": used}).status_code == 422
    assert enter(app).post("/sign-in/code", data={"code": code(phone, 1)}).status_code == 302


def test_a_recovery_code_is_good_once(app: Flask, ane, sign_in) -> None:  # type: ignore[no-untyped-def]
    _, recovery = switched_on(sign_in(EMAIL))
    typed = recovery[0].upper().replace("-", " ")
    assert enter(app).post("/sign-in/code", data={"code": typed}).status_code == 302
    assert enter(app).post("/sign-in/code", data={"code": typed}).status_code == 422
    for each in recovery[1:8]:
        browser = enter(app)
        browser.post("/sign-in/code", data={"code": each})
    assert "You have 2 recovery codes left." in browser.get("/account").text


def test_the_database_and_the_cookie_hold_no_secret(app: Flask, ane, sign_in) -> None:  # type: ignore[no-untyped-def]
    browser = sign_in(EMAIL)
    phone = shown(browser)
    with browser.session_transaction() as session:
        assert phone.secret not in str(dict(session))
    phone, recovery = switched_on(browser)
    with app.app_context():
        rows = [
            *db.session.execute(select(second_factor.table)),
            *db.session.execute(select(second_factor.codes)),
        ]
    for secret in (phone.secret, recovery[0], recovery[0].replace("-", "")):
        assert secret not in str(rows)


@pytest.mark.parametrize("entered", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "x" * 50])
def test_what_is_no_code_switches_nothing_on(app: Flask, ane, sign_in, entered: str) -> None:  # type: ignore[no-untyped-def]
    browser = sign_in(EMAIL)
    first = shown(browser)
    assert browser.post(PAGE, data={"code": entered}).status_code == 422
    assert shown(browser).secret == first.secret, "who scanned it need not scan again"
    with app.app_context():
        assert second_factor.state(db.session.connection(), ane.id) is None


def test_the_secret_that_one_person_saw_is_not_the_next_one_s(app: Flask, ane, make_person, sign_in) -> None:  # type: ignore[no-untyped-def]
    make_person("pia@lahti.example")
    hers, theirs = sign_in(EMAIL), sign_in("pia@lahti.example")
    seen = shown(hers)
    with hers.session_transaction() as session:
        kept = session["factor"]
    with theirs.session_transaction() as session:
        session["factor"] = kept
    assert shown(theirs).secret != seen.secret


def test_wrong_codes_are_limited(settings: Settings, ane, app: Flask, sign_in) -> None:  # type: ignore[no-untyped-def]
    phone, _ = switched_on(sign_in(EMAIL))
    limited = create_app(settings)
    limited.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    allowed = int(WRONG_CODES.split()[0])
    for _ in range(allowed):
        assert enter(limited).post("/sign-in/code", data={"code": "000000"}).status_code == 422
    assert enter(limited).post("/sign-in/code", data={"code": code(phone)}).status_code == 429


def test_half_way_ends_with_time_and_with_another_password(app: Flask, ane, sign_in) -> None:  # type: ignore[no-untyped-def]
    phone, _ = switched_on(sign_in(EMAIL))
    assert app.test_client().get("/sign-in/code").location == "/sign-in"
    late = enter(app)
    with late.session_transaction() as session:
        session["half_way"] = {**session["half_way"], "at": int(time.time()) - 601}
    assert late.post("/sign-in/code", data={"code": code(phone)}).location == "/sign-in"
    changed = enter(app)
    with app.app_context(), writing() as connection:
        set_password(connection, ane.id, "another hash")
    assert changed.post("/sign-in/code", data={"code": code(phone)}).location == "/sign-in"


def test_switching_off_asks_for_the_password(app: Flask, ane, sign_in) -> None:  # type: ignore[no-untyped-def]
    browser = sign_in(EMAIL)
    switched_on(browser)
    assert browser.post(f"{PAGE}/off", data={"off-proof": "wrong"}).status_code == 422
    assert enter(app)
    assert browser.post(f"{PAGE}/off", data={"off-proof": PASSWORD}).location == "/account"
    assert sign_in(EMAIL).get("/account").status_code == 200
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(second_factor.codes)) == 0


def test_new_recovery_codes_replace_the_old(app: Flask, ane, sign_in) -> None:  # type: ignore[no-untyped-def]
    browser = sign_in(EMAIL)
    _, before = switched_on(browser)
    path = f"{PAGE}/recovery-codes"
    assert browser.post(path, data={"renew-proof": "wrong"}).status_code == 422
    after = re.findall(
        r"<li><code>([a-z0-9-]{14})</code></li>", browser.post(path, data={"renew-proof": PASSWORD}).text
    )
    assert len(after) == 10
    assert enter(app).post("/sign-in/code", data={"code": before[0]}).status_code == 422
    assert enter(app).post("/sign-in/code", data={"code": after[0]}).status_code == 302


def test_who_has_no_password_here_gives_a_code(app: Flask, ane, sign_in) -> None:  # type: ignore[no-untyped-def]
    browser = sign_in(EMAIL)
    phone, _ = switched_on(browser)
    with app.app_context(), writing() as connection:
        connection.execute(second_factor.table.update().values(last_step=0))
        connection.execute(update(Person).values(password_hash=None))
    assert "Code of your app" in browser.get(PAGE).text
    assert browser.post(f"{PAGE}/off", data={"off-proof": "000000"}).status_code == 422
    assert browser.post(f"{PAGE}/off", data={"off-proof": code(phone)}).location == "/account"


def test_the_operator_can_switch_it_off(app: Flask, ane, sign_in) -> None:  # type: ignore[no-untyped-def]
    browser = sign_in(EMAIL)
    switched_on(browser)
    answer = app.test_cli_runner().invoke(person_command, ["second-factor-off", "--email", EMAIL])
    assert answer.output == "The second factor is off; the password is as it was.\n"
    assert browser.get("/account").status_code == 302
    assert sign_in(EMAIL).get("/account").status_code == 200


def test_another_secret_key_lets_nobody_in_and_is_no_500(
    app: Flask, ane, sign_in, settings: Settings
) -> None:  # type: ignore[no-untyped-def]
    phone, recovery = switched_on(sign_in(EMAIL))
    other = create_app(replace(settings, secret_key="another-secret-key-0123456789"))
    other.config.update(TESTING=True, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    for entered in (code(phone), recovery[0]):
        assert enter(other).post("/sign-in/code", data={"code": entered}).status_code == 422
    renewed = replace(
        settings, secret_key="another-secret-key-0123456789", earlier_secret_keys=settings.secret_key
    )
    both = create_app(renewed)
    both.config.update(TESTING=True, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    for entered in (code(phone), recovery[0]):
        assert enter(both).post("/sign-in/code", data={"code": entered}).status_code == 302


class TestDemanded:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, second_factor="manager, operator")

    @pytest.mark.parametrize("role", [Role.MANAGER, Role.OPERATOR])
    def test_these_roles_set_it_up_before_they_go_on(
        self, app: Flask, make_person, sign_in, role: Role
    ) -> None:  # type: ignore[no-untyped-def]
        make_person(EMAIL, role)
        browser = sign_in(EMAIL)
        for path in ("/account", "/reports/", "/"):
            assert browser.get(path).location == PAGE
        assert browser.post("/account/sign-out-everywhere").location == PAGE
        assert "Needed in your role" in browser.get(PAGE).text
        assert browser.get("/healthz").status_code == 200
        switched_on(browser)
        assert browser.get("/reports/").status_code == 200
        assert "Switch the second factor off" not in browser.get(PAGE).text
        assert browser.post(f"{PAGE}/off", data={"off-proof": PASSWORD}).location == PAGE
        assert enter(app)

    def test_others_may_go_without(self, make_person, sign_in) -> None:  # type: ignore[no-untyped-def]
        make_person(EMAIL, Role.TRAINER)
        assert sign_in(EMAIL).get("/account").status_code == 200

    def test_they_can_leave(self, make_person, sign_in) -> None:  # type: ignore[no-untyped-def]
        make_person(EMAIL, Role.MANAGER)
        assert sign_in(EMAIL).post("/sign-out").location == "/sign-in"


def test_a_role_that_does_not_exist_stops_the_server(settings: Settings) -> None:
    with pytest.raises(SettingsError, match=r"NEAR_LEARN_SECOND_FACTOR: expected roles of .* got 'boss'"):
        replace(settings, second_factor="manager,boss").check()


def test_codes_are_those_of_the_standard() -> None:
    # RFC 6238, appendix B, SHA-1, the last six of the eight digits.
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for seconds, expected in ((59, "287082"), (1111111109, "081804"), (20000000000, "353130")):
        at = datetime.fromtimestamp(seconds, UTC)
        assert second_factor.step_of(secret, expected, at) == seconds // PERIOD
        assert second_factor.step_of(secret, "000000", at) is None
