"""Statements as most ask for them: the texts as they are kept, put together without a look inside."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from xapi.query import Query
from xapi.sql import driver, walk
from xapi.sql.driver import Row
from xapi.sql.reader import Readers


class Texts(NamedTuple):
    """Texts with commas between them; `cursor` is where the next page begins, if there is one."""

    text: bytes
    cursor: int | None


def one(readers: Readers, query: Query) -> tuple[int, bytes] | None:
    """Sequence number and text of the one statement that the query names, if it is there."""
    found = readers.rows(*walk.texts(readers, query))
    return (int(found[0][0]), walk.as_bytes(found[0][1])) if found else None


def page(readers: Readers, query: Query, *, size: int, most_bytes: int) -> Texts:
    """The next page: never more than `size` statements, and few more than `most_bytes` bytes of them.

    The order and all limits are on the sequence number, so statements stored meanwhile neither push
    others onto the next page nor make it skip any.
    """
    if readers.dialect.name == "sqlite":
        found = _together(readers, query, size, most_bytes)
        if found is not None:
            return found
    else:
        rows = readers.tried(*walk.texts(readers, query, size + 1))
        if rows is not None:
            return _cut(rows, size, most_bytes)
    with readers.connect() as connection:
        return _cut(driver.each(connection, *walk.texts(connection, query, size + 1)), size, most_bytes)


def _together(readers: Readers, query: Query, size: int, most_bytes: int) -> Texts | None:
    """The page in one row, so that the driver gives the interpreter away once and not for each statement.

    None when it is too much for that.
    """
    found = readers.tried(*walk.together(readers, query, size))
    if found is None:
        return None
    ((number, first, last, text),) = found
    if not number:
        return Texts(b"", None)
    if len(text) > most_bytes:
        return None
    if number < size:
        return Texts(text, None)
    cursor = last if query.ascending else first
    further = readers.rows(*walk.numbers(readers, query._replace(cursor=cursor)))
    return Texts(text, cursor if further else None)


def _cut(rows: Iterable[Row], size: int, most_bytes: int) -> Texts:
    texts: list[bytes] = []
    weight, last = 0, 0
    for seq, text in rows:
        if len(texts) == size or weight > most_bytes:
            return Texts(b",".join(texts), int(last))
        texts.append(walk.as_bytes(text))
        weight += len(texts[-1])
        last = seq
    return Texts(b",".join(texts), None)
