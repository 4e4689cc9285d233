"""The SQL of a query: a walk along the key of the narrow table, from the newest statement or the oldest.

The database stops when the page is full, instead of sorting everything that matches.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from xapi.query import Query
from xapi.sql.driver import Row, Speaks, in_uuid, out_uuid
from xapi.store import Stored
from xapi.terms import REGISTRATION, term

Asked = tuple[str, list[Any]]
"""SQL and its parameters."""


def columns(connection: Speaks) -> str:
    """What `stored` takes, of the table under the name s. SQLite gives bytes when it is asked for them."""
    return _columns(connection.dialect.name == "postgresql")


def _columns(postgresql: bool) -> str:
    return "s.id, s.seq, s.text" if postgresql else "s.id, s.seq, CAST(s.text AS BLOB)"


def stored(row: Row) -> Stored:
    """The statement in a row of these columns."""
    id_, seq, text = row
    return Stored(out_uuid(id_), seq, as_bytes(text))


def as_bytes(text: str | bytes) -> bytes:
    """A statement's text as one of the databases gives it."""
    return text if isinstance(text, bytes) else text.encode()


def query(connection: Speaks, query: Query, most: int = 1) -> Asked:
    """For `stored`: the first `most` statements that the query asks for, in order."""
    return _asked(connection, query, most, "stored")


def texts(connection: Speaks, query: Query, most: int = 1) -> Asked:
    """The same with nothing but their sequence numbers and texts."""
    return _asked(connection, query, most, "texts")


def numbers(connection: Speaks, query: Query, most: int = 1) -> Asked:
    """The same with nothing but their sequence numbers."""
    return _asked(connection, query, most, "numbers")


def together(connection: Speaks, query: Query, most: int) -> Asked:
    """One row: how many, the first and the last sequence number, and all texts with commas between them."""
    return _asked(connection, query, most, "together")


def _asked(connection: Speaks, query: Query, most: int, wanted: str) -> Asked:
    terms = query.terms
    if query.registration and not query.statement_id:
        # Statements are not found by their own registration, but by those that they mention.
        terms = tuple(dict.fromkeys((term(REGISTRATION, query.registration.lower()), *terms)))
    limits = (
        query.voided,
        query.statement_id and in_uuid(connection, query.statement_id),
        query.registration and in_uuid(connection, query.registration),
        query.since,
        query.until,
        query.cursor,
    )
    values: list[Any] = [*terms, *(limit for limit in limits if limit is not None)]
    sql = _sql(
        connection.dialect.name == "postgresql",
        wanted,
        len(terms),
        tuple([limit is not None for limit in limits]),
        query.ascending,
    )
    return sql, [*values, most]


@lru_cache(maxsize=512)
def _sql(postgresql: bool, wanted: str, terms: int, limited: tuple[bool, ...], ascending: bool) -> str:
    """The first of the terms is walked along, the others and the statement itself are looked up.

    (CROSS JOIN keeps SQLite from turning that around; to PostgreSQL, which knows how rare each is, it says
    nothing.)
    """
    tables = [f"xapi_mention m{number}" for number in range(terms)] + ["xapi_statement s"]
    conditions = [f"m{number}.term = ?" for number in range(terms)]
    place = "m0.seq" if terms else "s.seq"
    if terms:
        conditions.append("s.id = m0.statement_id" if postgresql else "s.seq = m0.seq")
    for number in range(1, terms):
        conditions.append(f"m{number}.seq = m0.seq")
        if postgresql:
            conditions.append(f"m{number}.statement_id = m0.statement_id")
    after = place + (" > ?" if ascending else " < ?")
    possible = ("s.voided = ?", "s.id = ?", "s.registration = ?", f"{place} > ?", f"{place} <= ?", after)
    conditions += [condition for condition, there in zip(possible, limited, strict=True) if there]
    order = "ASC" if ascending else "DESC"
    found = {
        "stored": _columns(postgresql),
        "texts": "s.seq, s.text" if postgresql else "s.seq, CAST(s.text AS BLOB)",
        "numbers": "s.seq",
        "together": "s.seq, s.text",
    }
    sql = f"""SELECT {found[wanted]} FROM {" CROSS JOIN ".join(tables)}
        WHERE {" AND ".join(conditions) or "true"} ORDER BY {place} {order} LIMIT ?"""  # noqa: S608 (no values)
    if wanted == "together":
        return f"SELECT count(*), min(seq), max(seq), CAST(group_concat(text) AS BLOB) FROM ({sql})"  # noqa: S608
    return sql
