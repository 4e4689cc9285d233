"""Participants and leavers by what they told: counted once, added up, protected, and gone when taken back."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import sqlalchemy as sa

from near_learn.outcomes import participant, participants
from near_learn.outcomes.choice import By, Choice
from near_learn.outcomes.participant import About
from near_learn.outcomes.participants import Counted, Report, Row
from tests.outcomes.conftest import EVERYBODY, NOW, Programme, counted, days_ago


def report(connection: sa.Connection, least: int = 1, **choice: object) -> Report:
    return participants.count(counted(connection, least), Choice(**choice), EVERYBODY, least)  # type: ignore[arg-type]


def row(made: Report, about: About, key: str, counted: Counted = Counted.PARTICIPANTS) -> Row:
    (table,) = [table for table in made.tables if table.about is about]
    (found,) = [row for row in table.rows if row.key == key and row.counted is counted]
    return found


def enrol(programme: Programme, gender: str, *, done: bool = False, **values: object) -> str:
    id_ = programme.person(completed_at=days_ago(3) if done else None, **values)
    account = f"person-{id_[-4:]}"
    if gender:
        participant.tell(programme.connection, account, {About.GENDER: gender}, NOW)
    return account


def test_persons_count_once_where_they_began(programme: Programme) -> None:
    enrol(programme, "woman", actor="person-0001", region="ES220", enrolled_at=days_ago(100))
    enrol(
        programme,
        "",
        actor="person-0001",
        region="IT",
        enrolled_at=days_ago(50),
        course="transfer",
        done=True,
    )
    made = report(programme.connection)
    found = row(made, About.GENDER, "ES220")
    assert (dict(found.persons), found.total) == ({"woman": 1}, 1)
    assert row(made, About.GENDER, "ES220", Counted.LEAVERS).total == 1
    assert {row.key for row in made.tables[0].rows} == {"ES220"}


def test_every_table_has_the_same_totals(programme: Programme) -> None:
    for number in range(60):
        account = enrol(
            programme,
            ("woman", "man", "", "woman", "other")[number % 5],
            done=number % 3 == 0,
            region=("ES220", "ES212", "IT")[number % 7 % 3],
            organisation=("a", "b")[number % 2],
        )
        if number % 4:
            told = {About.AGE: "30-54", About.EDUCATION: ("isced-3-4", "isced-5-8")[number % 2]}
            participant.tell(programme.connection, account, told, NOW)
    made = report(programme.connection, least=5)
    totals = {
        kind: {
            tuple((row.key, row.total) for row in table.rows if row.counted is kind) for table in made.tables
        }
        for kind in Counted
    }
    assert {kind: len(found) for kind, found in totals.items()} == dict.fromkeys(Counted, 1)
    assert all(table.total[Counted.PARTICIPANTS].total == 60 for table in made.tables)
    for table in made.tables:
        for each in table.rows:
            assert sum(each.persons.values()) + each.apart == each.total
            assert all(number >= 5 for number in each.persons.values())


def test_who_told_nothing_is_not_stated(programme: Programme) -> None:
    for _ in range(3):
        enrol(programme, "")
    assert row(report(programme.connection), About.AGE, "ES220").persons == {"": 3}


def test_one_man_among_women_is_not_told(programme: Programme) -> None:
    for gender in ("woman",) * 9 + ("man",):
        enrol(programme, gender)
    found = row(report(programme.connection, least=5), About.GENDER, "ES220")
    assert (dict(found.persons), found.apart, found.total) == ({}, 10, 10)


def test_few_men_in_each_small_group_are_told_of_larger_ones(programme: Programme) -> None:
    for organisation, code in product(range(5), ("ES220", "FI1C6")):
        for gender in ("woman",) * 4 + ("man",) * 2:
            enrol(programme, gender, organisation=str(organisation), region=code)
    enrol(programme, "man", organisation="few", region="ES220")
    made = report(programme.connection, least=5)
    found = [row(made, About.GENDER, code) for code in ("ES220", "FI1C6")]
    assert [dict(each.persons) for each in found] == [{"woman": 20, "man": 11}, {"woman": 20, "man": 10}]
    assert made.tables[0].total[Counted.PARTICIPANTS].persons == {"woman": 40, "man": 21}
    small = report(programme.connection, least=5, by=By.ORGANISATION)
    assert {each.key: dict(each.persons) for each in small.tables[0].rows if each.persons} == {}
    assert small.tables[0].total[Counted.PARTICIPANTS].persons == {"woman": 40, "man": 21}


def test_years_and_organisations(programme: Programme) -> None:
    enrol(programme, "woman", organisation="a", enrolled_at=NOW - timedelta(days=300))
    enrol(programme, "man", organisation="b")
    made = report(programme.connection, by=By.ORGANISATION, year="2025")
    assert [(each.key, each.total) for each in made.tables[0].rows if each.total] == [("a", 1)]


def test_what_was_told_is_replaced_and_forgotten(database: sa.Connection) -> None:
    told = {About.GENDER: "woman", About.AGE: "30-54"}
    participant.tell(database, "somebody", told, NOW)
    participant.tell(database, "somebody", {About.GENDER: "other"}, NOW)
    kept = participant.of(database, "somebody")
    assert kept is not None
    assert (kept["gender"], kept["age"], kept["told_at"]) == ("other", "", NOW)
    participant.tell(database, "somebody", {}, NOW)
    assert participant.of(database, "somebody") is None
    participant.tell(database, "somebody", told, NOW)
    assert participant.forget(database, "somebody") == 1
    assert participant.forget(database, "somebody") == 0
