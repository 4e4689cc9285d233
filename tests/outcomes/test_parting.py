"""Nothing that is told, added to or subtracted from anything else that is told, is about fewer than a block.

Each group of people gets a sum of its own (a power of two), so that a figure says exactly who is in it. Then
all figures of all choices, rows and readers together divide people into sets that no calculation can divide
further: whatever is computed from figures gives everybody in such a set the same weight.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from near_learn.outcomes.choice import By, Choice, chosen, row
from near_learn.outcomes.ground import Place
from near_learn.outcomes.parting import Part, Parted
from near_learn.people.territory import EVERYWHERE, Territory
from near_learn.reports.groups import NONE, Cell, blocks
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
# How many people each place has, and how many of them have what a figure is about.
WORLDS = st.dictionaries(PLACES, st.tuples(st.integers(1, 9), st.integers(0, 9)), min_size=1, max_size=40)
World = dict[Place, tuple[int, int]]

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


def parts_of(world: World, least: int = LEAST) -> list[Part]:
    """The people of a world, in blocks as of the completion report; each part with a sum of its own."""
    numbers = blocks([Cell(place, people) for place, (people, _) in world.items()], least)
    return [
        Part(place, min(people, having), (2.0**at,), number)
        for at, ((place, (people, having)), number) in enumerate(zip(world.items(), numbers, strict=True))
    ]


def part(code: str, persons: int, block: int, sums: tuple[float, ...] = ()) -> Part:
    return Part(Place("2026", "es", code[:2], code[:3], code[:4], code, "", ""), persons, sums, block)


def code(place: Place) -> str:
    return place.nuts3


def everybody(_place: Place) -> bool:
    return True


def everything_told(parts: list[Part]) -> Iterable[Part]:
    """Each figure of each report that anybody can ask for."""
    parted = Parted(parts, LEAST)
    for reader, choice in product(READERS, CHOICES):
        told = parted.told(chosen(choice, reader), row(choice))
        yield from (part for part in (*told.rows.values(), told.apart, told.total) if part)


@settings(max_examples=15)
@given(WORLDS)
def test_no_calculation_on_all_figures_together_is_about_a_few_people(world: World) -> None:
    parts = parts_of(world)
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


@settings(max_examples=50)
@given(WORLDS)
def test_a_group_is_made_of_whole_blocks_and_without_limits_everybody_is_told(world: World) -> None:
    parts = parts_of(world)
    parted = Parted(parts, LEAST)
    of_block: defaultdict[int, set[int]] = defaultdict(set)
    for number, members in parted.groups.items():
        mask = sum(int(each.sums[0]) for each in members)
        for at, each in enumerate(parts):
            if mask >> at & 1 and each.persons and each.block != NONE:
                of_block[each.block].add(number)
    assert all(len(groups) == 1 for groups in of_block.values())
    told = parted.told(everybody, code)
    having = sum(part.persons for part in parts if part.block != NONE)
    assert (told.total.persons if told.total else 0) == (having if having >= LEAST else 0)
    assert told.beyond is (sum(part.persons for part in parts) > (told.total.persons if told.total else 0))


def test_without_protection_every_row_is_exact() -> None:
    parts = [part("ES220", 1, 1), part("ES212", 2, 2), part("FI1C6", 3, 3)]
    told = Parted(parts, 1).told(lambda place: place.nuts0 == "ES", code)
    assert {name: each.persons for name, each in told.rows.items() if each} == {"ES220": 1, "ES212": 2}
    assert (told.apart, told.beyond) == (None, False)


def test_a_row_with_too_few_people_is_named_without_a_figure() -> None:
    parts = [part("ES220", 9, 1), part("FI1C6", 6, 2), part("IT", 2, 2)]
    told = Parted(parts, LEAST).told(everybody, code)
    assert {name: each and each.persons for name, each in told.rows.items()} == {
        "ES220": 9,
        "FI1C6": None,
        "IT": None,
    }
    assert told.apart is not None
    assert told.apart.persons == 8
    alone = Parted(parts, LEAST).told(lambda place: place.nuts0 == "FI", code)
    assert alone.rows == {"FI1C6": None}
    assert alone.beyond


def test_blocks_of_a_region_stand_together_until_enough_have_what_is_told() -> None:
    parts = [part("ES220", 3, 1), part("ES220", 4, 2), part("FI1C6", 9, 3), part("FI1C6", 0, 4)]
    told = Parted(parts, LEAST).told(everybody, code)
    assert {name: each and each.persons for name, each in told.rows.items()} == {"ES220": 7, "FI1C6": 9}


def test_sums_over_few_answers_of_a_group_are_left_out() -> None:
    parts = [part("IT", 5, 1, (2.0, 7.0, 5.0, 20.0)), part("IT", 3, 1, (1.0, 4.0, 3.0, 9.0))]
    (figure,) = Parted(parts, LEAST, counts=(0, 2)).told(everybody, code).rows.values()
    assert figure is not None
    assert figure.sums == (0.0, 0.0, 8.0, 29.0)
