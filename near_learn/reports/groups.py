"""Small groups: who may be counted apart, so that no sum or difference of reports tells of a few people.

The people that a report counts are divided into blocks of at least `least` persons, once, the same for every
reader and every report. A report adds up whole blocks and nothing else. So whatever reports are added to and
subtracted from each other, the result is again about whole blocks: nothing about fewer persons can come out.

A row is exact when the blocks that touch it lie wholly inside it. People in blocks that reach over its border
are told in a row of their own, "not told apart", so that rows and total always add up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import NamedTuple

# The number of a cell that belongs to no block: there are fewer people than a block needs in all.
NONE = -1


class Cell(NamedTuple):
    """People who are alike in everything that a report can tell apart.

    `key` has the same parts for all cells, the most important first: blocks are kept inside a value of an
    early part as long as they can. `persons` never counts somebody twice within one block.
    """

    key: tuple[str, ...]
    persons: int


def blocks(cells: Sequence[Cell], least: int, *, in_order: Collection[int] = ()) -> list[int]:
    """The number of the block of each cell.

    IN_ORDER are the positions in the key whose values follow each other, such as months: blocks there are
    made of neighbours.
    """
    found = [NONE] * len(cells)
    sizes = [cell.persons for cell in cells]
    persons = sum(sizes)
    if persons < max(least, 1):
        return found
    columns = list(zip(*[cell.key for cell in cells], strict=True))
    depth = len(columns)
    waiting = [(list(range(len(cells))), persons, 0)]
    number = 0
    while waiting:
        members, persons, part = waiting.pop()
        # Too few for two blocks are one, whatever parts follow.
        if part == depth or persons < 2 * least or len(members) == 1:
            for member in members:
                found[member] = number
            number += 1
            continue
        divided = _divide(columns[part], sizes, members, persons, least, in_order=part in in_order)
        waiting += [(group, size, part + 1) for group, size in divided]
    return found


def _divide(
    values: Sequence[str],
    sizes: Sequence[int],
    members: list[int],
    persons: int,
    least: int,
    *,
    in_order: bool,
) -> list[tuple[list[int], int]]:
    """MEMBERS by their VALUES of one part of the key, in groups of at least LEAST persons each, and how many
    each has."""
    by_value: defaultdict[str, list[int]] = defaultdict(list)
    for member in members:
        by_value[values[member]].append(member)
    if len(by_value) == 1:
        return [(members, persons)]
    groups: list[list[int]] = []
    made: list[int] = []  # how many persons each has
    pool: list[int] = []
    pooled = 0
    for value in sorted(by_value):
        group = by_value[value]
        size = sum([sizes[member] for member in group])
        if size >= least and not (in_order and pool):
            groups.append(group)
            made.append(size)
            continue
        pool += group
        pooled += size
        if pooled >= least:
            groups.append(pool)
            made.append(pooled)
            pool, pooled = [], 0
    if pool:
        # Too few are left over: they join their neighbour, or else the smallest group.
        place = len(groups) - 1 if in_order else made.index(min(made))
        groups[place] = groups[place] + pool
        made[place] += pooled
    return list(zip(groups, made, strict=True))
