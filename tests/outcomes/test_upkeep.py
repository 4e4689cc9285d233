"""The sums of blocks after random changes: those that counting everything makes, and of a plain recount.

The recount knows the progress rows and the words of docs/managers.md. It shares no code with the program.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import delete, select, update

from near_learn.outcomes import block_sums, pairs, participant, practice, upkeep
from near_learn.outcomes.block_sums import Kind, table
from near_learn.outcomes.participant import About
from near_learn.outcomes.participants import CELLS, FIRST, PERSONS, SEVERAL
from near_learn.outcomes.practice import Instrument, Taken
from near_learn.outcomes.upkeep import Definitions
from near_learn.records import due
from near_learn.records.progress import answer, attempt, module_progress, registration
from near_learn.reports.tally.refresh import refresh
from near_learn.reports.tally.terms import Terms
from tests.outcomes.conftest import NOW, TESTS, ZONE, Programme, days_ago
from tests.outcomes.test_practice import OPTIONS

SELF = "self"
Rows = list[Any]


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    dimension = practice.Dimension(0, ("a",))
    values = {option: place for place, option in enumerate(OPTIONS, 1)}
    module: Any = type("Module", (), {"id": SELF})
    asked = Instrument("accompaniment", module, (dimension,), ("a", "b"), values, 5)
    return Definitions(TESTS, {"accompaniment": asked})


def change(programme: Programme, rng: Random) -> None:
    """Something that happens to somebody."""
    connection = programme.connection
    names = sorted(connection.scalars(select(registration.c.registration)))
    kind = rng.choice(
        ("enrol", "enrol", "enrol", "test", "test", "assess", "assess", "done", "move", "gone", "tell")
    )
    if kind == "enrol" or not names:
        id_ = programme.person(
            actor=f"person-{rng.randrange(12)}",
            course=rng.choice(("accompaniment", "accompaniment", "garden")),
            region=rng.choice(("ES220", "FI1C3", "IT")),
            organisation=rng.choice(("", "a")),
            language=rng.choice(("es", "en")),
            enrolled_at=days_ago(rng.choice((40, 45, 300))),
        )
    else:
        id_ = rng.choice(names)
        of = registration.c.registration == id_
        if kind == "test":
            module = rng.choice(("pre-test", "post-test"))
            connection.execute(
                delete(module_progress).where(
                    module_progress.c.registration == id_, module_progress.c.module == module
                )
            )
            programme.test(id_, module, rng.choice((None, 0.25, 0.5, 1.0)), days_ago(rng.randrange(30)))
        elif kind == "assess":
            number = len(connection.execute(select(attempt).where(attempt.c.registration == id_)).all())
            given = {question: rng.choice(OPTIONS) for question in ("a", "b", "c") if rng.random() < 0.8}
            programme.assessed(id_, SELF, number + 1, days_ago(rng.randrange(30)), given or {"a": "o1"})
        elif kind == "done":
            connection.execute(
                update(registration).where(of).values(completed_at=days_ago(rng.randrange(30)))
            )
        elif kind == "move":
            connection.execute(update(registration).where(of).values(cohort=rng.choice(("", "c"))))
        elif kind == "gone":
            for each in (answer, attempt, module_progress, registration):
                connection.execute(delete(each).where(each.c.registration == id_))
        else:
            actor = connection.scalar(select(registration.c.actor).where(of)) or ""
            told = {About.GENDER: rng.choice(("woman", "man", "")), About.AGE: rng.choice(("30-54", ""))}
            participant.tell(connection, actor, told, NOW)
    due.note(connection, [id_])


def stored(connection: sa.Connection) -> dict[Any, Any]:
    return {
        (
            row.kind,
            row.course,
            row.block,
            row.year,
            row.language,
            row.nuts3,
            row.organisation,
            row.cohort,
        ): list(map(float, json.loads(row.figures)))
        for row in connection.execute(select(table))
    }


@pytest.mark.parametrize(("seed", "least"), [(2, 1), (3, 4)])
def test_what_has_changed_is_counted_anew(
    programme: Programme, definitions: Definitions, seed: int, least: int
) -> None:
    rng, connection = Random(seed), programme.connection
    for _ in range(7):
        for _ in range(rng.choice((1, 2, 15))):
            change(programme, rng)
        refresh(connection, Terms(ZONE, least))
        upkeep.refresh(connection, definitions)
        assert not upkeep.is_due(connection, definitions)
        kept = stored(connection)
        compare(connection, definitions)
        connection.execute(delete(block_sums.state))
        upkeep.refresh(connection, definitions)
        assert kept == stored(connection)


# --- the recount ------------------------------------------------------------------------------------------


def compare(connection: sa.Connection, definitions: Definitions) -> None:
    """The sums over all blocks, by place, with the recount."""
    everybody = connection.execute(select(registration)).all()
    earliest: dict[tuple[str, str], Any] = {}
    for row in sorted(everybody, key=lambda row: (row.enrolled_at, row.registration)):
        earliest.setdefault((row.actor, row.course), row)
        earliest.setdefault((row.actor, ""), row)
    mine = [row for (_, course), row in earliest.items() if course == "accompaniment"]
    tests = {(row.registration, row.module): row for row in connection.execute(select(module_progress))}
    gains: Counter[Any] = Counter()
    for row in mine:
        before, after = (tests.get((row.registration, name)) for name in ("pre-test", "post-test"))
        if before is None or before.first_score is None:
            continue
        paired = after and after.first_score is not None and after.started_at >= before.started_at
        gains[place(row), "matched" if paired else "alone"] += 1
        if after and paired:
            gains[place(row), "product"] += before.first_score * after.first_score
    rows = block_sums.load(connection, Kind.GAIN, "accompaniment")
    assert +gains == +added(
        rows, {"matched": pairs.MATCHED, "alone": pairs.ALONE, "product": pairs.SUMS.stop - 1}
    )
    answers = practised(connection, mine)
    order = {taken.value: number for number, taken in enumerate(Taken)}
    order["first item of both, sum at the end"] = len(Taken) + 3
    assert +answers == +added(block_sums.load(connection, Kind.PRACTICE, "accompaniment"), order)
    assert +counted(connection, everybody, earliest) == +added(
        block_sums.load(connection, Kind.PARTICIPANTS),
        {
            "persons": PERSONS,
            "several": SEVERAL,
            "women": [FIRST + CELLS.index((About.GENDER, done, "woman")) for done in (False, True)],
            "women who are done": FIRST + CELLS.index((About.GENDER, True, "woman")),
            "of no age": [FIRST + CELLS.index((About.AGE, done, "")) for done in (False, True)],
        },
    )


def place(row: Any) -> tuple[str, ...]:
    code = {"FI1C3": "FI1C6"}.get(row.region, row.region)
    year = str(row.enrolled_at.astimezone(ZONE).year)
    return year, row.language, code, row.organisation, row.cohort


def added(rows: Rows, positions: dict[str, Any]) -> Counter[Any]:
    found: Counter[Any] = Counter()
    for row in rows:
        of = row.place
        key = (of.year, of.language, of.nuts3, of.organisation, of.cohort)
        for name, at in positions.items():
            found[key, name] += sum(row.figures[each] for each in (at if isinstance(at, list) else [at]))
    return found


def practised(connection: sa.Connection, mine: Rows) -> Counter[Any]:
    attempts = defaultdict(list)
    for row in connection.execute(select(attempt).order_by(attempt.c.number)):
        attempts[row.registration].append(row)
    given = {
        (row.registration, row.attempt): row.response
        for row in connection.execute(select(answer).where(answer.c.question == "a"))
    }
    found: Counter[Any] = Counter()
    for row in mine:
        made = attempts[row.registration]
        late = [each for each in made if row.completed_at and each.at >= row.completed_at]
        early = [each for each in made if each not in late]
        if made:
            found[place(row), "both" if late and early else "end" if late else "start"] += 1
        if late and early and (response := given.get((row.registration, late[0].number))):
            found[place(row), "first item of both, sum at the end"] += OPTIONS.index(response) + 1
    return found


def counted(connection: sa.Connection, everybody: Rows, earliest: dict[tuple[str, str], Any]) -> Counter[Any]:
    told = {row.account: row for row in connection.execute(select(participant.table))}
    found: Counter[Any] = Counter()
    for (actor, course), row in earliest.items():
        if course:
            continue
        own = [each for each in everybody if each.actor == actor]
        found[place(row), "persons"] += 1
        found[place(row), "several"] += len(own) > 1
        woman = actor in told and told[actor].gender == "woman"
        found[place(row), "women"] += woman
        found[place(row), "women who are done"] += woman and any(each.completed_at for each in own)
        found[place(row), "of no age"] += actor not in told or told[actor].age == ""
    return found


def test_what_was_told_is_in_no_sum_once_it_is_taken_back(
    programme: Programme, definitions: Definitions
) -> None:
    id_ = programme.person()
    participant.tell(programme.connection, f"person-{id_[-4:]}", {About.GENDER: "woman"}, NOW)
    refresh(programme.connection, Terms(ZONE, 1))
    upkeep.refresh(programme.connection, definitions)
    woman = FIRST + CELLS.index((About.GENDER, False, "woman"))
    (row,) = block_sums.load(programme.connection, Kind.PARTICIPANTS)
    assert row.figures[woman] == 1
    participant.forget(programme.connection, f"person-{id_[-4:]}")
    assert block_sums.load(programme.connection, Kind.PARTICIPANTS) == []
    refresh(programme.connection, Terms(ZONE, 1))
    upkeep.refresh(programme.connection, definitions)
    (row,) = block_sums.load(programme.connection, Kind.PARTICIPANTS)
    assert row.figures[woman] == 0
