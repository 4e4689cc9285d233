"""Pairs of first attempts: the test before and the test after of one registration."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Join, and_, func, select

from near_learn.content import Course
from near_learn.outcomes import ground
from near_learn.outcomes.block_sums import Row, Where
from near_learn.outcomes.parting import Part
from near_learn.records.progress import module_progress
from near_learn.reports.tally.tables import entry

# The figures of a row: people with a pair, the five sums that gain.py needs, people with the first test only.
MATCHED, SUMS, ALONE = 0, slice(1, 6), 6

before, after = module_progress.alias("before"), module_progress.alias("after")
# Who took the second test first has nothing to compare it with.
matched = and_(after.c.first_score.is_not(None), after.c.started_at >= before.c.started_at)


@dataclass(frozen=True)
class BothTests:
    """The two tests of a course: alike in what they measure, other questions (content/blueprint.py)."""

    course: str
    before: str
    after: str


def tests(courses: Mapping[str, Course]) -> dict[str, BothTests]:
    """The tests of each course that has both, by course."""
    found = {}
    for id_, course in courses.items():
        kinds = {module.kind: module.id for module in course.instruments}
        if "pre-test" in kinds and "post-test" in kinds:
            found[id_] = BothTests(id_, kinds["pre-test"], kinds["post-test"])
    return found


def taken(of: BothTests) -> Join:
    """The test before with its entry and, where they make a pair, the one after."""
    second = and_(after.c.registration == before.c.registration, after.c.module == of.after, matched)
    return before.join(
        entry,
        and_(
            entry.c.registration == before.c.registration,
            before.c.module == of.before,
            before.c.first_score.is_not(None),
            entry.c.course == of.course,
            entry.c.first,
        ),
    ).outerjoin(after, second)


def figures(connection: Connection, of: BothTests, blocks: Sequence[int]) -> dict[Where, list[float]]:
    """The figures of each place in these blocks, also where only others of the block took the test."""
    score, scored = before.c.first_score, after.c.first_score
    sums = (score, scored, score * score, scored * scored, score * scored)
    columns = [*ground.columns(), scored.is_not(None).label("matched"), func.count().label("persons")]
    query = (
        select(*columns, *(func.coalesce(func.sum(each), 0.0) for each in sums))
        .select_from(taken(of))
        .where(entry.c.block.in_(blocks))
        .group_by(*ground.GROUP, "matched")
    )
    rows = connection.execute(query).all()
    if not rows:
        return {}
    mine = {row.tally_block for row in rows}
    found: dict[Where, list[float]] = {
        where: [0.0] * 7 for where in ground.places(connection, of.course, sorted(mine))
    }
    for row in rows:
        into = found[ground.where(row)]
        if row.matched:
            into[MATCHED] = row.persons
            into[SUMS] = [float(each) for each in row[-5:]]
        else:
            into[ALONE] = row.persons
    return found


def with_both(connection: Connection, of: BothTests, names: Collection[str]) -> Sequence[str]:
    """Which of these registrations have a pair."""
    query = select(before.c.registration).select_from(taken(of))
    mine = before.c.registration.in_(names), after.c.first_score.is_not(None)
    return connection.scalars(query.where(*mine)).all()


def parts(rows: Iterable[Row]) -> tuple[list[Part], list[Part]]:
    """The people with a pair, with the sums that gain.py needs; and those with the test before only."""
    pairs, alone = [], []
    for row in rows:
        of = row.figures
        pairs.append(Part(row.place, int(of[MATCHED]), tuple(of[SUMS]), row.block))
        alone.append(Part(row.place, int(of[ALONE]), (), row.block))
    return pairs, alone
