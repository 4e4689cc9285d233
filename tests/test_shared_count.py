"""Tries are counted in the database, and counts that are over do not stay there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from near_learn import shared_count
from near_learn.db import db
from near_learn.shared_count import SharedCount


@pytest.fixture
def clock(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """What time it is, in an application."""
    now = [1_000.0]
    monkeypatch.setattr(shared_count.time, "time", lambda: now[0])
    with app.app_context():
        yield now


def kept() -> int:
    with db.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(shared_count.table)) or 0


def test_tries_are_counted_until_their_window_ends(clock: list[float]) -> None:
    count = SharedCount()
    assert [count.incr("one", 60), count.incr("one", 60), count.incr("two", 60, 3)] == [1, 2, 3]
    assert (count.get("one"), count.get_expiry("one")) == (2, 1_060)
    clock[0] = 1_060
    assert count.get("one") == 0
    assert count.incr("one", 60) == 1


def test_a_first_try_sweeps_counts_that_are_over_and_no_others(clock: list[float]) -> None:
    count = SharedCount()
    for number in range(5):
        count.incr(f"short {number}", 60)
    count.incr("long", 600)
    clock[0] = 1_060
    count.incr("long", 600)
    assert kept() == 6
    count.incr("new", 60)
    assert kept() == 2
    assert (count.get("long"), count.get("new")) == (2, 1)


def test_counts_are_forgotten_one_by_one_or_all(clock: list[float]) -> None:
    count = SharedCount()
    for key in ("one", "two", "three"):
        count.incr(key, 60)
    count.clear("one")
    assert (count.get("one"), count.get("two")) == (0, 1)
    assert count.reset() == 2
    assert kept() == 0
