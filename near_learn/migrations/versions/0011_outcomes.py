"""What came of a programme is kept in sums of the tally's blocks"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tally_changed",
        sa.Column("block", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("block", name=op.f("pk_tally_changed")),
    )
    op.create_table(
        "tally_outcome",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("course", sa.String(length=100), nullable=False),
        sa.Column("block", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("year", sa.String(length=4), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("nuts3", sa.String(length=5), nullable=False),
        sa.Column("organisation", sa.String(length=64), nullable=False),
        sa.Column("cohort", sa.String(length=64), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "course", "block", "number", name=op.f("pk_tally_outcome")),
    )
    op.create_index("ix_tally_outcome_block", "tally_outcome", ["block"])
    op.create_table(
        "tally_outcome_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("made_with", sa.String(length=64), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tally_outcome_state")),
    )


def downgrade() -> None:
    for name in ("tally_outcome_state", "tally_outcome", "tally_changed"):
        op.drop_table(name)
