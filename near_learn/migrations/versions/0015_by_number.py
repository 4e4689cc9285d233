"""Statements of SQLite lie in the order of their numbers, and are found by these

On PostgreSQL two indexes change: that of references leaves out statements that refer to none, and that of
registrations is gone, because whatever mentions a registration is found in xapi_mention too.
"""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_THERE = sa.text("refers_to IS NOT NULL")


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        _without_wal(connection)
        _number_apart(connection)
        _move_statements(connection, number="INTEGER", key="seq")
        _move(
            connection,
            "xapi_mention",
            """CREATE TABLE moved (
                term BIGINT NOT NULL, seq BIGINT NOT NULL, CONSTRAINT pk_xapi_mention PRIMARY KEY (term, seq)
            ) WITHOUT ROWID""",
            "SELECT term, seq FROM xapi_mention ORDER BY term, seq",
        )
        op.create_index("ix_xapi_statement_id", "xapi_statement", ["id"], unique=True)
    else:
        op.drop_index("ix_xapi_statement_refers_to", "xapi_statement")
        op.drop_index("ix_xapi_statement_registration_seq", "xapi_statement")
    op.create_index(
        "ix_xapi_statement_refers_to",
        "xapi_statement",
        ["refers_to"],
        postgresql_where=_THERE,
        sqlite_where=_THERE,
    )


def downgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        _without_wal(connection)
        _move(
            connection,
            "xapi_mention",
            """CREATE TABLE moved (
                term BIGINT NOT NULL, seq BIGINT NOT NULL, statement_id CHAR(32) NOT NULL,
                CONSTRAINT pk_xapi_mention PRIMARY KEY (term, seq, statement_id)
            ) WITHOUT ROWID""",
            "SELECT m.term, m.seq, s.id FROM xapi_mention m JOIN xapi_statement s ON s.seq = m.seq "
            "ORDER BY m.term, m.seq",
        )
        _move_statements(connection, number="BIGINT", key="id")
        op.create_index("ix_xapi_statement_seq", "xapi_statement", ["seq"])
    else:
        op.drop_index("ix_xapi_statement_refers_to", "xapi_statement")
    op.create_index("ix_xapi_statement_refers_to", "xapi_statement", ["refers_to"])
    op.create_index("ix_xapi_statement_registration_seq", "xapi_statement", ["registration", "seq"])


def _without_wal(connection: sa.Connection) -> None:
    """Begin a transaction that writes straight into the file: what is new there needs no copy beside it.

    With a log of its length, each page that is read would be looked for in all of that first. Whoever
    connects next switches the log on again. What other migrations did before is whole, and is committed.
    While others have the file open the log stays, and it takes longer.
    """
    connection.exec_driver_sql("COMMIT")
    with suppress(sa.exc.OperationalError):
        connection.exec_driver_sql("PRAGMA journal_mode = DELETE")
    connection.exec_driver_sql("PRAGMA cache_size = -64000")
    # Or texts of people who are erased later would stay where the old table was.
    connection.exec_driver_sql("PRAGMA secure_delete = ON")
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _move_statements(connection: sa.Connection, *, number: str, key: str) -> None:
    """Statements go into a table of the same columns with another key."""
    _move(
        connection,
        "xapi_statement",
        f"""CREATE TABLE moved (
            id CHAR(32) NOT NULL, seq {number} NOT NULL, registration CHAR(32), refers_to CHAR(32),
            voiding BOOLEAN NOT NULL, voided BOOLEAN NOT NULL, version VARCHAR(8) NOT NULL,
            text TEXT NOT NULL,
            CONSTRAINT pk_xapi_statement PRIMARY KEY ({key})
        )""",
        "SELECT id, seq, registration, refers_to, voiding, voided, version, text "
        "FROM xapi_statement ORDER BY seq",
    )


def _move(connection: sa.Connection, table: str, made: str, rows: str) -> None:
    """The rows go into a table of another form, which takes the name of theirs."""
    connection.exec_driver_sql(made)
    connection.exec_driver_sql(f"INSERT INTO moved {rows}")
    connection.exec_driver_sql(f"DROP TABLE {table}")
    connection.exec_driver_sql(f"ALTER TABLE moved RENAME TO {table}")


def _number_apart(connection: sa.Connection) -> None:
    """Numbers were unique by how they are given out, and by no key: of two alike one moves to a free one."""
    alike = "SELECT seq FROM xapi_statement GROUP BY seq HAVING count(*) > 1"
    twice = connection.exec_driver_sql(
        f"SELECT seq, id FROM xapi_statement WHERE seq IN ({alike}) ORDER BY seq, id"  # noqa: S608 (no values)
    ).all()
    for (before, _), (seq, id_) in pairwise(twice):
        if seq != before:
            continue
        free = connection.exec_driver_sql(
            "SELECT min(seq) + 1 FROM xapi_statement s WHERE seq >= ? "
            "AND NOT EXISTS (SELECT 1 FROM xapi_statement t WHERE t.seq = s.seq + 1)",
            (seq,),
        ).scalar()
        connection.exec_driver_sql("UPDATE xapi_statement SET seq = ? WHERE id = ?", (free, id_))
        connection.exec_driver_sql(
            "UPDATE xapi_mention SET seq = ? WHERE seq = ? AND statement_id = ?", (free, seq, id_)
        )
