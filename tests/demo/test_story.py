"""Stories: steps in order, none in the future, plausible hours, attempts numbered as they must be."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest

from near_learn.content import Course, load
from near_learn.demo import cast, world
from near_learn.demo.calendar import session
from near_learn.demo.story import Step, Story, Temper

NOW = datetime(2026, 11, 18, 14, 30, tzinfo=UTC)
KEEN = Temper(skill=0.95, modules=99, pause=2)


@pytest.fixture(scope="module")
def courses() -> list[Course]:
    library = load(Path(__file__).parent.parent / "records" / "courses")
    return list(library.courses.values())


def told(course: Course, temper: Temper, seed: int = 1, days: int = 90) -> list[Step]:
    story = Story(Random(seed), temper, course, "Europe/Madrid", NOW)
    return list(story.steps("es", NOW - timedelta(days=days)))


@pytest.mark.parametrize("seed", range(20))
def test_steps_are_in_order_and_in_the_past(courses: list[Course], seed: int) -> None:
    steps = told(courses[0], Temper(skill=0.6, modules=1.7, pause=6, breaks=0.3), seed, days=10)
    times = [step.at for step in steps]
    assert times == sorted(times)
    assert times[-1] <= NOW


def test_who_never_starts_only_enrols(courses: list[Course]) -> None:
    assert [step.action for step in told(courses[0], Temper(skill=1, modules=0, pause=2))] == ["enrol"]


def test_who_gives_up_in_the_second_module_takes_no_quiz_there(courses: list[Course]) -> None:
    steps = told(courses[0], Temper(skill=1, modules=1.5, pause=2))
    modules = [module.id for module in courses[0].modules]
    assert {step.module.id for step in steps if step.module} == set(modules)
    assert [step.module.id for step in steps if step.action == "submit" and step.module] == modules[:1]


@pytest.mark.parametrize("seed", range(10))
def test_attempts_are_numbered_and_never_more_than_allowed(courses: list[Course], seed: int) -> None:
    steps = told(courses[0], Temper(skill=0.0, modules=9, pause=1, persistence=3), seed, days=200)
    for module in courses[0].modules:
        numbers = [step.number for step in steps if step.action == "submit" and step.module is module]
        assert numbers == list(range(1, len(numbers) + 1))
        assert 1 <= len(numbers) <= (module.attempts or 3)


def test_knowing_everything_passes_at_once(courses: list[Course]) -> None:
    steps = told(courses[0], Temper(skill=1, modules=9, pause=1))
    assert [step.number for step in steps if step.action == "submit"] == [1, 1]


def test_people_learn_on_weekdays_and_at_human_hours() -> None:
    rng, zone = Random(3), "Europe/Helsinki"
    begins = [
        session(rng, date(2026, 1, 1) + timedelta(days=day % 365), zone).astimezone(ZoneInfo(zone))
        for day in range(3000)
    ]
    assert all(8 <= begin.hour < 22 for begin in begins)
    days = Counter(begin.weekday() for begin in begins)
    assert min(days[day] for day in range(5)) > 5 * max(days[5], days[6]) > 0
    months = Counter(begin.month for begin in begins)
    assert months[8] < months[6] * 0.7


@pytest.mark.parametrize("now", [NOW + timedelta(days=17 * number, hours=number) for number in range(24)])
def test_the_demo_professional_is_in_the_middle_of_a_module_at_any_time_of_the_year(
    courses: list[Course], now: datetime
) -> None:
    rng = Random(world.SEED)
    steps = [step for _, step in world.main_role(rng, courses, now, cast.professional(rng))]
    first, second = courses[0].modules
    assert any(step.action == "submit" and step.module is first for step in steps)
    assert any(step.action == "progress" and step.module is second for step in steps)
    assert not any(step.action == "submit" and step.module is second for step in steps)


def test_nobody_is_named_twice_and_addresses_are_plain() -> None:
    rng = Random(world.SEED)
    everybody = [*cast.staff(rng), cast.professional(rng)]
    for territory in cast.TERRITORIES:
        everybody += cast.professionals(rng, territory)
    for what in ([one.name for one in everybody], [one.email for one in everybody]):
        assert len(set(what)) == len(what)
    assert all(one.email.isascii() and one.email.endswith("@demo.example") for one in everybody)
    assert all("_" not in one.name for one in everybody)
    assert 190 <= len(everybody) <= 230
