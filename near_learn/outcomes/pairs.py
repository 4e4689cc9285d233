"""Pairs of first attempts: the test before and the test after of one registration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, and_, func, select

from near_learn.content import Course
from near_learn.outcomes import ground
from near_learn.outcomes.ground import Years
from near_learn.outcomes.parting import Part, merged
from near_learn.records.progress import module_progress
from near_learn.reports.tally.tables import entry


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


def parts(connection: Connection, of: BothTests, years: Years) -> tuple[list[Part], list[Part]]:
    """The people with a pair, with the sums that gain.py needs; and those with the test before only.

    The year of a pair is that of the test after, else that of the test before.
    """
    before, after = module_progress.alias("before"), module_progress.alias("after")
    score, scored = before.c.first_score, after.c.first_score
    matched = scored.is_not(None)
    year = years.of(func.coalesce(after.c.started_at, before.c.started_at))
    columns = [*ground.columns(year), matched.label("matched")]
    source = before.join(entry, entry.c.registration == before.c.registration).outerjoin(
        after,
        and_(
            after.c.registration == before.c.registration,
            after.c.module == of.after,
            scored.is_not(None),
            # Who took the second test first has nothing to compare it with.
            after.c.started_at >= before.c.started_at,
        ),
    )
    sums = (score, scored, score * score, scored * scored, score * scored)
    query = (
        select(
            *columns, func.count().label("persons"), *(func.coalesce(func.sum(each), 0.0) for each in sums)
        )
        .select_from(source)
        .where(before.c.module == of.before, score.is_not(None), entry.c.course == of.course, entry.c.first)
        .group_by(*ground.GROUP, "matched")
    )
    pairs, alone = [], []
    for row in connection.execute(query):
        place = ground.place(row)
        if row.matched:
            pairs.append(Part(place, row.persons, tuple(float(each) for each in row[-5:])))
        else:
            alone.append(Part(place, row.persons))
    return merged(pairs), merged(alone)
