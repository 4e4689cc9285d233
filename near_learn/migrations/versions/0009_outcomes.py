"""Targets, and what participants tell about themselves"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_module_progress_module",
        "module_progress",
        ["module", "registration", "first_score", "started_at"],
    )
    op.create_table(
        "target",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("course", sa.String(length=100), nullable=False),
        sa.Column("region", sa.String(length=5), nullable=False),
        sa.Column("organisation", sa.String(length=36), nullable=False),
        sa.Column("cohort", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("baseline", sa.Text(), nullable=False),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("set_by", sa.String(length=36), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target")),
    )
    op.create_index(op.f("ix_target_course"), "target", ["course"])
    op.create_table(
        "participant",
        sa.Column("account", sa.String(length=36), nullable=False),
        sa.Column("gender", sa.String(length=20), nullable=False),
        sa.Column("age", sa.String(length=20), nullable=False),
        sa.Column("employment", sa.String(length=20), nullable=False),
        sa.Column("education", sa.String(length=20), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_participant")),
    )


def downgrade() -> None:
    op.drop_index("ix_module_progress_module", "module_progress")
    op.drop_table("participant")
    op.drop_index(op.f("ix_target_course"), "target")
    op.drop_table("target")
