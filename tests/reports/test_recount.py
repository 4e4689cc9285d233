"""The report against a plain recount of the raw statements, over random histories.

The recount knows the statements and the words of docs/managers.md, nothing of the program: it shares no code
with the projection or with the report.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from near_learn.content import load
from near_learn.people.region import RegionChange
from near_learn.records.learner import Learner
from near_learn.records.recorder import AttemptsUsedUp
from near_learn.reports.completion import Figures, count
from near_learn.reports.filters import AsOf, Basis, By, Filters
from near_learn.reports.measures import Measure
from tests.records.garden import BASE, HALF, RIGHT, START, WRONG, Place, make_place

COURSES = Path(__file__).parents[1] / "records" / "courses"
PEOPLE = [
    Learner("11111111-1111-4111-8111-111111111111", "es", "ES220", "pilot"),
    Learner("22222222-2222-4222-8222-222222222222", "en", "FI1C3", nuts="2021"),
    Learner("33333333-3333-4333-8333-333333333333", "en", "FI1C6"),
    Learner("44444444-4444-4444-8444-444444444444", "en", "IT"),
    Learner("55555555-5555-4555-8555-555555555555", "en", ""),
]
ZONE = ZoneInfo("Europe/Brussels")
MODULES = ("soil", "water")
LEARNING = {"initialized", "progressed", "answered", "passed", "failed", "completed", "terminated"}

# --- histories ---

STEPS = st.tuples(
    st.sampled_from(PEOPLE),
    st.sampled_from(["enrol", "open", "read", "take", "finish", "elsewhere", "void"]),
    st.sampled_from(MODULES),
    st.sampled_from([RIGHT, HALF, WRONG]),
    st.integers(0, 14),
)


def play(place: Place, steps: list[Any]) -> None:
    for learner, what, module, answers, days in steps:
        place.later(days=days, minutes=3)
        registration = place.enrol(learner)
        if what == "open":
            place.do("open", registration, module, learner=learner)
        elif what == "read":
            place.read_all(registration, module, learner=learner)
        elif what == "take":
            take(place, registration, module, answers, learner)
        elif what == "finish":
            for name in MODULES:
                place.read_all(registration, name, learner=learner)
                take(place, registration, name, answers, learner)
        elif what == "elsewhere":
            elsewhere(place, registration, module, learner)
        elif what == "void":
            void_the_last(place, registration)


def take(place: Place, registration: str, module: str, answers: Any, learner: Learner) -> None:
    made = [
        one for one in raw(place, registration) if word(one) in ("passed", "failed") and thing(one) == module
    ]
    try:
        place.take(registration, module, len(made) + 1, answers, learner)
    except (AttemptsUsedUp, ValueError):
        return  # ValueError: an attempt was voided, so this is not the next number


def elsewhere(place: Place, registration: str, module: str, learner: Learner) -> None:
    """The same module, taken in another system that reports here."""
    place.save(
        {
            "actor": {"account": {"homePage": BASE, "name": learner.account}},
            "verb": {"id": "http://adlnet.gov/expapi/verbs/passed"},
            "object": {"id": f"{BASE}/courses/garden/modules/{module}"},
            "timestamp": (place.now - timedelta(days=2)).isoformat(),
            "context": {"registration": registration},
            "result": {"score": {"scaled": 0.875}},
        }
    )


def void_the_last(place: Place, registration: str) -> None:
    last = raw(place, registration)[-1]
    if word(last) in ("registered", "voided"):
        return
    place.save(
        {
            "actor": {"mbox": "mailto:client@lms.example"},
            "verb": {"id": "http://adlnet.gov/expapi/verbs/voided"},
            "object": {"objectType": "StatementRef", "id": last["id"]},
        }
    )


# --- the recount ---


def raw(place: Place, registration: str | None = None) -> list[dict[str, Any]]:
    with place.engine.connect() as connection:
        return [stored.statement for stored in place.lrs.read(connection, registration=registration)]


def word(statement: dict[str, Any]) -> str:
    return str(statement["verb"]["id"]).rsplit("/", 1)[1]


def thing(statement: dict[str, Any]) -> str:
    """ "" for the course, else the module that the statement is about or in."""
    parts = str(statement["object"]["id"]).removeprefix(f"{BASE}/courses/garden").split("/")
    return parts[2] if len(parts) > 2 else ""


def time(statement: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(statement["timestamp"])


def first(statements: list[dict[str, Any]], *verbs: str) -> datetime | None:
    return min((time(one) for one in statements if word(one) in verbs), default=None)


def described(statements: list[dict[str, Any]]) -> dict[str, Any]:
    """A registration in the words of the report, from its statements in stored order."""
    context = next(
        (
            one["context"]["extensions"]
            for one in statements
            if f"{BASE}/terms/region" in one["context"].get("extensions", {})
        ),
        {},
    )
    course = [one for one in statements if not thing(one)]
    found = {
        "person": statements[0]["actor"]["account"]["name"],
        "region": {"FI1C3": "FI1C6"}.get(
            context.get(f"{BASE}/terms/region"), context.get(f"{BASE}/terms/region", "")
        ),
        "enrolled": min(time(one) for one in statements),
        "started": first(statements, *LEARNING),
        "last": max(time(one) for one in statements),
        "completed": first(course, "completed"),
        "passed": first(course, "satisfied"),
        "modules": {},
    }
    for module in MODULES:
        own = [one for one in statements if thing(one) == module]
        on_module = [one for one in own if "/questions/" not in one["object"]["id"]]
        tries = sorted((one for one in on_module if word(one) in ("passed", "failed")), key=time)
        scores = [one["result"]["score"]["scaled"] for one in tries]
        found["modules"][module] = {
            "started": first(own, *LEARNING),
            "completed": first(on_module, "completed"),
            "passed": first(on_module, "passed"),
            "first": scores[0] if scores else None,
            "best": max(scores) if scores else None,
        }
    return found


def recount(place: Place, filters: Filters) -> dict[str, Any]:
    """Counts by row, and the persons of each."""
    together: dict[str, list[dict[str, Any]]] = {}
    for statement in raw(place):
        if "registration" in statement.get("context", {}):
            together.setdefault(statement["context"]["registration"], []).append(statement)
    counts: dict[str, Counter[str]] = {}
    persons: dict[str, set[str]] = {}
    for statements in together.values():
        one = described(statements)
        for key, unit in units(one, filters.by, filters.level):
            found = counted(one, unit, filters)
            if not found:
                continue
            counts.setdefault(key, Counter()).update(found)
            if found["enrolled"]:
                persons.setdefault(key, set()).add(one["person"])
    return {key: (counter, len(persons.get(key, ()))) for key, counter in counts.items()}


def units(one: dict[str, Any], by: By, level: int) -> Iterator[tuple[str, dict[str, Any]]]:
    scored = [module for module in one["modules"].values() if module["first"] is not None]
    mean = {
        name: sum(module[name] for module in scored) / len(scored) if scored else None
        for name in ("first", "best")
    }
    if by is By.MODULE:
        for name, module in one["modules"].items():
            yield f"garden/{name}", module
    elif by is By.COURSE:
        yield "garden", {**one, **mean}
    else:
        yield one["region"][: level + 2], {**one, **mean}


def counted(one: dict[str, Any], unit: dict[str, Any], filters: Filters) -> dict[str, float]:
    start, end = filters.start, filters.end

    def inside(moment: datetime | None) -> bool:
        day = moment and moment.astimezone(ZONE).date()
        return day is not None and (start is None or start <= day) and (end is None or day <= end)

    if filters.basis is Basis.HAPPENED:
        times = {
            "enrolled": one["enrolled"],
            **{name: unit[name] for name in ("started", "completed", "passed")},
        }
        events = {name: int(inside(moment)) for name, moment in times.items()}
        return events if any(events.values()) else {}
    if not inside(one["enrolled"]):
        return {}
    completed, started = unit["completed"] is not None, unit["started"] is not None
    silent = filters.as_of.moment - one["last"] > timedelta(days=filters.as_of.dropout_days)
    return {
        "enrolled": 1,
        "not_started": not started,
        "started": started,
        "active": started and not completed and not silent,
        "dropped_out": started and not completed and silent,
        "completed": completed,
        "passed": unit["passed"] is not None,
        "scored": unit["first"] is not None,
        "first_sum": unit["first"] or 0,
        "best_sum": unit["best"] or 0,
    }


# --- the comparison ---


def compare(place: Place, filters: Filters) -> None:
    with place.engine.connect() as connection:
        report = count(connection, filters, lambda *_columns: sa.true())
    expected = recount(place, filters)
    assert {row.key for row in report.rows} == set(expected)
    for row in report.rows:
        assert_same(row.figures, *expected[row.key])
    for measure in report.total.counts:
        assert report.total[measure] == sum(counter[measure] for counter, _ in expected.values())
    if filters.basis is Basis.ENROLLED:
        total = report.total
        assert total[Measure.ENROLLED] == (
            total[Measure.NOT_STARTED]
            + total[Measure.ACTIVE]
            + total[Measure.DROPPED_OUT]
            + total[Measure.COMPLETED]
        )


def assert_same(figures: Figures, expected: Counter[str], persons: int) -> None:
    assert {measure.value: figures[measure] for measure in figures.counts} == {
        measure.value: expected[measure] for measure in figures.counts
    }
    assert figures.persons == persons
    assert figures.first_sum == pytest.approx(expected["first_sum"])
    assert figures.best_sum == pytest.approx(expected["best_sum"])


@pytest.fixture(scope="module")
def long_lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    place = made(f"sqlite:///{tmp_path_factory.mktemp('recount') / 'records.sqlite'}")
    yield place
    place.engine.dispose()


def made(url: str) -> Place:
    place = make_place(url, load(COURSES))
    with place.writing() as connection:
        change = {"code_2021": "FI1C3", "code_2024": "FI1C6", "change": "Boundary shift"}
        connection.execute(sa.insert(RegionChange), change)
    return place


def as_of(place: Place, days: int, dropout_days: int) -> AsOf:
    return AsOf(place.now + timedelta(days=days), ZONE, dropout_days)


DAYS = st.none() | st.integers(0, 60).map(lambda days: (START + timedelta(days=days)).date())


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(STEPS, min_size=1, max_size=10),
    by=st.sampled_from([By.REGION, By.COURSE, By.MODULE]),
    basis=st.sampled_from([Basis.ENROLLED, Basis.ENROLLED, Basis.HAPPENED]),
    level=st.integers(0, 3),
    start=DAYS,
    end=DAYS,
    days=st.integers(0, 10),
    dropout_days=st.integers(1, 20),
)
def test_every_figure_equals_a_recount_of_the_statements(
    long_lived: Place, steps: list[Any], days: int, dropout_days: int, **question: Any
) -> None:
    long_lived.clear()
    long_lived.now = START
    play(long_lived, steps)
    compare(long_lived, Filters(as_of(long_lived, days, dropout_days), **question))


@pytest.mark.postgresql
def test_the_same_on_postgresql(postgresql_url: str) -> None:
    place = made(postgresql_url)
    for number in range(40):
        step = (
            PEOPLE[number % 5],
            ("read", "take", "open", "elsewhere", "finish", "void", "take")[number % 7],
            MODULES[number // 5 % 2],
            (RIGHT, HALF, WRONG)[number % 3],
            number % 6,
        )
        play(place, [step])
    period = {"start": START.date(), "end": START.date() + timedelta(days=40)}
    for by in (By.REGION, By.COURSE, By.MODULE):
        for basis in Basis:
            compare(place, Filters(as_of(place, 1, 12), by=by, basis=basis, **period))
            compare(place, Filters(as_of(place, 9, 12), by=by, basis=basis, level=1))
    place.engine.dispose()
