"""What reports are counted from"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from near_learn.db import UTCDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def places(*, nullable: bool) -> list[sa.Column[str]]:
    return [
        sa.Column("course", sa.String(length=100), nullable=nullable),
        *(sa.Column(f"nuts{level}", sa.String(length=5), nullable=nullable) for level in range(4)),
        sa.Column("organisation", sa.String(length=64), nullable=nullable),
        sa.Column("cohort", sa.String(length=64), nullable=nullable),
        sa.Column("release", sa.String(length=180), nullable=nullable),
        sa.Column("language", sa.String(length=35), nullable=nullable),
    ]


def numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def upgrade() -> None:
    op.create_table(
        "tally_due",
        sa.Column("registration", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("registration", name=op.f("pk_tally_due")),
    )
    op.create_table(
        "tally_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("made_with", sa.String(length=64), nullable=False),
        sa.Column("releases", sa.Text(), nullable=False),
        *numbers("least", "version"),
        sa.Column("counted_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tally_state")),
    )
    op.create_table(
        "tally_entry",
        sa.Column("registration", sa.String(length=36), nullable=False),
        *places(nullable=False),
        sa.Column("region", sa.String(length=5), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("first", sa.Boolean(), nullable=False),
        sa.Column("person", sa.Boolean(), nullable=False),
        sa.Column("block", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("registration", name=op.f("pk_tally_entry")),
    )
    op.create_index("ix_tally_entry_place", "tally_entry", ["course", "nuts3", "first"])
    op.create_index("ix_tally_entry_block", "tally_entry", ["block"])
    op.create_table(
        "tally_step",
        sa.Column("module", sa.String(length=100), nullable=False),
        sa.Column("registration", sa.String(length=36), nullable=False),
        sa.Column("block", sa.Integer(), nullable=True),
        *(
            sa.Column(f"{name}_on", sa.Integer(), nullable=True)
            for name in ("started", "completed", "passed")
        ),
        sa.Column("open_at", UTCDateTime(), nullable=True),
        sa.Column("first_score", sa.Float(), nullable=True),
        sa.Column("best_score", sa.Float(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("module", "registration", name=op.f("pk_tally_step")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_tally_step_registration", "tally_step", ["registration"])
    days = ["started_on", "completed_on", "passed_on"]
    op.create_index("ix_tally_step_block", "tally_step", ["block", "module", "minutes", *days])
    op.create_index("ix_tally_step_open", "tally_step", ["open_at", "module", "block"])
    op.create_table(
        "tally_block",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("part", sa.String(length=64), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        *places(nullable=True),
        sa.Column("first_month", sa.String(length=7), nullable=False),
        sa.Column("last_month", sa.String(length=7), nullable=False),
        *numbers("enrolled", "persons"),
        sa.Column("scores", sa.Integer(), nullable=True),
        sa.Column("scores_blocks", sa.Integer(), nullable=True),
        sa.Column("times", sa.Integer(), nullable=True),
        sa.Column("times_blocks", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tally_block")),
    )
    for name in ("part", "scores", "times"):
        op.create_index(f"ix_tally_block_{name}", "tally_block", [name])
    op.create_table(
        "tally_place",
        sa.Column("block", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("region", sa.String(length=5), nullable=False),
        sa.Column("organisation", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("block", "region", "organisation", name=op.f("pk_tally_place")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tally_sums",
        sa.Column("module", sa.String(length=100), nullable=False),
        sa.Column("block", sa.Integer(), autoincrement=False, nullable=False),
        *numbers("enrolled", "started", "completed", "passed", "scored", "converted"),
        *numbers("scored_persons", "completed_persons"),
        sa.Column("first_sum", sa.Float(), nullable=False),
        sa.Column("best_sum", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("module", "block", name=op.f("pk_tally_sums")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_tally_sums_block", "tally_sums", ["block"])


def downgrade() -> None:
    for name in ("sums", "place", "block", "step", "entry", "state", "due"):
        op.drop_table(f"tally_{name}")
