"""cmi5: courses that were imported, registrations in them, and sessions of their units"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from near_learn.db import UTCDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cmi5_course",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("publisher_id", sa.Text(), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("structure", sa.JSON(), nullable=False),
        sa.Column("release", sa.String(64), nullable=False),
        sa.Column("key", sa.String(43), nullable=False),
        sa.Column("imported_by", sa.String(36), nullable=False),
        sa.Column("imported_at", UTCDateTime(), nullable=False),
        sa.Column("deleted_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cmi5_course")),
    )
    op.create_index(op.f("ix_cmi5_course_key"), "cmi5_course", ["key"])
    op.create_table(
        "cmi5_registration",
        sa.Column("registration", sa.String(36), nullable=False),
        sa.Column("course", sa.String(40), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("extensions", sa.JSON(), nullable=False),
        sa.Column("satisfied", sa.JSON(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("registration", name=op.f("pk_cmi5_registration")),
    )
    op.create_index("ix_cmi5_registration_account_course", "cmi5_registration", ["account", "course"])
    op.create_table(
        "cmi5_unit",
        sa.Column("registration", sa.String(36), nullable=False),
        sa.Column("unit", sa.String(20), nullable=False),
        sa.Column("completed_at", UTCDateTime(), nullable=True),
        sa.Column("passed_at", UTCDateTime(), nullable=True),
        sa.Column("waived_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("registration", "unit", name=op.f("pk_cmi5_unit")),
    )
    op.create_table(
        "cmi5_session",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("registration", sa.String(36), nullable=False),
        sa.Column("unit", sa.String(20), nullable=False),
        sa.Column("mode", sa.String(10), nullable=False),
        sa.Column("mastery_score", sa.Float(), nullable=True),
        sa.Column("fetch_hash", sa.String(80), nullable=False),
        sa.Column("token_hash", sa.String(80), nullable=False),
        sa.Column("launched_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("preferences_read", sa.Boolean(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("last_at", UTCDateTime(), nullable=True),
        sa.Column("last_statement", sa.String(36), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("abandoned", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cmi5_session")),
        sa.UniqueConstraint("fetch_hash", name=op.f("uq_cmi5_session_fetch_hash")),
    )
    op.create_index(op.f("ix_cmi5_session_registration"), "cmi5_session", ["registration"])


def downgrade() -> None:
    for table in ("cmi5_session", "cmi5_unit", "cmi5_registration", "cmi5_course"):
        op.drop_table(table)
