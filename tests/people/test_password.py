"""Passwords: kept as argon2id, compared in any composition of letters, weak ones refused with a reason."""

from __future__ import annotations

from typing import Literal

import pytest
from argon2 import PasswordHasher
from flask import Flask

from near_learn.people import password

GOOD = "a short sentence about rain"


def test_what_is_stored_is_argon2id_and_never_the_same_twice() -> None:
    first, second = password.hashed(GOOD), password.hashed(GOOD)
    assert first.startswith("$argon2id$")
    assert first != second
    assert GOOD not in first
    assert password.matches(first, GOOD)
    assert not password.matches(first, GOOD + " ")


def test_composed_and_decomposed_letters_are_the_same_password() -> None:
    assert password.matches(password.hashed("ne\u0301ar learn here"), "n\u00e9ar learn here")


@pytest.mark.parametrize("stored", [None, "", "plain text", "$argon2id$broken"])
def test_nothing_matches_what_is_no_hash(stored: str | None) -> None:
    assert not password.matches(stored, GOOD)


@pytest.mark.parametrize("known", [True, False])
def test_an_unknown_person_is_checked_as_a_known_one_is(known: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the time of the answer does not tell who is known here."""
    stored = password.hashed(GOOD) if known else None
    asked = []

    class Watched(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002
            asked.append((hash, password))
            return super().verify(hash, password)

    monkeypatch.setattr(password, "HASHER", Watched())
    assert not password.matches(stored, "wrong password")
    assert asked == [(stored or password.NOBODYS, "wrong password")]


def test_the_hash_for_unknown_people_has_today_s_cost() -> None:
    assert not password.outdated(password.NOBODYS)


def test_a_hash_of_lower_cost_is_outdated() -> None:
    assert password.outdated("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$h8zxwmW4FBs")


def test_generated_passwords_are_strong_and_differ(app: Flask) -> None:
    made = {password.generated() for _ in range(50)}
    assert len(made) == 50
    with app.test_request_context():
        assert not any(password.weakness(each) for each in made)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "at least 10"),
        ("short", "at least 10"),
        ("ninechars", "at least 10"),
        ("x" * 201, "at most 200"),
        ("aaaaaaaaaaaa", "too easy"),
        ("abababababab", "too easy"),
        ("abcdefghijkl", "too easy"),
        ("9876543210", "too easy"),
        ("Password2026!", "Many people"),
        ("P@ssw0rd!!2026", "Many people"),
        ("contraseña-123", "Many people"),
        ("Wachtwoord_01", "Many people"),
        ("Salasana!!!99", "Many people"),
        ("κωδικός-2026", "Many people"),
        ("bunvenit#2025", "Many people"),
        ("SummerLove26", "Many people"),
        ("NEAR-learn-1", "Many people"),
        ("boatsboatsboats", "repeats itself"),
        ("abc1abc1abc1!", "repeats itself"),
        ("qwertyuiop12", "repeats itself"),
        ("Qwertz123456", "repeats itself"),
        ("1qaz2wsx3edc", "repeats itself"),
        ("poiuytrewq", "repeats itself"),
        ("αβγδεζηθικ", "too easy"),
        ("Etxeberria2026!", "Leave your name"),
        ("my-ETXEBERRIA-pass", "Leave your name"),
        ("ane.etxe.works here", "Leave your name"),
    ],
)
def test_weak_passwords_are_refused_with_the_reason(app: Flask, text: str, part: str) -> None:
    with app.test_request_context():
        problem = password.weakness(text, email="ane.etxe@navarra.example", name="Ane Etxeberria")
    assert problem is not None
    assert part in problem


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        "near-learn-demo",
        "winter tractor piano",
        "kolme punaista omenaa",
        "Zvonek2kolo5mrak",
        "Ανθρώπινη φροντίδα",
        "πολύ καλός κωδικός",
        "1 horse, 3 batteries",
    ],
)
def test_good_passwords_are_taken(app: Flask, text: str) -> None:
    with app.test_request_context():
        assert password.weakness(text, email="ane.etxe@navarra.example", name="Ane Etxeberria") is None
