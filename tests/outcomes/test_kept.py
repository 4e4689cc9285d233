"""What was counted is shown again as long as nothing has changed, and what took long a while longer."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from near_learn.outcomes import participant
from near_learn.outcomes.kept import LONGER, Counted, kept
from near_learn.outcomes.participant import About
from tests.outcomes.conftest import NOW, Programme, counted


def test_counted_anew_when_something_has_changed_and_not_before(programme: Programme) -> None:
    made: list[int] = []

    def count(least: int = 5) -> int:
        value, _ = kept(programme.connection, "this", least, lambda: made.append(1) or len(made))
        return value

    assert (count(), count()) == (1, 2), "without a tally nobody can say whether something has changed"
    counted(programme.connection, 5)
    assert (count(), count()) == (3, 3)
    assert count(least=1) == 4
    participant.tell(programme.connection, "somebody", {About.GENDER: "woman"}, NOW)
    assert (count(), count()) == (5, 5)
    programme.person()
    counted(programme.connection, 5)
    assert count() == 6


def test_what_took_long_is_good_for_a_while() -> None:
    fast, slow = (Counted(None, (1,), NOW, seconds) for seconds in (0.1, 2.0))
    later = NOW + timedelta(seconds=2 * LONGER - 1)
    assert fast.good((1,), later)
    assert not fast.good((2,), NOW)
    assert slow.good((2,), later)
    assert not slow.good((2,), later + timedelta(seconds=2))


def test_each_database_has_its_own(database: sa.Connection) -> None:
    other = sa.create_engine("sqlite://")
    with other.connect() as elsewhere:
        counted(database)
        assert kept(database, "this", 1, lambda: "here")[0] == "here"
        assert database.engine is not elsewhere.engine
