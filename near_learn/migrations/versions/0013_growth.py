"""Counts of tries that all processes share"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shared_count",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_shared_count")),
    )
    op.create_index(op.f("ix_shared_count_expires_at"), "shared_count", ["expires_at"])


def downgrade() -> None:
    op.drop_table("shared_count")
