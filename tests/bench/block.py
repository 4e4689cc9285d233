"""Statements that are stored, again and again as those of other people: how a large store is made in minutes.

Each copy has ids, registrations, people and cohorts of its own, as random as those of statements that were
sent, with the times of storing and the look-up rows that belong to them, and their progress rows. What they
are about stays. The rows are read once and written past the record store.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table, text

from near_learn.records import due
from near_learn.records.progress import DERIVED
from tests.bench import corpus
from tests.bench.corpus import COHORT, Text
from xapi import terms
from xapi.sql import mentions
from xapi.sql.tables import statement
from xapi.store import timestamp

Change = Callable[[Any], Any]
Same = Mapping[Any, Any]
NUMBERS = ("seq", "term")  # columns that are not read as text
APART = 1000  # microseconds between two copies
CACHE = 1_000_000  # KB: random keys are put in order in memory


@dataclass
class Block:
    """The statements TEXTS with all their rows. They are stored one after the other, and nothing between."""

    texts: Sequence[Text]
    base: str
    first: int  # sequence number
    last: int
    rows: dict[Table, list[Sequence[Any]]]  # column by column

    @classmethod
    def read(cls, connection: Connection, texts: Sequence[Text], base: str, after: int) -> Block:
        """What is stored of TEXTS, all of which came after the sequence number AFTER."""
        rows = {
            table: _columns(connection, table, "WHERE seq > :after", after=after)
            for table in (statement, mentions.table(connection))
        }
        mine = {each.registration for each in texts}
        for table in DERIVED:
            found = _columns(connection, table)
            at = [column.name for column in table.columns].index("registration")
            kept = [place for place, name in enumerate(found[at] if found else ()) if name in mine]
            rows[table] = [[column[place] for place in kept] for column in found]
        numbers = rows[statement][[column.name for column in statement.columns].index("seq")]
        return cls(texts, base, min(numbers), max(numbers), rows)

    @property
    def length(self) -> int:
        """How many sequence numbers it takes."""
        return self.last - self.first + APART

    def copied(self, connection: Connection, oldest: int, people: int) -> list[Text]:
        """Adds a copy that was stored before OLDEST, of people with numbers greater by PEOPLE.

        Returns what can be asked for. Nothing may have been stored in the `length` before OLDEST.
        """
        copy = _Copy.of(self, oldest - self.length - self.first, people)
        for table, columns in self.rows.items():
            changes = [copy.change(table, column.name) for column in table.columns]
            changed = [
                column if change is None else list(map(change, column))
                for change, column in zip(changes, columns, strict=True)
            ]
            if table is statement:
                changed = copy.told(table, columns, changed)
            rows = list(zip(*changed, strict=True))
            if "term" in table.c:
                rows.sort()  # as they lie in the table
            write(connection, table, rows)
        due.note(connection, copy.registrations.values())
        return copy.texts()


@dataclass
class _Copy:
    """What stands for what in one copy."""

    block: Block
    later: int  # by how much its sequence numbers are greater (or, below 0, smaller)
    ids: Same
    registrations: Same
    accounts: Same
    cohorts: Same
    terms: Same

    @classmethod
    def of(cls, block: Block, later: int, people: int) -> _Copy:
        rng = Random(f"{later} {people}")
        texts, base = block.texts, block.base
        registrations = {each.registration: _uuid(rng) for each in texts}
        people_of = {each.account: corpus.number(each) for each in texts}
        accounts = {old: corpus.account(place + people) for old, place in people_of.items()}
        cohorts = {
            f"group-{place // COHORT}": f"group-{(place + people) // COHORT}" for place in people_of.values()
        }
        same = {(terms.REGISTRATION, old): new for old, new in registrations.items()}
        for old, new in accounts.items():
            for role in (terms.AGENT, terms.RELATED_AGENT):
                same[role, _identity(base, old)] = _identity(base, new)
        hashed = {terms.term(role, old): terms.term(role, new) for (role, old), new in same.items()}
        ids = {each.id: _uuid(rng) for each in texts}
        return cls(block, later, ids, registrations, accounts, cohorts, hashed)

    def change(self, table: Table, name: str) -> Change | None:
        """What to do with the values of a column; None: nothing."""
        if name in ("seq", "term"):
            return (
                (lambda seq: seq + self.later) if name == "seq" else lambda term: self.terms.get(term, term)
            )
        of: Same = {}
        if name == "statement_id" or (table is statement and name in ("id", "refers_to")):
            of = _written(self.ids)
        elif name == "registration":
            of = _written(self.registrations)
        elif name in ("actor", "cohort"):
            of = self.accounts if name == "actor" else self.cohorts
        return (lambda value: of.get(value, value)) if of else None

    def told(
        self, table: Table, old: Sequence[Sequence[Any]], new: Sequence[Sequence[Any]]
    ) -> list[Sequence[Any]]:
        """The columns NEW of statements, with texts that say what the columns say."""
        at = {column.name: place for place, column in enumerate(table.columns)}
        seqs = list(zip(old[at["seq"]], new[at["seq"]], strict=True))
        by_id = {_plain(each.id): each for each in self.block.texts}
        texts = [
            self._told(by_id[_plain(id_)], text, *map(timestamp, pair))
            for id_, text, pair in zip(old[at["id"]], old[at["text"]], seqs, strict=True)
        ]
        return [texts if place == at["text"] else column for place, column in enumerate(new)]

    def _told(self, one: Text, text: str, stored: str, later: str) -> str:
        number = corpus.number(one)
        cohort = f'"group-{number // COHORT}"'
        return (
            text.replace(one.id, self.ids[one.id])
            .replace(one.registration, self.registrations[one.registration])
            .replace(one.account, self.accounts[one.account])
            .replace(cohort, f'"{self.cohorts[cohort[1:-1]]}"')
            .replace(stored, later)
        )

    def texts(self) -> list[Text]:
        """What the copy can be asked for by."""
        return [
            Text(
                self.ids[each.id],
                "",
                self.accounts[each.account],
                self.registrations[each.registration],
                each.verb,
                each.activity,
                each.course,
            )
            for each in self.block.texts
        ]


def write(connection: Connection, table: Table, rows: Sequence[Sequence[Any]]) -> None:
    """Adds rows whose values are as the database itself writes them."""
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(table.columns))
        driver.executemany(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', rows)
        return
    with driver.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)


def roomy(connection: Connection) -> None:
    """Lets SQLite keep more of the file in memory, as long as the connection lives."""
    if connection.dialect.name == "sqlite":
        connection.execute(text(f"PRAGMA cache_size = -{CACHE}"))


def _columns(connection: Connection, table: Table, where: str = "", **values: int) -> list[Sequence[Any]]:
    """The rows, column by column, as the database itself writes values."""
    raw = connection.dialect.name == "sqlite"
    names = ", ".join(
        f'"{name}"' if raw or name in NUMBERS else f'CAST("{name}" AS TEXT)'
        for name in (column.name for column in table.columns)
    )
    found = connection.execute(text(f'SELECT {names} FROM "{table.name}" {where}'), values)
    return list(zip(*found, strict=True))


def _identity(base: str, account: str) -> str:
    found = terms.identity({"account": {"homePage": base, "name": account}})
    assert found is not None
    return found


def _uuid(rng: Random) -> str:
    return str(UUID(int=rng.getrandbits(128), version=4))


def _plain(id_: str) -> str:
    return id_.replace("-", "")


def _written(same: Same) -> dict[str, str]:
    """The same with and without dashes, as the database may write them."""
    return {**same, **{_plain(old): _plain(new) for old, new in same.items()}}
