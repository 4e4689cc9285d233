"""Enrolment lists, reminders and digests"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "enrolment_draft",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("account", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totals", sa.JSON(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment_draft")),
    )
    op.create_index(op.f("ix_enrolment_draft_account"), "enrolment_draft", ["account"])
    op.create_table(
        "enrolment_welcome",
        sa.Column("account", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_enrolment_welcome")),
    )
    op.create_table(
        "mail_refusal",
        sa.Column("account", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("account", "kind", name=op.f("pk_mail_refusal")),
    )


def downgrade() -> None:
    op.drop_table("mail_refusal")
    op.drop_table("enrolment_welcome")
    op.drop_table("enrolment_draft")
