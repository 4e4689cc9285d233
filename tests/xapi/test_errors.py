"""Errors say place, rule and value, in one short line."""

from __future__ import annotations

import pytest

from xapi.errors import XAPIError, expected


def test_says_place_rule_and_value() -> None:
    error = expected("a mailto: IRI", "x@y").within("mbox").within("actor")
    assert str(error) == "actor.mbox: expected a mailto: IRI, got 'x@y'"
    assert (error.status, error.path, error.message) == (
        400,
        "actor.mbox",
        "expected a mailto: IRI, got 'x@y'",
    )


def test_the_place_grows_from_the_inside_out() -> None:
    error = XAPIError("no").within("mbox").within(2).within("member").within("actor").within(10)
    assert error.path == "[10].actor.member[2].mbox"
    assert str(XAPIError("no")) == "no"


def test_keys_that_are_no_names_are_quoted() -> None:
    assert XAPIError("no").within("http://a/b").within("extensions").path == "extensions['http://a/b']"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (1.5, "1.5"),
        ("é", "'é'"),
        ("\ud800", r"'\ud800'"),
        ([], "[]"),
    ],
)
def test_values_are_shown_as_json_has_them(value: object, shown: str) -> None:
    assert str(expected("x", value)) == f"expected x, got {shown}"


@pytest.mark.parametrize(
    "value", ["x" * 10000, ["x" * 100] * 1000, {"x" * 1000: {"y": {"z": {"a": "b" * 100}}}}, 10**4000]
)
def test_long_values_are_clipped(value: object) -> None:
    assert len(str(expected("x", value).within("k" * 10000))) < 600
