"""The report as a map of tiles: a tile for each country where it lies in Europe, or for each region by code.

No shapes of regions are needed, small regions are as easy to see as large ones, and the value stands in each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from near_learn.reports.completion import Report, Row
from near_learn.reports.filters import Basis, By, level_of
from near_learn.reports.measures import Measure
from near_learn.reports.names import Label

# Column and row of each country; who is not in it comes below.
EUROPE: Mapping[str, tuple[int, int]] = {
    code: (column, row)
    for row, line in enumerate(
        (
            "-- -- -- -- -- SE FI --",
            "-- -- -- -- DK -- EE --",
            "IE -- -- NL DE PL LV --",
            "-- -- BE LU CZ SK LT --",
            "-- -- FR -- AT HU RO --",
            "PT ES -- IT SI HR BG --",
            "-- -- -- MT -- -- EL CY",
        )
    )
    for column, code in enumerate(line.split())
    if code != "--"
}
COUNTRIES_ACROSS = 8
REGIONS_ACROSS = 5
MOST_REGIONS = 64  # of a country; above, regions without anybody have no tile
GAP = 4
STEPS = 5  # of colour, each a fifth of the way from nobody to everybody


class State(StrEnum):
    """What a tile can say besides a rate."""

    TOLD = "told"
    HIDDEN = "hidden"
    EMPTY = "empty"


@dataclass(frozen=True)
class Tile:
    key: str
    name: str
    x: int
    y: int
    state: State
    rate: float | None = None
    at_least: bool = False  # people are missing, so the rate is of some only

    @property
    def step(self) -> int:
        """1 to STEPS; 0 without a rate."""
        return 0 if self.rate is None else min(int(self.rate * STEPS), STEPS - 1) + 1


@dataclass(frozen=True)
class Map:
    """Tiles of one size; `country` is the one whose regions they are, "" for countries."""

    country: str
    tiles: tuple[Tile, ...]
    tile_width: int
    tile_height: int

    @property
    def width(self) -> int:
        return max(tile.x for tile in self.tiles) + self.tile_width

    @property
    def height(self) -> int:
        return max(tile.y for tile in self.tiles) + self.tile_height


def draw(report: Report, labels: Mapping[str, Label], regions: Collection[str] = ()) -> tuple[Map, ...]:
    """The maps of REPORT: one of countries, or one for each country whose regions it has.

    REGIONS are codes that exist; those of a report's only country have a tile also when nobody is there.
    None for a report that has no rates or no regions.
    """
    if report.filters.by is not By.REGION or report.filters.basis is not Basis.ENROLLED:
        return ()
    level = report.filters.rollup
    rows = {row.key: row for row in report.rows if row.key and level_of(row.key) == level}
    if not rows:
        return ()
    if level == 0:
        return (_countries(rows, labels),)
    of_country: defaultdict[str, dict[str, Row | None]] = defaultdict(dict)
    for key, row in rows.items():
        of_country[key[:2]][key] = row
    if len(of_country) == 1:
        (country,) = of_country
        chosen = report.filters.region or report.filters.territory or country
        others = [code for code in regions if code.startswith(chosen) and level_of(code) == level]
        if len(others) <= MOST_REGIONS:
            of_country[country] = dict.fromkeys(others) | of_country[country]
    return tuple(_regions(country, found, labels) for country, found in sorted(of_country.items()))


def _countries(rows: Mapping[str, Row], labels: Mapping[str, Label]) -> Map:
    width, height = 44, 44
    places = dict(EUROPE)
    for number, code in enumerate(sorted(set(rows) - set(EUROPE))):
        places[code] = (number % COUNTRIES_ACROSS, 7 + number // COUNTRIES_ACROSS)
    tiles = [
        _tile(code, rows.get(code), labels, column * (width + GAP), row * (height + GAP))
        for code, (column, row) in places.items()
    ]
    return Map("", tuple(tiles), width, height)


def _regions(country: str, rows: Mapping[str, Row | None], labels: Mapping[str, Label]) -> Map:
    width, height = 66, 44
    tiles = []
    for number, code in enumerate(sorted(rows)):
        row, column = divmod(number, REGIONS_ACROSS)
        tiles.append(_tile(code, rows[code], labels, column * (width + GAP), row * (height + GAP)))
    return Map(country, tuple(tiles), width, height)


def _tile(code: str, row: Row | None, labels: Mapping[str, Label], x: int, y: int) -> Tile:
    name = labels[code].name if code in labels else code
    if row is None:
        return Tile(code, name, x, y, State.EMPTY)
    if row.figures is None:
        return Tile(code, name, x, y, State.HIDDEN)
    if row.figures.rate is None:
        return Tile(code, name, x, y, State.EMPTY)
    short = bool(row.short & {Measure.ENROLLED, Measure.COMPLETED})
    return Tile(code, name, x, y, State.TOLD, row.figures.rate, short)


def steps() -> Sequence[tuple[int, float, float]]:
    """(number, from, to) of each step of colour, for the legend."""
    return [(number + 1, number / STEPS, (number + 1) / STEPS) for number in range(STEPS)]
