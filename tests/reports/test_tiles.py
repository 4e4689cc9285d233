"""The map of tiles: who has one, where, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from near_learn.reports import tiles
from near_learn.reports.completion import Figures, Report, Row
from near_learn.reports.filters import Basis, By, Filters
from near_learn.reports.measures import Measure
from near_learn.reports.names import Label
from near_learn.reports.tiles import EUROPE, State, Tile

Ask = Callable[..., Filters]
MEMBERS = [
    *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "EL", "ES", "FI", "FR", "HR", "HU"),
    *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
]


def report(filters: Filters, **rates: float | None) -> Report:
    rows = tuple(
        Row(
            code,
            None
            if rate is None
            else Figures(
                {Measure.ENROLLED: 100, Measure.SCORED: 0, Measure.COMPLETED: round(100 * rate)}, 100, 0
            ),
        )
        for code, rate in rates.items()
    )
    return Report(filters, rows, Figures({}, 0, 0))


def labels(made: Report) -> dict[str, Label]:
    return {row.key: Label(f"Region {row.key}") for row in made.rows}


def drawn(made: Report, *regions: str) -> list[Mapping[str, Tile]]:
    return [{tile.key: tile for tile in each.tiles} for each in tiles.draw(made, labels(made), regions)]


def test_every_member_has_a_place_of_its_own() -> None:
    assert sorted(EUROPE) == sorted(MEMBERS)
    assert len(set(EUROPE.values())) == len(MEMBERS)
    assert EUROPE["PT"][0] < EUROPE["ES"][0] < EUROPE["IT"][0] < EUROPE["EL"][0]
    assert EUROPE["SE"][1] < EUROPE["DE"][1] < EUROPE["IT"][1]


def test_countries_lie_in_europe_and_others_below(ask: Ask) -> None:
    (found,) = drawn(report(ask(level=0), ES=0.5, XK=0.5))
    assert found["ES"].state is State.TOLD
    assert found["DE"].state is State.EMPTY
    assert found["XK"].y > max(tile.y for tile in found.values() if tile.key != "XK")
    assert len({(tile.x, tile.y) for tile in found.values()}) == len(found)


@pytest.mark.parametrize(
    ("rate", "step"), [(0, 1), (0.19, 1), (0.2, 2), (0.5, 3), (0.79, 4), (0.8, 5), (1, 5)]
)
def test_the_step_of_colour(ask: Ask, rate: float, step: int) -> None:
    assert drawn(report(ask(level=0), ES=rate))[0]["ES"].step == step


def test_hidden_regions_have_neither_rate_nor_step(ask: Ask) -> None:
    (found,) = drawn(report(ask(level=3), ES220=None, ES300=0.5))
    assert (found["ES220"].state, found["ES220"].rate, found["ES220"].step) == (State.HIDDEN, None, 0)


def test_the_regions_of_the_only_country_all_have_a_tile(ask: Ask) -> None:
    (found,) = drawn(report(ask(level=2), ES22=0.5), "ES", "ES22", "ES30", "ES220", "FI1C")
    assert {key: tile.state for key, tile in found.items()} == {"ES22": State.TOLD, "ES30": State.EMPTY}


def test_several_countries_have_a_map_each_of_who_is_there(ask: Ask) -> None:
    found = drawn(report(ask(level=2), FI1C=0.5, ES22=0.5, ES30=0.1), "ES61", "FI20")
    assert [sorted(each) for each in found] == [["ES22", "ES30"], ["FI1C"]]


def test_rows_of_another_level_have_no_tile(ask: Ask) -> None:
    (found,) = drawn(report(ask(level=3), ES220=0.5, ES=0.5))
    assert set(found) == {"ES220"}


@pytest.mark.parametrize("changes", [{"by": By.COURSE}, {"basis": Basis.HAPPENED}])
def test_no_map_without_regions_or_rates(ask: Ask, changes: dict[str, object]) -> None:
    assert tiles.draw(report(ask(**changes), ES220=0.5), {}) == ()
