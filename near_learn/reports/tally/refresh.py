"""Brings the tally up to date: what has changed is counted anew from the progress rows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from near_learn.records import due
from near_learn.records.progress import registration
from near_learn.reports.tally import changed, grading
from near_learn.reports.tally.adding import add_up
from near_learn.reports.tally.entries import Reading, Values, firsts
from near_learn.reports.tally.parts import Division, Part, Place, divide, divided
from near_learn.reports.tally.tables import (
    ALIKE,
    REGIONS,
    TABLES,
    block,
    cell,
    days,
    entry,
    place,
    state,
    step,
    sums,
)
from near_learn.reports.tally.terms import Releases, Terms, heirs
from xapi.sql import lock
from xapi.sql.chunks import chunks

# Rows that are written with one statement.
AT_ONCE = 5000
# What makes two entries count in the same cell.
CELL = ("course", "nuts3", "region", "organisation", "cohort", "month", "release", "language", "first")


def is_due(connection: Connection, terms: Terms) -> bool:
    """Whether something has changed since it was counted."""
    known = connection.execute(select(state)).one_or_none()
    if known is None or known.made_with != terms.digest(heirs(connection)):
        return True
    if connection.scalar(select(due.due.c.registration).limit(1)) is not None:
        return True
    return bool(json.loads(known.releases) != Releases.read(connection).digests)


def refresh(connection: Connection, terms: Terms) -> int:
    """Counts what has changed; the number of registrations that were read. In a write transaction.

    Nobody else counts or records at the same time, so that nothing that is recorded meanwhile is forgotten.
    """
    lock.take(connection)
    if not is_due(connection, terms):
        return 0
    return _Refresh(connection, terms).run()


def recount(connection: Connection, terms: Terms) -> int:
    """Throws the tally away and counts everything; the number of registrations. In a write transaction."""
    lock.take(connection)
    connection.execute(delete(state))
    return _Refresh(connection, terms).run()


@dataclass
class _Found:
    """What dividing has found and is to be written; SIZES are the blocks that there were, with the number of
    their members."""

    sizes: Mapping[int, int]
    kept: list[Values] = field(default_factory=list)
    blocks: list[Values] = field(default_factory=list)
    places: list[Values] = field(default_factory=list)
    entries: list[Values] = field(default_factory=list)


@dataclass
class _Refresh:
    connection: Connection
    terms: Terms
    known: Row[Any] | None = None
    changed: set[Place] = field(default_factory=set)  # where somebody came, went or counts otherwise
    again: set[int] = field(default_factory=set)  # blocks to be added up
    kept: set[int] = field(default_factory=set)  # blocks that a new division has left as they were

    def run(self) -> int:
        connection = self.connection
        reading = Reading(self.terms.zone, heirs(connection), Releases.read(connection))
        made_with = self.terms.digest(dict(reading.heirs))
        self.known = connection.execute(select(state).where(state.c.made_with == made_with)).one_or_none()
        if self.known is None:
            self._empty()
        else:
            self._due_by_release(json.loads(self.known.releases), reading.releases)
        names = self._due()
        self._read(names, reading)
        if self.changed:
            self._divide()
        add_up(connection, sorted(self.again))
        grading.group(connection, sorted(self.again | self.kept), self.terms.least)
        changed.note(connection, self.again, names if self.known is not None else ())
        self._done(made_with, reading.releases)
        return len(names)

    def _empty(self) -> None:
        for table in TABLES:
            self.connection.execute(delete(table))
        self.connection.execute(delete(due.due))
        due.note_all(self.connection)

    def _due_by_release(self, before: Mapping[str, str], now: Releases) -> None:
        """A release that has become known, or is another, changes which modules its registrations have."""
        for key in sorted({*before, *now.digests}):
            if before.get(key) != now.digests.get(key):
                course, _, release = key.partition("/")
                chosen = select(registration.c.registration).where(registration.c.course == course)
                if release:
                    chosen = chosen.where(registration.c.release == release)
                due.note_chosen(self.connection, chosen)

    def _due(self) -> list[str]:
        """Those that have changed, and with them all of the same person in the same course."""
        self._due_without_first()
        columns = registration.c
        changed = columns.registration.in_(select(due.due.c.registration))
        # Each only once: then Citus finds them first, before it looks for the others on all machines.
        whom = select(columns.actor, columns.course).where(changed).distinct().subquery("whom")
        other = registration.alias("other")
        same = select(other.c.registration).join(
            whom, (whom.c.actor == other.c.actor) & (whom.c.course == other.c.course)
        )
        due.note_chosen(self.connection, same)
        names = list(self.connection.scalars(select(due.due.c.registration)))
        self.connection.execute(delete(due.due))
        return sorted(names)

    def _due_without_first(self) -> None:
        """When a registration is gone, another one may be its person's first in the course now."""
        there = select(registration.c.registration).where(registration.c.registration == entry.c.registration)
        gone = select(entry.c.course).where(
            entry.c.registration.in_(select(due.due.c.registration)), ~there.exists()
        )
        courses = list(self.connection.scalars(gone.distinct()))
        if courses:
            later = select(entry.c.registration).where(entry.c.course.in_(courses), ~entry.c.first)
            due.note_chosen(self.connection, later)

    def _read(self, names: Sequence[str], reading: Reading) -> None:
        first = firsts(self.connection, names)
        for some in _pieces(names, AT_ONCE):
            before = self._take_out(some)
            entries: list[Values] = []
            steps: list[Values] = []
            for new, own in reading.entries(self.connection, some):
                new["first"] = new["registration"] in first
                old = before.get(new["registration"])
                stays = old is not None and all(old[name] == new[name] for name in CELL)
                new["person"] = old["person"] if old and stays else new["first"]
                new["block"] = old["block"] if old and stays else None
                if old and stays:
                    before.pop(new["registration"])
                    self.again.add(old["block"])
                else:
                    self.changed.add((new["course"], new["nuts3"]))
                entries.append(new)
                steps += [each | {"block": new["block"]} for each in own]
            # Who is left here has moved or is no more.
            self.changed |= {(old["course"], old["nuts3"]) for old in before.values()}
            for table, rows in ((entry, entries), (step, steps)):
                if rows:
                    self.connection.execute(insert(table), rows)

    def _take_out(self, names: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        """What the entries were."""
        found: dict[str, Mapping[str, Any]] = {}
        if self.known is None:
            return found
        for some in chunks(names):
            rows = self.connection.execute(select(entry).where(entry.c.registration.in_(some))).mappings()
            found |= {row["registration"]: row for row in rows}
            for table in (step, entry):
                self.connection.execute(delete(table).where(table.c.registration.in_(some)))
        return found

    def _divide(self) -> None:
        """Divides the parts anew that have changed, and forgets the blocks that are no more."""
        connection = self.connection
        division = divide(connection, self.terms.least)
        known = set(connection.scalars(select(block.c.part).distinct()))
        stay = {
            part.digest
            for part in division.parts
            if part.digest in known and self.changed.isdisjoint(part.places)
        }
        rows = connection.execute(select(block.c.id, block.c.part, block.c.enrolled)).all()
        found = _Found({row.id: row.enrolled for row in rows if row.part not in stay})
        number = first_new = 1 + max((row.id for row in rows), default=0)
        for part in division.parts:
            if part.digest not in stay:
                number = self._blocks(part, division, number, found)
                if len(found.entries) >= AT_ONCE:
                    self._write(found)
        self._write(found)
        gone = set(found.sizes) - self.kept
        self._forget(gone)
        moved = select(entry.c.registration).where(entry.c.block >= first_new)
        own = select(entry.c.block).where(entry.c.registration == step.c.registration).scalar_subquery()
        connection.execute(update(step).where(step.c.registration.in_(moved)).values(block=own))
        self.again = {each for each in self.again if each not in gone} | set(range(first_new, number))

    def _forget(self, gone: set[int]) -> None:
        changed.note(self.connection, gone)
        for some in chunks(sorted(gone)):
            self.connection.execute(delete(block).where(block.c.id.in_(some)))
            for table in (place, sums, days, cell):
                self.connection.execute(delete(table).where(table.c.block.in_(some)))

    def _blocks(self, part: Part, division: Division, number: int, found: _Found) -> int:
        """Finds the blocks of a part, numbered from NUMBER on, but for those that are as they were; the next
        number."""
        members = self._members(part.places, division.absent)
        for indexes in divided(members, self.terms.least, told=part.told):
            mine = [members[index] for index in indexes]
            if (same := _same(mine, found.sizes)) is not None:
                self.kept.add(same)
                found.kept.append({"of": same, "digest": part.digest, "is_told": part.told})
                continue
            found.blocks.append(_block(number, part, mine))
            places = {(each["region"], each["organisation"]) for each in mine}
            found.places += [{"block": number, "region": code, "organisation": name} for code, name in places]
            found.entries += [
                {"of": each["registration"], "number": number, "counts": each["person"]} for each in mine
            ]
            number += 1
        return number

    def _write(self, found: _Found) -> None:
        """Writes what was found, and empties it."""
        as_it_was = update(block).where(block.c.id == bindparam("of"))
        own = update(entry).where(entry.c.registration == bindparam("of"))
        for statement, rows in (
            (as_it_was.values(part=bindparam("digest"), told=bindparam("is_told")), found.kept),
            (insert(block), found.blocks),
            (insert(place), found.places),
            (own.values(block=bindparam("number"), person=bindparam("counts")), found.entries),
        ):
            if rows:
                self.connection.execute(statement, rows)
                rows.clear()

    def _members(self, places: Iterable[Place], absent: frozenset[str]) -> list[Values]:
        """The entries in these places, with whom they count now (`person`) and whom they did (`was`)."""
        by_course: dict[str, list[str]] = {}
        for course, code in places:
            by_course.setdefault(course, []).append(code)
        names = [*entry.c.keys(), "was"]
        found: list[Values] = []
        for course, codes in sorted(by_course.items()):
            for some in chunks(codes):
                query = select(entry, entry.c.person.label("was"))
                rows = self.connection.execute(query.where(entry.c.course == course, entry.c.nuts3.in_(some)))
                found += [dict(zip(names, row, strict=True)) for row in rows]
        for each in found:
            each["person"] = each["first"] and each["registration"] not in absent
        return found

    def _done(self, made_with: str, releases: Releases) -> None:
        version = 1 if self.known is None else self.known.version + 1
        self.connection.execute(delete(state))
        row = {
            "id": 1,
            "made_with": made_with,
            "releases": json.dumps(releases.digests),
            "least": self.terms.least,
            "version": version,
            "counted_at": datetime.now(UTC),
        }
        self.connection.execute(insert(state), row)


def _same(members: Sequence[Values], sizes: Mapping[int, int]) -> int | None:
    """The block that has these members already and counts the same persons of them, if there is one."""
    number: int | None = members[0]["block"]
    if number is None or sizes.get(number) != len(members):
        return None
    alike = all(each["block"] == number and each["was"] == each["person"] for each in members)
    return number if alike else None


def _block(number: int, part: Part, members: Sequence[Values]) -> Values:
    """The row of a block: what all members have in common, and how many they are."""
    common: Values = {}
    for name in (*REGIONS, *ALIKE):
        values = {member[name] for member in members}
        common[name] = values.pop() if len(values) == 1 else None
    months = [member["month"] for member in members]
    recorded = {member["region"] for member in members}
    return {
        "id": number,
        "part": part.digest,
        "told": part.told,
        "alike": len(recorded) == 1 and min(months) == max(months) and None not in common.values(),
        **common,
        "first_month": min(months),
        "last_month": max(months),
        "enrolled": len(members),
        "persons": sum(member["person"] for member in members),
        "scores": None,
        "scores_blocks": None,
        "times": None,
        "times_blocks": None,
    }


def _pieces(names: Sequence[str], size: int) -> Iterable[Sequence[str]]:
    for start in range(0, len(names), size):
        yield names[start : start + size]
