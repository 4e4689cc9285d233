"""Releases of results, certificates, private texts, deadlines, learning events"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "certificate",
        sa.Column("code", sa.String(length=28), nullable=False),
        sa.Column("registration", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.String(length=36), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("renewable", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_certificate")),
        sa.UniqueConstraint("registration", "number", name=op.f("uq_certificate_registration")),
    )
    op.create_table(
        "deadline",
        sa.Column("cohort", sa.String(length=64), nullable=False),
        sa.Column("course", sa.String(length=100), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["cohort"], ["cohort.id"], name=op.f("fk_deadline_cohort_cohort")),
        sa.PrimaryKeyConstraint("cohort", "course", name=op.f("pk_deadline")),
    )
    op.create_table(
        "private_text",
        sa.Column("registration", sa.String(length=36), nullable=False),
        sa.Column("module", sa.String(length=100), nullable=False),
        sa.Column("question", sa.String(length=100), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("statement_id", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("registration", "module", "question", name=op.f("pk_private_text")),
    )
    with op.batch_alter_table("attempt") as batch:
        batch.alter_column("success", existing_type=sa.Boolean(), nullable=True)
        batch.add_column(sa.Column("release", sa.String(length=64), nullable=False, server_default=""))
    with op.batch_alter_table("answer") as batch:
        batch.add_column(sa.Column("release", sa.String(length=64), nullable=False, server_default=""))
    with op.batch_alter_table("registration") as batch:
        batch.add_column(sa.Column("released_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("release") as batch:
        batch.add_column(sa.Column("instruments", sa.JSON(), nullable=False, server_default="[]"))
        batch.add_column(sa.Column("structure", sa.String(length=16), nullable=False, server_default=""))
    op.create_table(
        "kept_release",
        sa.Column("registration", sa.String(length=36), nullable=False),
        sa.Column("structure", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("registration", name=op.f("pk_kept_release")),
    )
    with op.batch_alter_table("quiz_draft") as batch:
        batch.add_column(sa.Column("shared", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("release", sa.String(length=64), nullable=False, server_default=""))
    op.create_table(
        "gathering",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("course", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("region", sa.String(length=5), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gathering")),
        sa.UniqueConstraint("code", name=op.f("uq_gathering_code")),
    )
    op.create_table(
        "attendance",
        sa.Column("gathering", sa.String(length=36), nullable=False),
        sa.Column("account", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("statement_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["gathering"], ["gathering.id"], name=op.f("fk_attendance_gathering_gathering")
        ),
        sa.PrimaryKeyConstraint("gathering", "account", name=op.f("pk_attendance")),
    )
    op.create_index(op.f("ix_attendance_account"), "attendance", ["account"])


def downgrade() -> None:
    op.drop_table("attendance")
    op.drop_table("gathering")
    with op.batch_alter_table("quiz_draft") as batch:
        batch.drop_column("release")
        batch.drop_column("shared")
    op.drop_table("kept_release")
    with op.batch_alter_table("release") as batch:
        batch.drop_column("structure")
        batch.drop_column("instruments")
    with op.batch_alter_table("registration") as batch:
        batch.drop_column("released_at")
    with op.batch_alter_table("answer") as batch:
        batch.drop_column("release")
    # An attempt without success or failure is not known to the version before; the statements are.
    op.execute("DELETE FROM attempt WHERE success IS NULL")
    with op.batch_alter_table("attempt") as batch:
        batch.drop_column("release")
        batch.alter_column("success", existing_type=sa.Boolean(), nullable=False)
    op.drop_table("private_text")
    op.drop_table("deadline")
    op.drop_table("certificate")
