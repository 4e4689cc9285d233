"""That somebody was erased: keyed digests, so that nothing brings the person back unnoticed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy import Connection, String, Table, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from near_learn.db import Model, UTCDateTime
from near_learn.privacy import keyed
from xapi.errors import XAPIError
from xapi.sql.chunks import chunks
from xapi.sql.lookup import find
from xapi.sql.upsert import insert_missing

PURPOSE = "erasures"
EMAIL, ACCOUNT = "email", "account"


class Tombstone(Model):
    """One of the ways in which an erased person was known. Who has no key cannot tell whom it is about."""

    __tablename__ = "tombstone"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    erasure: Mapped[str] = mapped_column(String(36), index=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime())


assert isinstance(Tombstone.__table__, Table)  # noqa: S101 (for the type checker)
table: Table = Tombstone.__table__


class Erased(XAPIError):
    """What is to be stored is about somebody who was erased here."""

    def __init__(self) -> None:
        super().__init__(
            "it is about a person who has been erased here, so nothing of this request was stored; "
            "send it again without what is about that person",
            403,
        )


def put(connection: Connection, erasure: str, identities: Iterable[str], email: str, at: datetime) -> int:
    """Remembers that these identities and this address were erased; how many digests. Raises keyed.NoKey."""
    key = keyed.needed(PURPOSE)
    tokens = {(EMAIL, _email(email))}
    for one in identities:
        tokens |= {(EMAIL if _of_email(one, email) else ACCOUNT, token) for token in _tokens(one)}
    rows = [
        {"digest": key.digest(token.encode()), "kind": kind, "erasure": erasure, "at": at}
        for kind, token in sorted(tokens)
    ]
    insert_missing(connection, table, rows)
    return len(rows)


def check(connection: Connection, identities: Iterable[str]) -> None:
    """Raises Erased when one of them was erased."""
    tokens = {token for one in identities for token in _tokens(one)}
    if _found(connection, tokens):
        raise Erased


def erased(connection: Connection, email: str) -> bool:
    """Whether a person with this address was erased and has not been let back."""
    return _found(connection, {_email(email)})


def erased_among(connection: Connection, emails: Iterable[str]) -> set[str]:
    """Those of the addresses, as they are stored, of which `erased` holds."""
    named = {key.digest(_email(email).encode()): email for key in keyed.keys(PURPOSE) for email in emails}
    found: set[str] = set()
    for some in chunks(sorted(named)):
        digests = connection.scalars(select(table.c.digest).where(table.c.digest.in_(some)))
        found.update(named[digest] for digest in digests)
    return found


def readmit(connection: Connection, email: str) -> bool:
    """Lets a person with this address be added again, as somebody new; False when nobody was erased."""
    digests = [key.digest(_email(email).encode()) for key in keyed.keys(PURPOSE)]
    found = list(connection.scalars(select(table.c.erasure).where(table.c.digest.in_(digests))))
    if found:
        # What stood for the address goes too; the old account stays gone.
        connection.execute(delete(table).where(table.c.erasure.in_(found), table.c.kind == EMAIL))
    return bool(found)


def _found(connection: Connection, tokens: Iterable[str]) -> bool:
    digests = [key.digest(token.encode()) for key in keyed.keys(PURPOSE) for token in tokens]
    return any(True for _ in find(connection, table, digest=digests))


def _tokens(one: str) -> Iterator[str]:
    """What an identity is remembered and found by: itself, and an address in it however it is written."""
    yield one
    kind, _, rest = one.partition("\0")
    name = rest.rpartition("\0")[2]
    if kind == "mbox":
        yield _email(name.lower().removeprefix("mailto:"))
    elif kind == "account" and "@" in name:
        yield _email(name)


def _of_email(one: str, email: str) -> bool:
    """Whether an identity follows from the address, so that somebody who is let back has it again."""
    return one.startswith("mbox") or email in one.lower()


def _email(email: str) -> str:
    return f"email\0{email.strip().lower()}"
