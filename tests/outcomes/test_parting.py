"""Nothing that is told, added to or subtracted from anything else that is told, is about fewer than a block.

Each group of people gets a sum of its own (a power of two), so that a figure says exactly who is in it. Then
all figures of all choices, rows and readers together divide people into sets that no calculation can divide
further: whatever is computed from figures gives everybody in such a set the same weight.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from near_learn.outcomes.choice import By, Choice, chosen, row
from near_learn.outcomes.ground import Place
from near_learn.outcomes.parting import Part, Parted
from near_learn.people.territory import EVERYWHERE, Territory
from near_learn.reports.reader import Reader

LEAST = 5
PLACES = st.builds(
    lambda year, language, code, organisation, cohort: Place(
        year, language, code[:2], code[:3], code[:4], code, organisation, cohort
    ),
    st.sampled_from(("2025", "2026")),
    st.sampled_from(("es", "en")),
    st.sampled_from(("ES220", "ES212", "FI1C6", "IT", "")),
    st.sampled_from(("", "a", "b")),
    st.sampled_from(("", "c")),
)
WORLDS = st.dictionaries(PLACES, st.integers(1, 9), min_size=1, max_size=40)

READERS = [
    Reader(each.region, each.organisation, each.limits, each.covers)
    for each in (
        EVERYWHERE,
        Territory(region="ES22", roots=("ES22",)),
        Territory(region="ES", roots=("ES",)),
        Territory(organisation="a"),
    )
]
CHOICES = [
    Choice(by=by, level=level, region=region, organisation=organisation, language=language, year=year)
    for by, level, region, organisation, language, year in product(
        By, (0, 2, 3), ("", "ES", "ES220"), ("", "a"), ("", "en"), ("", "2025")
    )
]


def everything_told(parts: list[Part]) -> Iterable[Part]:
    """Each figure of each report that anybody can ask for."""
    parted = Parted(parts, LEAST)
    for reader, choice in product(READERS, CHOICES):
        told = parted.told(chosen(choice, reader), row(choice))
        yield from (part for part in (*told.rows.values(), told.apart, told.total) if part)


@settings(max_examples=15, deadline=None)
@given(WORLDS)
def test_no_calculation_on_all_figures_together_is_about_a_few_people(world: dict[Place, int]) -> None:
    parts = [Part(key, persons, (2.0**number,)) for number, (key, persons) in enumerate(world.items())]
    signatures: defaultdict[int, set[int]] = defaultdict(set)
    for number, figure in enumerate(everything_told(parts)):
        members = int(figure.sums[0])
        assert sum(part.persons for at, part in enumerate(parts) if members >> at & 1) == figure.persons
        for at in range(len(parts)):
            if members >> at & 1:
                signatures[at].add(number)
    atoms: defaultdict[frozenset[int], int] = defaultdict(int)
    for at, signature in signatures.items():
        atoms[frozenset(signature)] += parts[at].persons
    assert [persons for persons in atoms.values() if persons < LEAST] == []


@settings(max_examples=50, deadline=None)
@given(WORLDS)
def test_without_limits_everybody_is_in_a_row_or_told_to_be_not_apart(world: dict[Place, int]) -> None:
    parts = [Part(key, persons) for key, persons in world.items()]
    told = Parted(parts, LEAST).told(lambda _key: True, lambda key: key[5])
    if sum(world.values()) < LEAST:
        assert told.total is None
        assert told.beyond
        return
    assert told.total is not None
    assert told.total.persons == sum(world.values())
    assert not told.beyond
    assert set(told.rows) == {key[5] for key in world}


def test_without_protection_every_row_is_exact() -> None:
    world = {("a", "x"): 1, ("a", "y"): 2, ("b", "x"): 3}
    parts = [Part(key, persons) for key, persons in world.items()]
    told = Parted(parts, 1).told(lambda key: key[1] == "x", lambda key: key[0])
    assert {name: part.persons for name, part in told.rows.items() if part} == {"a": 1, "b": 3}
    assert (told.apart, told.beyond) == (None, False)


def test_a_row_with_too_few_people_is_named_without_a_figure() -> None:
    parts = [Part(("a",), 9), Part(("b",), 6), Part(("c",), 2)]
    told = Parted(parts, LEAST).told(lambda _key: True, lambda key: key[0])
    assert {name: part and part.persons for name, part in told.rows.items()} == {"a": 9, "b": None, "c": None}
    assert told.apart is not None
    assert told.apart.persons == 8
    alone = Parted(parts, LEAST).told(lambda key: key[0] == "b", lambda key: key[0])
    assert alone.rows == {"b": None}
    assert alone.beyond


def test_sums_over_few_answers_of_a_block_are_left_out() -> None:
    parts = [Part(("a",), 5, (2.0, 7.0, 5.0, 20.0)), Part(("a",), 3, (1.0, 4.0, 3.0, 9.0))]
    (figure,) = Parted(parts, LEAST, counts=(0, 2)).told(lambda _key: True, lambda key: key[0]).rows.values()
    assert figure is not None
    assert figure.sums == (0.0, 0.0, 8.0, 29.0)


@pytest.mark.parametrize("least", [1, 5, 12])
def test_a_grid_adds_up_and_says_where_somebody_is_left_out(least: int) -> None:
    world = {("a", "w"): 7, ("a", "m"): 2, ("b", "w"): 6, ("b", "m"): 6, ("c", "m"): 1}
    parted = Parted([Part(key, persons) for key, persons in world.items()], least)
    grid = parted.grid(lambda _key: True, lambda key: key[0], lambda key: key[1])
    assert sum(grid.persons.values()) == 22
    assert not grid.beyond
    assert all(number >= least for number in grid.persons.values())
    assert sum(grid.total(name) for name in ("a", "b", "c", None)) == 22
    men = parted.grid(lambda key: key[1] == "m", lambda key: key[0], lambda key: key[1])
    assert sum(men.persons.values()) <= 9
    assert men.beyond is (sum(men.persons.values()) < 9)
