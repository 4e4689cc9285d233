"""Reading what a report is asked for; bad input gets a sentence, never a wrong report."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from near_learn.reports.filters import AsOf, Basis, By, FilterError, Filters, parse

from .conftest import AS_OF


@pytest.fixture(autouse=True)
def _words(app: Flask) -> None:
    """Messages are translated, which needs a request."""
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, {}),
        (
            {
                "by": "",
                "level": "",
                "region": "",
                "course": "",
                "module": "",
                "from": "",
                "to": "",
                "basis": "",
            },
            {},
        ),
        ({"by": "module", "level": "0"}, {"by": By.MODULE, "level": 0}),
        ({"region": " es22 "}, {"region": "ES22"}),
        ({"module": "garden/soil"}, {"course": "garden", "module": "soil"}),
        ({"module": "garden/soil", "course": "garden"}, {"course": "garden", "module": "soil"}),
        ({"from": "2026-01-31", "to": "2026-01-31"}, {"start": date(2026, 1, 31), "end": date(2026, 1, 31)}),
        ({"basis": "happened"}, {"basis": Basis.HAPPENED}),
        ({"unknown": "parameter"}, {}),
    ],
)
def test_good_input(values: dict[str, str], expected: dict[str, object]) -> None:
    assert parse(values, AS_OF) == Filters(AS_OF, **expected)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "parameter", "message"),
    [
        ({"by": "job"}, "by", "expected one of region, course, module, cohort"),
        ({"by": "person"}, "by", "got “person”"),
        ({"level": "4"}, "level", "expected one of 0, 1, 2, 3"),
        ({"level": "-1"}, "level", "got “-1”"),
        ({"level": "three"}, "level", "got “three”"),
        ({"basis": "both"}, "basis", "expected one of enrolled, happened"),
        ({"from": "2026-02-30"}, "from", "expected a day like 2026-01-31"),
        ({"from": "31.1.2026"}, "from", "got “31.1.2026”"),
        ({"from": "0001-01-01"}, "from", "expected a day"),
        ({"to": "9999-12-31"}, "to", "expected a day"),
        ({"to": "2026-01-31T10:00"}, "to", "expected a day"),
        ({"from": "2026-02-01", "to": "2026-01-31"}, "to", "ends before it begins"),
        ({"module": "soil"}, "module", "expected course/module"),
        ({"module": "/soil"}, "module", "expected course/module"),
        ({"module": "garden/"}, "module", "expected course/module"),
        ({"module": "garden/soil", "course": "other"}, "module", "belongs to another course"),
    ],
)
def test_bad_input(values: dict[str, str], parameter: str, message: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse(values, AS_OF)
    assert set(caught.value.problems) == {parameter}
    assert message in caught.value.problems[parameter]


def test_every_problem_is_named_at_once() -> None:
    with pytest.raises(FilterError) as caught:
        parse({"by": "x", "level": "x", "from": "x", "to": "x", "basis": "x", "module": "x"}, AS_OF)
    assert set(caught.value.problems) == {"by", "level", "from", "to", "basis", "module"}


def test_the_parameters_ask_for_the_same_again() -> None:
    values = {
        "by": "module",
        "level": "1",
        "region": "ES22",
        "course": "garden",
        "module": "garden/soil",
        "from": "2026-01-01",
        "to": "2026-03-31",
        "basis": "happened",
    }
    assert parse(values, AS_OF).arguments() == values
    assert parse({}, AS_OF).arguments() == {}
    assert parse(values, AS_OF).arguments(region="") == {
        name: values[name] for name in values if name != "region"
    }


def test_a_day_begins_at_midnight_in_the_installations_zone_also_when_clocks_change() -> None:
    as_of = AsOf(datetime(2026, 6, 1, tzinfo=UTC), ZoneInfo("Europe/Helsinki"), 60)
    filters = Filters(as_of, start=date(2026, 3, 29), end=date(2026, 3, 29))
    assert filters.since == datetime(2026, 3, 28, 22, tzinfo=UTC)
    assert filters.until == datetime(2026, 3, 29, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    ("level", "region", "territory", "rollup"),
    [
        (3, "", "", 3),
        (0, "", "", 0),
        (0, "ES22", "", 2),
        (0, "", "ES", 0),
        (1, "", "BE212", 3),
        (2, "ES", "ES", 2),
    ],
)
def test_rows_are_never_coarser_than_the_region_or_the_territory(
    level: int, region: str, territory: str, rollup: int
) -> None:
    assert Filters(AS_OF, level=level, region=region, territory=territory).rollup == rollup
