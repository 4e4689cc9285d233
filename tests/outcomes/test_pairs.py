"""Which tests make a pair, on both databases, and what the report makes of them."""

from __future__ import annotations

from collections import Counter

import pytest
import sqlalchemy as sa

from near_learn.outcomes import block_sums, knowledge, pairs
from near_learn.outcomes.block_sums import Kind
from near_learn.outcomes.choice import By, Choice
from near_learn.outcomes.parting import Part
from near_learn.people.territory import Territory
from near_learn.reports.reader import Reader
from tests.outcomes.conftest import EVERYBODY, TESTS, Programme, counted, days_ago


def found(connection: sa.Connection) -> tuple[list[Part], list[Part]]:
    made = pairs.parts(block_sums.load(counted(connection), Kind.GAIN, "accompaniment"))
    matched, alone = ([part for part in parts if part.persons] for parts in made)
    return matched, alone


def report(
    connection: sa.Connection, reader: Reader = EVERYBODY, least: int = 1, **choice: object
) -> knowledge.Report:
    asked = Choice(**choice)  # type: ignore[arg-type]
    return knowledge.count(counted(connection, least), asked, reader, TESTS, least)


def test_only_both_tests_of_one_registration_make_a_pair(programme: Programme) -> None:
    programme.pair(0.25, 0.75)
    programme.pair(0.5, None)
    programme.test(programme.person(), "post-test", 0.9, days_ago(3))
    programme.pair(0.5, 0.75, course="transfer")
    programme.test(programme.person(), "pre-test", None, days_ago(3))
    matched, alone = found(programme.connection)
    (part,) = matched
    assert part.persons == 1
    assert part.sums == pytest.approx((0.25, 0.75, 0.0625, 0.5625, 0.1875))
    assert sum(part.persons for part in alone) == 1


def test_a_test_after_that_was_taken_first_is_none(programme: Programme) -> None:
    id_ = programme.person()
    programme.test(id_, "post-test", 0.9, days_ago(50))
    programme.test(id_, "pre-test", 0.3, days_ago(20))
    matched, alone = found(programme.connection)
    assert matched == []
    assert [part.persons for part in alone] == [1]


def test_a_person_counts_once_with_their_first_registration(programme: Programme) -> None:
    programme.pair(0.25, 0.5, actor="twice", enrolled_at=days_ago(90))
    programme.pair(0.0, 1.0, actor="twice", enrolled_at=days_ago(200))
    ((part,), alone) = found(programme.connection)
    assert (part.persons, part.sums[:2], alone) == (1, (0.0, 1.0), [])


def test_years_and_old_codes_of_regions(programme: Programme) -> None:
    programme.pair(0.25, 0.5, region="FI1C3")
    programme.pair(0.25, 0.5, region="FI1C6")
    programme.pair(0.25, 0.5, region="PT170")
    programme.pair(0.25, 0.5, region="FI1C6", enrolled_at=days_ago(300))
    matched, _ = found(programme.connection)
    assert Counter((part.key[0], part.key[5]) for part in matched for _ in range(part.persons)) == {
        ("2026", "FI1C6"): 2,
        ("2026", "PT170"): 1,
        ("2025", "FI1C6"): 1,
    }


def test_rows_by_each_thing_add_up_to_the_same_total(programme: Programme) -> None:
    for number in range(30):
        programme.pair(
            number % 4 / 8,
            None if number % 5 == 0 else (3 + number % 6) / 8,
            region=("ES220", "ES212", "IT")[number % 3],
            organisation=("a", "b")[number % 2],
            cohort=("", "c")[number % 7 == 0],
            language=("es", "it", "en")[number % 3],
        )
    for by in By:
        made = report(programme.connection, least=3, by=by)
        (section,) = made.sections
        assert section.total.gain is not None
        assert section.total.gain.n == 24
        assert section.total.before_only == 6
        rows = [row for row in (*section.rows, section.apart) if row.gain]
        assert sum(row.gain.n for row in rows if row.gain) == 24, by
        assert not section.beyond


def test_a_manager_sees_the_pairs_of_their_territory(programme: Programme) -> None:
    for region, organisation in (("ES220", "a"), ("ES220", "b"), ("FI1C6", "a")):
        for _ in range(6):
            programme.pair(0.25, 0.5, region=region, organisation=organisation)
    territories = {
        12: Territory(region="ES22", roots=("ES22",)),
        6: Territory(region="FI", roots=("FI",)),
    }
    for expected, mine in territories.items():
        reader = Reader(mine.region, mine.organisation, mine.limits, mine.covers)
        (section,) = report(programme.connection, reader, least=5, territory=mine.region).sections
        assert section.total.gain is not None
        assert section.total.gain.n == expected
    mine = Territory(organisation="a")
    reader = Reader("", "a", mine.limits, mine.covers)
    (section,) = report(programme.connection, reader, least=5, by=By.REGION).sections
    assert Counter({row.key: row.gain.n for row in section.rows if row.gain}) == {"ES220": 6, "FI1C6": 6}


def test_nobody_is_an_empty_report(programme: Programme) -> None:
    assert report(programme.connection, least=5).sections == ()
