"""No answer of a few people is told, nor follows from all the tables of participants together.

Each published figure carries along which cells it is the sum of: a block, whether people have completed, what
they answered. So all figures of all choices and readers are equations over the numbers in these cells. A sum
of cells follows from them when it is orthogonal to all that they leave open.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import combinations, product
from typing import Any

import pytest

from near_learn.outcomes import block_sums, participants
from near_learn.outcomes.block_sums import Row
from near_learn.outcomes.choice import By, Choice
from near_learn.outcomes.ground import Place, place_of
from near_learn.outcomes.participant import About
from near_learn.outcomes.participants import CELLS
from near_learn.outcomes.telling import Telling, telling
from near_learn.people.territory import EVERYWHERE, Territory
from near_learn.reports.reader import Reader
from tests.outcomes.test_across import PRIME, null_space

LEAST = 3
GENDERS = ("woman", "man", "")
READERS = [
    Reader(each.region, each.organisation, each.limits, each.covers)
    for each in (EVERYWHERE, Territory(region="ES22", roots=("ES22",)), Territory(organisation="a"))
]
CHOICES = [
    Choice(by=by, level=level, region=region, year=year)
    for by, level, region, year in product((By.REGION, By.ORGANISATION), (0, 3), ("", "ES"), ("", "2025"))
]
Cell = tuple[int, bool, str]


class Counted(int):
    """A number that knows what it is the sum of."""

    of: Mapping[Cell, int]

    def _with(self, other: int, sign: int) -> Counted:
        found = Counted(int(self) + sign * int(other))
        found.of = dict(self.of)
        for cell, times in getattr(other, "of", {}).items():
            found.of[cell] = found.of.get(cell, 0) + sign * times
        return found

    def __add__(self, other: int) -> Counted:
        return self._with(other, 1)

    __radd__ = __add__

    def __sub__(self, other: int) -> Counted:
        return self._with(other, -1)


def counted(number: int, *cells: Cell) -> Counted:
    found = Counted(number)
    found.of = dict.fromkeys(cells, 1)
    return found


def row(cells: Mapping[Cell, int], number: int, place: Place, several: int = 0) -> Row:
    """The sums of a block."""
    persons = counted(sum(cells.values()), *cells)
    gender = {cell[1:]: counted(value, cell) for cell, value in cells.items()}
    figures = [gender.get(cell[1:], 0) if cell[0] is About.GENDER else 0 for cell in CELLS]
    return Row(number, int(persons) + several, place, [persons, several, *figures])


def world(seed: int) -> tuple[list[Row], dict[Cell, int]]:
    """Some blocks, some of them with persons who are registered elsewhere too; and what is in each cell."""
    rng = random.Random(seed)
    rows, known = [], {}
    shares = rng.choice(((6, 3, 1), (5, 5, 0)))
    for number in range(8):
        cells = dict.fromkeys(product((number,), (False, True), GENDERS), 0)
        for _ in range(rng.randint(LEAST, rng.choice((7, 12)))):
            done = rng.random() < (0.0, 0.4, 0.8)[number % 3]
            cells[number, done, rng.choices(GENDERS, shares)[0]] += 1
        code, year = rng.choice(("ES220", "ES220", "ES212", "IT")), rng.choice(("2025", "2026"))
        place = place_of(year, "es", code, rng.choice(("a", "b")), "")
        rows.append(row(cells, number, place, rng.choice((0, 0, 1, LEAST))))
        known |= cells
    return rows, known


def published(rows: list[Row], monkeypatch: pytest.MonkeyPatch) -> Iterator[Counted]:
    """Every figure that anybody can ask for."""
    monkeypatch.setattr(block_sums, "load", lambda *_: rows)
    monkeypatch.setattr(block_sums, "counted_at", lambda _: None)
    for reader, choice in product(READERS, CHOICES):
        made: Any = participants.count(None, choice, reader, LEAST)  # type: ignore[arg-type]
        table = made.tables[0]
        for row in (*table.rows, *table.total.values()):
            figures = (*row.persons.values(), row.apart, row.total)
            yield from (figure for figure in figures if getattr(figure, "of", None))


def follows(figures: Iterator[Counted], known: Mapping[Cell, int]) -> list[tuple[set[int], Any, Any, int]]:
    """Numbers of a few people who gave an answer, or have completed, that follow from the figures."""
    equations = {frozenset(figure.of.items()) for figure in figures}
    names = {f"{cell}": cell for cell in known}
    vectors = [{f"{cell}": times for cell, times in each if times} for each in equations]
    open_ = {names[name]: column[0] for name, column in null_space(vectors, list(names)).items()}
    blocks = sorted({cell[0] for cell in known})
    found = []
    for size, done in product(range(1, len(GENDERS) + 1), ((True,), (False,), (True, False))):
        for answers in combinations(GENDERS, size):
            sums = [(0, 0)]
            for block in blocks:
                cells = [(block, *rest) for rest in product(done, answers)]
                own = sum(open_[cell] for cell in cells), sum(known[cell] for cell in cells)
                sums += [(left + own[0], value + own[1]) for left, value in sums]
            for mask, (left, value) in enumerate(sums):
                if left % PRIME == 0 and 0 < value < LEAST:
                    of = {block for at, block in enumerate(blocks) if mask >> at & 1}
                    found.append((of, done, answers, value))
    return found


@pytest.mark.parametrize("seed", range(12))
def test_no_answer_of_a_few_follows_from_all_tables(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rows, known = world(seed)
    figures = list(published(rows, monkeypatch))
    assert all(figure == 0 or figure >= LEAST for figure in figures)
    assert any(len({answer for _, _, answer in figure.of}) == 1 for figure in figures), "no answer is told"
    assert follows(iter(figures), known) == []


def without_complement(persons: Mapping[str, int], leavers: Mapping[str, int], least: int) -> Telling:
    return Telling(*({key: n for key, n in each.items() if n >= least} for each in (persons, leavers)))


def some_follow(monkeypatch: pytest.MonkeyPatch) -> bool:
    return any(follows(published(rows, monkeypatch), known) for rows, known in map(world, range(12)))


def test_a_complement_that_is_not_hidden_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(participants, "telling", without_complement)
    assert some_follow(monkeypatch)


def test_leavers_of_groups_that_hide_them_are_in_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the answers of all leavers would tell, less the leavers who are told, of the one who is hidden."""
    numbers = ((4, 4, 4, 4), (3, 3, 1, 0))
    cells = [
        dict(zip(product((number,), (False, True), ("woman", "man")), each, strict=True))
        for number, each in enumerate(numbers)
    ]
    places = [place_of("2026", "es", "ES220", organisation, "") for organisation in ("a", "b")]
    rows, known = (
        [row(each, number, places[number]) for number, each in enumerate(cells)],
        cells[0] | cells[1],
    )
    known |= {(number, done, ""): 0 for number in (0, 1) for done in (False, True)}
    assert follows(published(rows, monkeypatch), known) == []
    monkeypatch.setattr(participants, "_union", of_all_leavers)
    assert follows(published(rows, monkeypatch), known)


def of_all_leavers(
    members: Any, least: int, union: Callable[..., participants.Union] = participants._union
) -> participants.Union:
    made = union([replace(group, leavers=0) for group in members], least)
    return replace(made, groups=tuple(members))


def test_one_more_is_hidden_where_one_would_be_alone() -> None:
    assert telling({"woman": 20, "man": 6, "": 9, "other": 1}, {}, 5).persons == {"woman": 20, "man": 6}
    assert telling({"woman": 20, "man": 6, "other": 1}, {}, 5).persons == {"woman": 20}
    assert telling({"woman": 9, "man": 1}, {}, 5).persons == {}


def test_leavers_by_answer_have_enough_on_both_sides() -> None:
    persons = {"woman": 20, "man": 12, "": 10}
    assert telling(persons, {"woman": 9, "man": 6, "": 5}, 5).leavers == {"woman": 9, "man": 6, "": 5}
    assert telling(persons, {"woman": 9, "man": 9, "": 5}, 5).leavers == {"woman": 9}
    assert telling(persons, {"woman": 18, "man": 5, "": 5}, 5).leavers == {"man": 5}
