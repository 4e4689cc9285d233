"""Settings: read from the environment, refused with their name when they cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from near_learn.config import Settings, SettingsError, shown


def test_settings_come_from_the_environment() -> None:
    settings = Settings.from_environment(
        {"NEAR_LEARN_PORT": "8123", "NEAR_LEARN_DATA": "/srv/data", "NEAR_LEARN_DEMO": "1", "OTHER": "x"}
    )
    assert (settings.port, settings.data, settings.demo) == (8123, Path("/srv/data"), True)


def test_an_empty_variable_is_as_good_as_none() -> None:
    assert Settings.from_environment({"NEAR_LEARN_PORT": ""}) == Settings.from_environment({})


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("NEAR_LEARN_PORT", "eighty", "a whole number"),
        ("NEAR_LEARN_DEMO", "yes", "1 or 0"),
        ("NEAR_LEARN_BASE_URL", "learn.example.org", "http"),
        ("NEAR_LEARN_BASE_URL", "https://learn.example.org/", "without a slash"),
        ("NEAR_LEARN_SQLITE_SYNCHRONOUS", "OFF", "FULL, NORMAL or EXTRA"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(variable: str, value: str, expected: str) -> None:
    with pytest.raises(SettingsError) as error:
        Settings.from_environment({variable: value})
    assert variable in str(error.value)
    assert expected in str(error.value)
    assert value in str(error.value)


def test_all_unreadable_values_are_named_at_once() -> None:
    with pytest.raises(SettingsError) as error:
        Settings.from_environment({"NEAR_LEARN_PORT": "x", "NEAR_LEARN_THREADS": "y"})
    assert "NEAR_LEARN_PORT" in str(error.value)
    assert "NEAR_LEARN_THREADS" in str(error.value)


@pytest.mark.parametrize("secret", ["", "short", "changeme", "Change-Me", "password", "a" * 15])
def test_serving_needs_a_real_secret(secret: str) -> None:
    with pytest.raises(SettingsError, match="NEAR_LEARN_SECRET_KEY"):
        Settings(secret_key=secret).check_serving()


def test_a_long_secret_is_enough_to_serve() -> None:
    Settings(secret_key="x" * 16).check_serving()


SECRET_PART = "s3:cr/e@t"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("database_url", f"postgresql+psycopg://near:{SECRET_PART}@db.example:5432/near"),
        ("database_url", f"postgresql+psycopg:///near?host=db.example&password={SECRET_PART}&user=near"),
        ("reports_database_url", f"postgresql+psycopg://near:{SECRET_PART}@/near?sslpassword={SECRET_PART}"),
        ("secret_key", SECRET_PART),
        ("mail_password", SECRET_PART),
    ],
)
def test_what_is_listed_has_no_password(name: str, value: str) -> None:
    seen = shown(name, value)
    assert SECRET_PART not in seen
    assert "e@t" not in seen
    if "://" in value:
        assert "near" in seen
        assert "***" in seen


def test_an_address_without_a_password_is_listed_as_it_is() -> None:
    for value in ("postgresql+psycopg://near@db.example/near?user=a@b", "sqlite:////srv/near.sqlite"):
        assert shown("database_url", value) == value
    assert shown("secret_key", "") == ""
