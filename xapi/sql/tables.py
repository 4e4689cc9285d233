"""The record store's tables.

Every unique key on statement data contains the statement's id, so that the tables can be spread over
several machines by that id. Statement texts are kept as they were received; what queries filter on stands
beside them in the narrow table ``xapi_mention``.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    Uuid,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_ID = Uuid(as_uuid=False)

statement = Table(
    "xapi_statement",
    metadata,
    Column("id", _ID, primary_key=True),
    # Microseconds of `stored` since 1970. Unique in practice (given out under the write lock), not by a key.
    Column("seq", BigInteger, nullable=False, index=True),
    Column("registration", _ID),
    # The statement that this one's object refers to, if its object is a StatementRef.
    Column("refers_to", _ID, index=True),
    Column("voiding", Boolean, nullable=False),
    Column("voided", Boolean, nullable=False),
    Column("version", String(8), nullable=False),
    Column("text", Text, nullable=False),
    Index("ix_xapi_statement_registration_seq", "registration", "seq"),
)

mention = Table(
    "xapi_mention",
    metadata,
    # A 64-bit hash of what is mentioned and in which role: see xapi/terms.py.
    Column("term", BigInteger, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("statement_id", _ID, primary_key=True),
    sqlite_with_rowid=False,
)

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
