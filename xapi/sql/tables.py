"""The record store's tables.

Statement texts are kept as they were received; what queries filter on stands beside them in the narrow table
``xapi_mention``. Two of the tables differ between the databases:

On PostgreSQL every unique key on statement data contains the statement's id, so that the tables can be spread
over several machines by that id. On SQLite statements lie in the file in the order of their numbers, and the
narrow table names them by their numbers alone: a third of the bytes to write, and nothing to look up twice.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Engine,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    Uuid,
)

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

metadata = MetaData(naming_convention=_NAMES)
on_sqlite = MetaData(naming_convention=_NAMES)

_ID = Uuid(as_uuid=False)


def _statement(metadata: MetaData, id_: Column[str], seq: Column[int]) -> Table:
    refers_to: Column[str] = Column("refers_to", _ID)
    there = refers_to.is_not(None)
    return Table(
        "xapi_statement",
        metadata,
        id_,
        # Microseconds of `stored` since 1970, given out under the write lock.
        seq,
        Column("registration", _ID),
        # The statement that this one's object refers to, if its object is a StatementRef: few have one.
        refers_to,
        Column("voiding", Boolean, nullable=False),
        Column("voided", Boolean, nullable=False),
        Column("version", String(8), nullable=False),
        Column("text", Text, nullable=False),
        Index("ix_xapi_statement_refers_to", refers_to, postgresql_where=there, sqlite_where=there),
    )


def _mention(metadata: MetaData, *more: Column[str]) -> Table:
    return Table(
        "xapi_mention",
        metadata,
        # A 64-bit hash of what is mentioned and in which role: see xapi/terms.py.
        Column("term", BigInteger, primary_key=True, autoincrement=False),
        Column("seq", BigInteger, primary_key=True, autoincrement=False),
        *more,
        sqlite_with_rowid=False,
    )


# Queries of statements are made with this one for both databases: the columns are the same.
statement = _statement(
    metadata, Column("id", _ID, primary_key=True), Column("seq", BigInteger, nullable=False, index=True)
)
mention = _mention(metadata, Column("statement_id", _ID, primary_key=True))

_statement(
    on_sqlite,
    Column("id", _ID, nullable=False, unique=True, index=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
)
numbered_mention = _mention(on_sqlite)

attachment = Table(
    "xapi_attachment",
    metadata,
    Column("statement_id", _ID, primary_key=True),
    Column("sha2", String(128), primary_key=True),
    Column("content_type", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

activity = Table(
    "xapi_activity",
    metadata,
    # A digest instead of the IRI itself: an index entry may not be as long as an IRI may be.
    Column("digest", String(32), primary_key=True),
    Column("iri", Text, nullable=False),
    Column("definition", Text, nullable=False),
)

document = Table(
    "xapi_document",
    metadata,
    Column("digest", String(64), primary_key=True),
    # A digest of the resource and of whom and what the documents belong to, without the registration.
    Column("holder", String(64), nullable=False),
    # An empty string where there is none: NULL would let the same document exist twice.
    Column("registration", String(36), nullable=False),
    # By whom and of what they are found without knowing the holder: when somebody asks for all of their own.
    Column("resource", String(16), nullable=False, server_default=""),
    Column("activity", Text, nullable=False, server_default=""),
    Column("agent", String(64), nullable=False, server_default="", index=True),
    Column("name", Text, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("etag", String(64), nullable=False),
    # Microseconds since 1970.
    Column("updated", BigInteger, nullable=False),
    Index("ix_xapi_document_holder_updated", "holder", "updated"),
)

for _table in (attachment, activity, document):
    _table.to_metadata(on_sqlite)


def of(dialect: str) -> MetaData:
    """The tables as they are in this kind of database."""
    return on_sqlite if dialect == "sqlite" else metadata


def create(bind: Engine | Connection) -> None:
    """Makes the tables that are not there yet."""
    of(bind.dialect.name).create_all(bind)
