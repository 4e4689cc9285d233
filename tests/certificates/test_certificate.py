"""A certificate is issued for a completed course, once; it holds as long as the records bear it out."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask

from near_learn.certificates import certificate as certificates
from near_learn.certificates.certificate import Certificate, NotCompleted, State, Withheld
from near_learn.db import db, writing
from near_learn.records.iris import Iris
from near_learn.records.statement import Builder
from near_learn.records.terms import VERBS
from tests.certificates.conftest import Somebody

AT = datetime(2026, 4, 1, 10, 0, tzinfo=UTC)


def issue(app: Flask, registration: str, name: str = "Maite Ibarra") -> str:
    with app.app_context(), writing() as connection:
        return certificates.issue(connection, registration, name=name, language="en", at=AT)


def find(app: Flask, code: str) -> Certificate:
    with app.app_context(), db.engine.connect() as connection:
        found = certificates.find(connection, code)
    assert found is not None
    return found


def revoke(app: Flask, code: str, reason: str = "A mix-up", *, renewable: bool = False) -> bool:
    with app.app_context(), writing() as connection:
        return certificates.revoke(connection, code, by="m" * 36, reason=reason, renewable=renewable, at=AT)


def void(app: Flask, verb: str, about: str) -> None:
    """Voids the last statement with this verb about the activity, as an operator does."""
    lrs = app.extensions["lrs"]
    builder = Builder(Iris(app.extensions["settings"].base_url))
    with app.app_context(), writing() as connection:
        found = [
            one
            for one in lrs.read(connection)
            if one.statement["verb"]["id"] == VERBS[verb] and one.statement["object"]["id"].endswith(about)
        ]
        lrs.save(connection, [builder.voiding(found[-1].id, AT)], authority=builder.system)


Arrive = Callable[..., Somebody]
Learn = Callable[..., str]


def test_it_says_what_the_rows_say(app: Flask, arrive: Arrive, learn: Learn) -> None:
    registration = learn(arrive())
    found = find(app, issue(app, registration))
    assert found.state is State.VALID
    assert found.ground is not None
    assert [module.id for module in found.ground.modules] == ["door", "table"]
    assert found.ground.passed_at is not None
    assert found.ground.seconds == pytest.approx(sum(each.seconds for each in progress(app, registration)))
    assert found.ground.seconds > 600
    assert (found.name, found.number, found.issued_at) == ("Maite Ibarra", 1, AT)


def progress(app: Flask, registration: str) -> list[object]:
    from sqlalchemy import select

    from near_learn.records.progress import module_progress

    with app.app_context(), db.engine.connect() as connection:
        mine = select(module_progress).where(module_progress.c.registration == registration)
        return list(connection.execute(mine))


def test_completed_is_enough_and_passed_is_said_only_when_it_is_so(
    app: Flask, arrive: Arrive, learn: Learn
) -> None:
    found = find(app, issue(app, learn(arrive(), right=False)))
    assert found.state is State.VALID
    assert found.ground is not None
    assert found.ground.passed_at is None


def test_half_a_course_has_none(app: Flask, arrive: Arrive, learn: Learn) -> None:
    registration = learn(arrive(), modules=1)
    with pytest.raises(NotCompleted):
        issue(app, registration)
    with pytest.raises(NotCompleted):
        issue(app, "00000000-0000-4000-8000-000000000000")


def test_asking_again_gives_the_same(app: Flask, arrive: Arrive, learn: Learn) -> None:
    registration = learn(arrive())
    assert issue(app, registration) == issue(app, registration, name="Another Name")
    assert find(app, issue(app, registration)).name == "Maite Ibarra"


def test_two_at_once_get_the_same(app: Flask, arrive: Arrive, learn: Learn) -> None:
    """On PostgreSQL a second writer can be between our look and our insert; the unique key decides."""
    registration = learn(arrive())
    with app.app_context(), writing() as connection:
        first = certificates.issue(connection, registration, name="A", language="en", at=AT)
        seen = certificates.latest
        calls = iter([None])
        certificates.latest = lambda *of: next(calls, seen(*of))  # type: ignore[assignment]
        try:
            assert certificates.issue(connection, registration, name="B", language="en", at=AT) == first
        finally:
            certificates.latest = seen  # type: ignore[assignment]


def test_it_does_not_hold_without_its_ground(app: Flask, arrive: Arrive, learn: Learn) -> None:
    code = issue(app, learn(arrive()))
    void(app, "progressed", "/modules/table")
    assert find(app, code).state is State.VALID  # the module is still said to be completed
    void(app, "completed", "/modules/table")
    found = find(app, code)
    assert (found.state, found.ground) == (State.UNFOUNDED, None)


def test_nothing_left_of_a_registration(app: Flask, arrive: Arrive, learn: Learn) -> None:
    code = issue(app, learn(arrive()))
    with app.app_context(), writing() as connection:
        builder = Builder(Iris(app.extensions["settings"].base_url))
        lrs = app.extensions["lrs"]
        every = [one.id for one in lrs.read(connection)]
        lrs.save(connection, [builder.voiding(id_, AT) for id_ in every], authority=builder.system)
    assert find(app, code).state is State.UNFOUNDED


def test_revoking_is_for_good(app: Flask, arrive: Arrive, learn: Learn) -> None:
    registration = learn(arrive())
    code = issue(app, registration)
    assert revoke(app, code, "  Was a   test ")
    assert not revoke(app, code, "another reason")
    found = find(app, code)
    assert (found.state, found.reason) == (State.REVOKED, "Was a test")
    with pytest.raises(Withheld):
        issue(app, registration)


def test_a_new_one_under_the_right_name(app: Flask, arrive: Arrive, learn: Learn) -> None:
    registration = learn(arrive())
    old = issue(app, registration, "Maite Ibara")
    revoke(app, old, "The name was misspelt", renewable=True)
    new = issue(app, registration)
    assert new != old
    assert (find(app, new).number, find(app, new).state) == (2, State.VALID)
    assert find(app, old).state is State.REVOKED


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_a_reason_is_needed(app: Flask, arrive: Arrive, learn: Learn, reason: str) -> None:
    code = issue(app, learn(arrive()))
    with pytest.raises(ValueError, match="reason"):
        revoke(app, code, reason)
    assert find(app, code).state is State.VALID


def test_making_the_rows_again_changes_nothing(app: Flask, arrive: Arrive, learn: Learn) -> None:
    code = issue(app, learn(arrive()))
    before = find(app, code)
    with app.app_context(), writing() as connection:
        app.extensions["projection"].rebuild(connection)
    assert find(app, code) == before


def test_codes_are_long_and_random() -> None:
    codes = {certificates.new_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{28}", code) for code in codes)
    assert len(certificates.LETTERS) ** certificates.LENGTH >= 2**128


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("0123456789ABCDEFGHJKMNPQRSTV", "0123456789ABCDEFGHJKMNPQRSTV"),
        ("0123-4567-89ab-cdef-ghjk-mnpq-rstv", "0123456789ABCDEFGHJKMNPQRSTV"),
        (" o123 4567 89AB CDEF GHJK MNPQ RSTV ", "0123456789ABCDEFGHJKMNPQRSTV"),
        ("OI23456789ABCDEFGHJKMNPQRSTV", "0123456789ABCDEFGHJKMNPQRSTV"),
        ("0123456789ABCDEFGHJKMNPQRST", None),
        ("0123456789ABCDEFGHJKMNPQRSTVW", None),
        ("U123456789ABCDEFGHJKMNPQRSTV", None),
        ("", None),
        ("-" * 5000, None),
        ("٠" * 28, None),
    ],
)
def test_a_code_typed_from_paper(typed: str, read: str | None) -> None:
    assert certificates.normal(typed) == read


def test_grouping_is_undone_by_reading() -> None:
    code = certificates.new_code()
    assert certificates.normal(certificates.grouped(code)) == code
