"""Everything that is held about a person as one ZIP file, written while it is sent."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from flask import current_app
from sqlalchemy import Connection, RowMapping, select

from near_learn.config import Settings
from near_learn.people.person import Person
from near_learn.privacy import finding
from near_learn.privacy.holdings import Holding, Key, present
from near_learn.privacy.identities import Identities
from near_learn.records.progress import registration
from xapi.lrs import LRS
from xapi.sql.chunks import chunks
from xapi.sql.documents import agent_digest
from xapi.sql.tables import attachment, document, statement

STATEMENTS = ("statements.json", "withdrawn_statements.json")
README = """Everything that this installation holds about you.

record.json                what is stored, table by table; "about" says what each table is for
statements.json            every statement that mentions you, character by character as it is stored (xAPI)
withdrawn_statements.json  statements that were withdrawn
attachments/               files that came with statements
documents/                 what other programs have stored about you; record.json says which is which

Passwords, keys and digests are left out: they would help nobody but a thief.
"""


def to_zip(connection: Connection, person: Person, now: datetime) -> Iterator[bytes]:
    """The file in pieces. CONNECTION sees one state of the database as long as this lasts."""
    settings: Settings = current_app.extensions["settings"]
    lrs: LRS = current_app.extensions["lrs"]
    who = Identities.of(connection, person, settings.base_url)
    found = finding.statements_of(connection, who)
    drain = _Drain()
    with ZipFile(drain, "w", ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", README)
        record = {"made_at": now, "tables": list(_tables(connection, person, who))}
        archive.writestr("record.json", json.dumps(record, ensure_ascii=False, indent=1, default=_plain))
        yield drain.taken()
        for name, withdrawn in zip(STATEMENTS, (False, True), strict=True):
            with archive.open(name, "w") as file:
                yield from _write(file, drain, _statements(connection, lrs, found, withdrawn=withdrawn))
            yield drain.taken()
        for path, content in _files(connection, who, found):
            archive.writestr(path, content)
            yield drain.taken()
    yield drain.taken()


def _tables(connection: Connection, person: Person, who: Identities) -> Iterator[dict[str, object]]:
    query = select(registration.c.registration).where(registration.c.actor.in_(who.actors()))
    registrations = list(connection.scalars(query))
    for holding in present():
        if holding.key is Key.STATEMENT:
            continue
        rows = [
            _row(row, holding)
            for condition in finding.conditions(connection, holding, person.id, who, registrations)
            for row in connection.execute(select(holding.source).where(condition)).mappings()
        ]
        if rows:
            about = {"what": holding.what, "why": holding.why, "how_long": holding.how_long}
            seen = {"seen_by": holding.seen_by}
            yield {"table": holding.id, **about, **seen, "rows": rows}


def _row(row: RowMapping, holding: Holding) -> dict[str, object]:
    kept = {name: value for name, value in row.items() if name not in holding.secret}
    if holding.table == "xapi_document":
        kept["content"] = _document_path(row)
    if holding.table == "person":
        kept["has_password"] = row["password_hash"] is not None
    return kept


def _statements(connection: Connection, lrs: LRS, ids: list[str], *, withdrawn: bool) -> Iterator[str]:
    yield "["
    first = True
    for some in chunks(ids):
        query = select(statement.c.id).where(statement.c.id.in_(some), statement.c.voided.is_(withdrawn))
        wanted = set(connection.scalars(query))
        texts = lrs.store.some(connection, [one for one in some if one in wanted])
        for one in some:
            if one in texts:
                yield ("\n" if first else ",\n") + texts[one].text.decode()
                first = False
    yield "\n]\n"


def _files(connection: Connection, who: Identities, ids: list[str]) -> Iterator[tuple[str, bytes]]:
    seen: set[str] = set()
    for some in chunks(ids):
        for row in connection.execute(select(attachment).where(attachment.c.statement_id.in_(some))):
            if row.sha2 not in seen:
                seen.add(row.sha2)
                yield f"attachments/{row.sha2}.bin", row.content
    digests = [agent_digest(one) for one in who.known]
    for kept in connection.execute(select(document).where(document.c.agent.in_(digests))).mappings():
        yield _document_path(kept), kept["content"]


def _document_path(row: Mapping[Any, Any]) -> str:
    return f"documents/{row['digest'][:32]}.bin"


def _write(file: Any, drain: _Drain, pieces: Iterator[str]) -> Iterator[bytes]:
    for piece in pieces:
        file.write(piece.encode())
        if drain.size > 65536:
            yield drain.taken()


class _Drain(io.RawIOBase):
    """Where the archive is written to and taken away from, so that it never lies in memory as a whole."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        """Keeps what the archive writes until it is taken."""
        piece = bytes(data)
        self._pieces.append(piece)
        self.size += len(piece)
        return len(piece)

    def taken(self) -> bytes:
        """What was written since the last time."""
        found = b"".join(self._pieces)
        self._pieces, self.size = [], 0
        return found


def _plain(value: object) -> str:
    """Times as text: what JSON does not know."""
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"cannot be written as JSON: {value!r}")
