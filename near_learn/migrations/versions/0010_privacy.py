"""Audit log, erasures"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# Rows are added at the end, never changed, and deleted only up to the row that a later one has released.
SQLITE = (
    """
    CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log cannot be changed'); END
    """,
    """
    CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
    WHEN NOT EXISTS (SELECT 1 FROM audit WHERE through >= OLD.number)
    BEGIN SELECT RAISE(ABORT, 'the audit log cannot be deleted'); END
    """,
    """
    CREATE TRIGGER audit_at_the_end BEFORE INSERT ON audit
    WHEN EXISTS (SELECT 1 FROM audit WHERE number >= NEW.number)
    BEGIN SELECT RAISE(ABORT, 'the audit log is written at its end only'); END
    """,
)
POSTGRESQL = (
    """
    CREATE FUNCTION audit_guard() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' THEN
            IF EXISTS (SELECT 1 FROM audit WHERE through >= OLD.number) THEN RETURN OLD; END IF;
            RAISE EXCEPTION 'the audit log cannot be deleted';
        ELSIF TG_OP = 'INSERT' THEN
            IF NOT EXISTS (SELECT 1 FROM audit WHERE number >= NEW.number) THEN RETURN NEW; END IF;
            RAISE EXCEPTION 'the audit log is written at its end only';
        END IF;
        RAISE EXCEPTION 'the audit log cannot be changed';
    END $$
    """,
    """
    CREATE TRIGGER audit_guard_row BEFORE INSERT OR UPDATE OR DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION audit_guard()
    """,
    """
    CREATE TRIGGER audit_guard_whole BEFORE TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_guard()
    """,
)


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=36), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("about", sa.String(length=36), nullable=False),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("through", sa.BigInteger(), nullable=True),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit")),
    )
    for column in ("actor", "action", "about"):
        op.create_index(op.f(f"ix_audit_{column}"), "audit", [column])
    # The row that releases others for deletion is found without reading the log.
    op.create_index(op.f("ix_audit_through"), "audit", ["through"])
    op.create_table(
        "audit_subject",
        sa.Column("handle", sa.String(length=36), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("handle", name=op.f("pk_audit_subject")),
        sa.UniqueConstraint("account", name=op.f("uq_audit_subject_account")),
    )
    op.create_table(
        "tombstone",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("erasure", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_tombstone")),
    )
    op.create_index(op.f("ix_tombstone_erasure"), "tombstone", ["erasure"])
    op.create_table(
        "erasure",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("account", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )
    op.create_index(op.f("ix_erasure_account"), "erasure", ["account"])
    # In place: a copy of the table would take as long as there are documents.
    op.add_column("xapi_document", sa.Column("resource", sa.String(16), nullable=False, server_default=""))
    op.add_column("xapi_document", sa.Column("activity", sa.Text(), nullable=False, server_default=""))
    op.add_column("xapi_document", sa.Column("agent", sa.String(64), nullable=False, server_default=""))
    op.create_index("ix_xapi_document_agent", "xapi_document", ["agent"])
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    op.drop_index("ix_xapi_document_agent", "xapi_document")
    for column in ("agent", "activity", "resource"):
        op.drop_column("xapi_document", column)
    op.drop_table("erasure")
    op.drop_table("tombstone")
    op.drop_table("audit_subject")
    op.drop_table("audit")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_guard()")
