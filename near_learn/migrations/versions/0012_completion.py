"""What reports are counted from: days of blocks, and who is not alike. Indexes for groups and old links"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

DAYS = ["started_on", "completed_on", "passed_on"]
MEANS = ["module", "scored", "first_sum", "best_sum", "scored_persons", "completed_persons"]


def places(*, nullable: bool) -> list[sa.Column[str]]:
    return [
        sa.Column("course", sa.String(length=100), nullable=nullable),
        *(sa.Column(f"nuts{level}", sa.String(length=5), nullable=nullable) for level in range(4)),
        sa.Column("organisation", sa.String(length=64), nullable=nullable),
        sa.Column("cohort", sa.String(length=64), nullable=nullable),
        sa.Column("release", sa.String(length=180), nullable=nullable),
        sa.Column("language", sa.String(length=35), nullable=nullable),
    ]


def make_block(*more: sa.Column[bool]) -> None:
    """Nothing is kept: before the next report everything is counted anew."""
    op.execute("DELETE FROM tally_state")
    op.drop_table("tally_block")
    op.create_table(
        "tally_block",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("part", sa.String(length=64), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        *more,
        *places(nullable=True),
        sa.Column("first_month", sa.String(length=7), nullable=False),
        sa.Column("last_month", sa.String(length=7), nullable=False),
        sa.Column("enrolled", sa.Integer(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.Column("scores", sa.Integer(), nullable=True),
        sa.Column("scores_blocks", sa.Integer(), nullable=True),
        sa.Column("times", sa.Integer(), nullable=True),
        sa.Column("times_blocks", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tally_block")),
    )
    for name in ("part", "scores", "times"):
        op.create_index(f"ix_tally_block_{name}", "tally_block", [name])


def upgrade() -> None:
    make_block(sa.Column("alike", sa.Boolean(), nullable=False))
    op.create_table(
        "tally_cell",
        sa.Column("module", sa.String(length=100), nullable=False),
        sa.Column("block", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        *places(nullable=False),
        sa.Column("region", sa.String(length=5), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.PrimaryKeyConstraint("module", "block", "number", name=op.f("pk_tally_cell")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_tally_cell_block", "tally_cell", ["block"])
    op.create_table(
        "tally_days",
        sa.Column("module", sa.String(length=100), nullable=False),
        sa.Column("block", sa.Integer(), autoincrement=False, nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=True)
            for name in ("started", "completed", "passed", "minutes")
        ),
        sa.PrimaryKeyConstraint("module", "block", name=op.f("pk_tally_days")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_tally_days_block", "tally_days", ["block"])
    op.drop_index("ix_tally_step_block", "tally_step")
    op.create_index("ix_tally_step_block", "tally_step", ["block"])
    op.drop_index("ix_tally_sums_block", "tally_sums")
    op.create_index("ix_tally_sums_block", "tally_sums", ["block", *MEANS])
    op.create_index("ix_password_link_expires_at", "password_link", ["expires_at"])
    op.add_column("cohort", sa.Column("closed", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index("ix_person_cohort_id", "person", ["cohort_id"])


def downgrade() -> None:
    op.drop_index("ix_tally_sums_block", "tally_sums")
    op.create_index("ix_tally_sums_block", "tally_sums", ["block"])
    op.drop_index("ix_person_cohort_id", "person")
    op.drop_column("cohort", "closed")
    op.drop_index("ix_password_link_expires_at", "password_link")
    op.drop_index("ix_tally_step_block", "tally_step")
    op.create_index("ix_tally_step_block", "tally_step", ["block", "module", "minutes", *DAYS])
    for name in ("days", "cell"):
        op.drop_table(f"tally_{name}")
    make_block()
