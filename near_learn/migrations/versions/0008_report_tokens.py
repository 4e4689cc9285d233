"""Tokens for the reports' API"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from near_learn.db import UTCDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "report_token",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(100), nullable=False),
        sa.Column("token_hash", sa.String(80), nullable=False),
        sa.Column("scopes", sa.String(60), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_report_token_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_report_token_token_hash")),
    )
    op.create_index(op.f("ix_report_token_person_id"), "report_token", ["person_id"])


def downgrade() -> None:
    op.drop_table("report_token")
