"""The tally is kept up to date by counting what has changed, and is then what counting everything gives."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy import delete, insert, select, update

from near_learn.db import Base
from near_learn.records import due
from near_learn.records.progress import module_progress, registration, release
from near_learn.reports.completion import count, total
from near_learn.reports.filters import Basis, By, Filters
from near_learn.reports.measures import Measure
from near_learn.reports.tally.changed import changed
from near_learn.reports.tally.refresh import is_due, recount, refresh
from near_learn.reports.tally.tables import block, cell, days, entry, place, state, step, sums
from near_learn.reports.tally.terms import Terms
from xapi.sql import sqlite
from xapi.sql.tables import create

from .conftest import AS_OF, BRUSSELS, NOW, Rows, days_ago, everywhere

TERMS = {least: Terms(BRUSSELS, least) for least in (1, 3)}


def picture(connection: sa.Connection) -> dict[str, Any]:
    """The tally without the numbers of its blocks: a block is known by its members."""
    members: dict[int, list[str]] = {}
    for row in connection.execute(select(entry).order_by(entry.c.registration)):
        members.setdefault(row.block, []).append(row.registration)
    names = {number: tuple(each) for number, each in members.items()}
    found: dict[str, Any] = {}
    for table in (entry, step, place, sums, cell, days):
        rows = connection.execute(select(table)).mappings().all()
        found[table.name] = {
            tuple(names[value] if name == "block" else _near(name, value) for name, value in row.items())
            for row in rows
        }
    rows = connection.execute(select(block)).mappings().all()
    told = ("id", "scores", "times")
    found[block.name] = {
        tuple(names.get(value) if name in told else value for name, value in row.items()) for row in rows
    }
    # A group is known by its smallest number, which says nothing: compare who is in it together.
    for name in ("scores", "times"):
        groups: dict[int, set[str]] = {}
        for row in rows:
            if row[name] is not None:
                groups.setdefault(row[name], set()).update(names[row["id"]])
        found[name] = {tuple(sorted(each)) for each in groups.values()}
    place_of = {column.name: number for number, column in enumerate(block.c)}
    found[block.name] = {
        tuple(
            value for number, value in enumerate(row) if number not in (place_of["scores"], place_of["times"])
        )
        for row in found[block.name]
    }
    return found


def _near(name: str, value: Any) -> Any:
    """Sums of scores depend on the order of adding in their last digits; days are in no order."""
    if name in ("started", "completed", "passed", "minutes") and isinstance(value, str):
        return tuple(sorted(value.split(",")))
    return round(value, 9) if isinstance(value, float) else value


class Change:
    """Random changes of progress rows, each noted as the records note it."""

    def __init__(self, connection: sa.Connection, rng: random.Random) -> None:
        self.connection, self.rng, self.rows = connection, rng, Rows(connection)
        self.names: list[str] = []

    def make(self) -> None:
        kind = self.rng.choice(("begin", "begin", "learn", "learn", "learn", "move", "remove"))
        if kind == "begin" or not self.names:
            self._begin()
            return
        name = self.rng.choice(self.names)
        if kind == "learn":
            self._learn(name)
        elif kind == "move":
            values = self.rng.choice(({"cohort": "late"}, {"release": "r2"}, {"region": "IT"}))
            self._set(name, **values)
        else:
            self.names.remove(name)
            for table in (module_progress, registration):
                self.connection.execute(delete(table).where(table.c.registration == name))
        due.note(self.connection, [name])

    def _begin(self) -> None:
        rng = self.rng
        name = self.rows.registration(
            actor=f"person-{rng.randrange(14)}",
            course=rng.choice(("garden", "garden", "garden", "orchard")),
            region=rng.choice(("ES220", "ES220", "FI1C3", "FI1C6", "BE212")),
            cohort=rng.choice(("spring", "autumn")),
            enrolled_at=days_ago(rng.choice((3, 4, 40, 80))),
        )
        self.names.append(name)
        due.note(self.connection, [name])

    def _learn(self, name: str) -> None:
        module = self.rng.choice(("soil", "water", "elsewhere"))
        known = self.connection.scalar(
            select(module_progress.c.module).where(
                module_progress.c.registration == name, module_progress.c.module == module
            )
        )
        at = NOW - timedelta(days=self.rng.randrange(3))
        if known is None:
            self.rows.module(name, module, started_at=at, last_at=at, seconds=90.0)
        else:
            row = module_progress.c
            change = update(module_progress).where(row.registration == name, row.module == module)
            score = self.rng.random()
            self.connection.execute(change.values(completed_at=at, first_score=score, best_score=score))
        self._set(name, started_at=at, last_at=at, completed_at=self.rng.choice((None, at)))

    def _set(self, name: str, **values: Any) -> None:
        change = update(registration).where(registration.c.registration == name)
        self.connection.execute(change.values(**values))


@pytest.mark.parametrize(("changes", "least"), [(0, 3), (40, 3), (40, 1)])
def test_the_total_alone_is_that_of_the_report(database: sa.Connection, changes: int, least: int) -> None:
    change = Change(database, random.Random(changes))
    change.rows.release("garden", ["soil", "water"])
    asked = [Filters(AS_OF, by=by, basis=basis) for by in (By.REGION, By.MODULE, By.MONTH) for basis in Basis]
    asked.append(Filters(AS_OF, course="garden", module="soil"))
    for first, last in ((days_ago(45), NOW), (days_ago(14), days_ago(4)), (NOW, NOW)):
        asked += [replace(each, start=first.date(), end=last.date()) for each in asked if not each.start]
    assert total(database, asked[0], everywhere).short == frozenset(Measure)  # nothing was counted yet
    for age in (3, 40, 80) * 4:
        name = change.rows.registration(course="garden", enrolled_at=days_ago(age))
        change.rows.module(name, "soil", started_at=days_ago(2), completed_at=days_ago(1), last_at=NOW)
    for _ in range(changes):
        change.make()
    recount(database, TERMS[least])
    for filters in asked:
        report, found = count(database, filters, everywhere), total(database, filters, everywhere)
        assert found.short == report.short
        assert found.figures.rate == report.total.rate
        told = set(report.total.counts) & set(found.figures.counts)
        assert {Measure.ENROLLED, Measure.COMPLETED, Measure.PASSED} <= told
        assert {each: found.figures[each] for each in told} == {each: report.total[each] for each in told}


@pytest.mark.parametrize(("seed", "least"), [(1, 3), (2, 3), (3, 1)])
def test_what_is_kept_up_to_date_is_what_counting_everything_gives(
    database: sa.Connection, seed: int, least: int
) -> None:
    rng = random.Random(seed)
    change = Change(database, rng)
    change.rows.release("garden", ["soil", "water"])
    recount(database, TERMS[least])
    for turn in range(8):
        for _ in range(rng.randrange(1, 12)):
            change.make()
        if turn == 5:
            # A release that only statements named so far becomes known.
            change.rows.release("garden", ["soil"], "r2")
        refresh(database, TERMS[least])
        assert not is_due(database, TERMS[least])
        kept = picture(database)
        recount(database, TERMS[least])
        assert picture(database) == kept


def test_nothing_is_counted_when_nothing_has_changed(database: sa.Connection, rows: Rows) -> None:
    name = rows.registration()
    recount(database, TERMS[3])
    before = database.execute(select(state)).one()
    assert refresh(database, TERMS[3]) == 0
    assert database.execute(select(state)).one() == before
    due.note(database, [name])
    assert refresh(database, TERMS[3]) == 1


def test_only_what_has_changed_is_read(database: sa.Connection, rows: Rows) -> None:
    names = [rows.registration(region=code) for code in ("ES220", "BE212") for _ in range(6)]
    recount(database, TERMS[3])
    numbers = dict(database.execute(select(entry.c.registration, entry.c.block)).all())
    due.note(database, names[:1])
    database.execute(update(registration).values(cohort="new").where(registration.c.registration == names[0]))
    assert refresh(database, TERMS[3]) == 1
    after = dict(database.execute(select(entry.c.registration, entry.c.block)).all())
    assert all(after[name] == numbers[name] for name in names[6:])
    assert after[names[0]] != numbers[names[0]]


def test_blocks_beside_a_change_stay_as_they_were(database: sa.Connection, rows: Rows) -> None:
    names = [rows.registration(cohort=cohort) for cohort in "aaaabbbb"]
    recount(database, TERMS[3])
    numbers = dict(database.execute(select(entry.c.registration, entry.c.block)).all())
    database.execute(delete(changed))
    for name in (names[0], rows.registration(cohort="a")):
        values = update(registration).values(cohort="c").where(registration.c.registration == name)
        database.execute(values)
        due.note(database, [name])
    refresh(database, TERMS[3])
    after = dict(database.execute(select(entry.c.registration, entry.c.block)).all())
    assert {after[name] for name in names[4:]} == {numbers[names[4]]}
    assert {after[name] for name in names[:4]}.isdisjoint(numbers.values())
    assert numbers[names[4]] not in database.scalars(select(changed.c.block)).all()
    kept = picture(database)
    recount(database, TERMS[3])
    assert picture(database) == kept


def test_who_counts_in_a_block_now_that_did_not_is_noticed(database: sa.Connection, rows: Rows) -> None:
    """The course garden is too small to stand alone, and Ana counts in the larger one until she leaves it."""
    for name in ("ana", "eva"):
        rows.registration(course="garden", region="BE212", actor=name)
    for _ in range(4):
        rows.registration(course="orchard", region="BE212")
        rows.registration(course="orchard", region="ES220")
    left = rows.registration(course="orchard", region="ES220", actor="ana")
    recount(database, TERMS[3])
    database.execute(delete(registration).where(registration.c.registration == left))
    due.note(database, [left])
    refresh(database, TERMS[3])
    kept = picture(database)
    recount(database, TERMS[3])
    assert picture(database) == kept


@pytest.mark.parametrize("what", ["least", "zone", "regions", "instruments"])
def test_other_terms_count_everything_again(database: sa.Connection, rows: Rows, what: str) -> None:
    name = rows.registration(enrolled_at=days_ago(14.5), region="PT170")
    recount(database, TERMS[3])
    terms = TERMS[1] if what == "least" else TERMS[3]
    if what == "zone":
        terms = Terms(ZoneInfo("Asia/Tokyo"), 3)
    elif what == "regions":
        database.execute(sa.text("DELETE FROM region_change WHERE code_2024 = 'PT1B0'"))
    elif what == "instruments":
        values = {"course": "accompaniment", "release": "r9", "modules": [], "instruments": ["survey"]}
        database.execute(insert(release), {**values, "title": {}, "loaded_at": NOW})
    assert is_due(database, terms)
    assert refresh(database, terms) == 1
    row = database.execute(select(entry).where(entry.c.registration == name)).one()
    assert row.nuts3 == ("PT1A0" if what == "regions" else "PT170")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    """A database that several threads may use at once."""
    url = f"sqlite:///{tmp_path / 'tally.sqlite'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql_url")
    made = sa.create_engine(url)
    if made.dialect.name == "sqlite":
        sqlite.configure(made, synchronous="NORMAL")
    Base.metadata.create_all(made)
    create(made)
    yield made
    made.dispose()


def test_many_refresh_at_once(engine: sa.Engine) -> None:
    def writing() -> Any:
        return engine.connect().execution_options(near_write=True)

    with writing() as connection, connection.begin():
        change = Change(connection, random.Random(5))
        for _ in range(25):
            change.make()
    failed: list[BaseException] = []

    def work() -> None:
        try:
            with writing() as connection, connection.begin():
                refresh(connection, TERMS[3])
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    with writing() as connection, connection.begin():
        kept = picture(connection)
        recount(connection, TERMS[3])
        assert picture(connection) == kept
