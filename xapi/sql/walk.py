"""The SQL of a query: a walk along the key of the narrow table, from the newest statement or the oldest.

The database stops when the page is full, instead of sorting everything that matches.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from xapi.query import Query
from xapi.sql.driver import Row, in_uuid, out_uuid
from xapi.store import Stored


def columns(connection: Connection) -> str:
    """What `stored` takes, of the table under the name s. SQLite gives bytes when it is asked for them."""
    text = "s.text" if connection.dialect.name == "postgresql" else "CAST(s.text AS BLOB)"
    return f"s.id, s.seq, {text}"


def stored(row: Row) -> Stored:
    """The statement in a row of these columns."""
    id_, seq, text = row
    return Stored(out_uuid(id_), seq, text if isinstance(text, bytes) else text.encode())


def query(connection: Connection, query: Query, most: int = 1) -> tuple[str, list[Any]]:
    """SQL and parameters for the first `most` statements that the query asks for.

    The first of its terms is walked along, the others and the statement itself are looked up. (CROSS JOIN
    keeps SQLite from turning that around; to PostgreSQL, which knows how rare each is, it says nothing.)
    """
    tables = [f"xapi_mention m{number}" for number in range(len(query.terms))] + ["xapi_statement s"]
    conditions = ["s.voided = ?"]
    values: list[Any] = [query.voided]
    place = "m0.seq" if query.terms else "s.seq"
    if query.terms:
        conditions.append("s.id = m0.statement_id")
    for number, term in enumerate(query.terms):
        conditions.append(f"m{number}.term = ?")
        values.append(term)
        if number:
            conditions.append(f"m{number}.seq = m0.seq AND m{number}.statement_id = m0.statement_id")
    after = place + (" > ?" if query.ascending else " < ?")
    for condition, value in (
        ("s.id = ?", query.statement_id and in_uuid(connection, query.statement_id)),
        ("s.registration = ?", query.registration and in_uuid(connection, query.registration)),
        (f"{place} > ?", query.since),
        (f"{place} <= ?", query.until),
        (after, query.cursor),
    ):
        if value is not None:
            conditions.append(condition)
            values.append(value)
    order = "ASC" if query.ascending else "DESC"
    sql = f"""SELECT {columns(connection)} FROM {" CROSS JOIN ".join(tables)}
        WHERE {" AND ".join(conditions)} ORDER BY {place} {order} LIMIT ?"""  # noqa: S608 (no values)
    return sql, [*values, most]
