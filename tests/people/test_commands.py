"""near-learn person: what it creates, what it refuses and how it says so."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from click.testing import Result
from flask import Flask

from near_learn import Settings, create_app
from near_learn.db import db
from near_learn.people import password
from near_learn.people.commands import person
from near_learn.people.person import Person, by_email

EMAIL = "ane@navarra.example"
GOOD = {"--email": EMAIL, "--name": "Ane Etxeberria", "--role": "professional", "--region": "ES220"}

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    """Runs `near-learn person …`; options come as a mapping."""

    def run(command: str, options: dict[str, str]) -> Result:
        arguments = [part for pair in options.items() for part in pair]
        return app.test_cli_runner().invoke(person, [command, *arguments])

    return run


def stored(app: Flask, email: str = EMAIL) -> Person | None:
    with app.app_context():
        found = by_email(email)
        if found:
            db.session.expunge(found)
        return found


def test_a_person_is_created_and_the_password_printed_once(app: Flask, run: Run) -> None:
    result = run("add", GOOD)
    assert result.exit_code == 0, result.output
    printed = re.findall(r"^Password \(shown only now\): (\S+)$", result.output, re.MULTILINE)
    made = stored(app)
    assert made is not None
    assert len(printed) == 1
    assert password.matches(made.password_hash, printed[0])
    assert made.account in result.output
    assert "ES220 Navarra" in result.output
    assert (
        app.test_client().post("/sign-in", data={"email": EMAIL, "password": printed[0]}).status_code == 302
    )


def test_a_given_password_is_taken_and_not_printed(app: Flask, run: Run) -> None:
    result = run("add", GOOD | {"--password": "a short sentence about rain"})
    assert result.exit_code == 0
    assert "sentence" not in result.output
    made = stored(app)
    assert made is not None
    assert password.matches(made.password_hash, "a short sentence about rain")


@pytest.mark.parametrize("region", ["IT", "ES22", "ES2", "FI1C6"])
def test_a_region_may_be_of_any_level(app: Flask, run: Run, region: str) -> None:
    assert run("add", GOOD | {"--region": region}).exit_code == 0
    made = stored(app)
    assert made is not None
    assert made.region == region


def test_the_language_is_the_installation_s_or_chosen(app: Flask, run: Run) -> None:
    run("add", GOOD)
    run("add", GOOD | {"--email": "pia@lahti.example", "--language": "fi"})
    one, other = stored(app), stored(app, "pia@lahti.example")
    assert one is not None
    assert other is not None
    assert (one.language, other.language) == ("en", "fi")


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--email", "ane", "expected an e-mail address like name@example.org, got 'ane'"),
        ("--name", "  ", "expected a name of 1 to 200 letters"),
        ("--role", "admin", "'admin' is not one of 'professional', 'trainer', 'manager', 'operator'"),
        ("--region", "es220", "'es220' is not a region of NUTS 2024. Did you mean ES220 (Navarra)?"),
        ("--region", "Navarra", "Did you mean ES220 (Navarra)?"),
        ("--region", "Iasi", "Did you mean RO213 (Iași)?"),
        ("--region", "GR", "Did you mean EL (Greece)?"),
        (
            "--region",
            "FI1C3",
            "'FI1C3' belongs to NUTS 2021; 2024 has another code. Did you mean FI1C6 (Päijät-Häme)?",
        ),
        ("--region", "PT17", "Did you mean PT1A (Grande Lisboa) or PT1B (Península de Setúbal)?"),
        ("--region", "ITZZZ", "is not a region of NUTS 2024"),
        ("--region", "###", "Examples: ES220, ES22, ES."),
        ("--region", "", "is not a region"),
        ("--language", "de", "'de' is not one of"),
        ("--password", "short", "Use at least 10 characters."),
        ("--password", "ane etxeberria!", "Leave your name"),
    ],
)
def test_what_cannot_be_is_refused_with_the_option_s_name(
    app: Flask, run: Run, option, value, message
) -> None:  # type: ignore[no-untyped-def]
    result = run("add", GOOD | {option: value})
    assert result.exit_code == 2
    assert option in result.output
    assert message in " ".join(result.output.split())
    assert stored(app) is None


def test_an_address_is_taken_once(app: Flask, run: Run) -> None:
    run("add", GOOD)
    before = stored(app)
    result = run("add", GOOD | {"--email": EMAIL.upper(), "--name": "Somebody Else"})
    assert result.exit_code == 2
    assert "somebody already signs in with this address" in result.output
    after = stored(app)
    assert before is not None
    assert after is not None
    assert (before.name, before.password_hash) == (after.name, after.password_hash)


def test_a_new_password_ends_the_sessions(app: Flask, make_person, sign_in, run: Run) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL)
    browser = sign_in(EMAIL)
    result = run("password", {"--email": EMAIL})
    assert result.exit_code == 0
    assert browser.get("/account").status_code == 302
    secret = result.output.split()[-1]
    assert app.test_client().post("/sign-in", data={"email": EMAIL, "password": secret}).status_code == 302


def test_somebody_is_kept_out_and_let_in_again(app: Flask, make_person, sign_in, run: Run) -> None:  # type: ignore[no-untyped-def]
    make_person(EMAIL)
    browser = sign_in(EMAIL)
    assert run("disable", {"--email": EMAIL}).exit_code == 0
    assert browser.get("/account").status_code == 302
    assert run("enable", {"--email": EMAIL}).exit_code == 0
    assert sign_in(EMAIL).get("/account").status_code == 200


@pytest.mark.parametrize("command", ["password", "disable", "enable"])
def test_nobody_with_this_address(run: Run, command: str) -> None:
    result = run(command, {"--email": EMAIL})
    assert result.exit_code == 2
    assert "nobody signs in with this address" in result.output


def test_without_a_database_it_says_what_to_run(tmp_path) -> None:  # type: ignore[no-untyped-def]
    app = create_app(Settings(data=tmp_path / "new", courses=tmp_path), serving=False)
    result = app.test_cli_runner().invoke(person, ["add", *(part for pair in GOOD.items() for part in pair)])
    assert result.exit_code == 1
    assert "near-learn db upgrade" in result.output
