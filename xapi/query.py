"""Queries of the Statement Resource: which statements, in which order, in which form."""

from __future__ import annotations

from typing import Literal, NamedTuple

Format = Literal["exact", "ids", "canonical"]


class Query(NamedTuple):
    """A validated query (1.0.3 Part 3, 2.1.3; 2.0 4.1.6.1).

    `statement_id` asks for one statement, `voided` says of which kind it must be (None: any).
    `terms` must all be mentioned. `since` and `until` are sequence numbers, `cursor` is where the last page
    ended. `registration` is the statement's own, not that of one it refers to.
    """

    statement_id: str | None = None
    voided: bool | None = False
    terms: tuple[int, ...] = ()
    registration: str | None = None
    since: int | None = None
    until: int | None = None
    cursor: int | None = None
    ascending: bool = False
    limit: int = 0
    format: Format = "exact"
    attachments: bool = False
