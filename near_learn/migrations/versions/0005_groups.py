"""Cohorts that can be joined, invitations"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Both databases add a column in place. Batch mode would copy the table on SQLite, and others point to it.
    name = op.f("fk_cohort_organisation_id_organisation")
    op.execute(
        "ALTER TABLE cohort ADD COLUMN organisation_id VARCHAR(36) "
        f"CONSTRAINT {name} REFERENCES organisation (id)"
    )
    op.create_index(op.f("ix_cohort_organisation_id"), "cohort", ["organisation_id"])
    op.add_column(
        "gathering", sa.Column("organisation", sa.String(length=36), nullable=False, server_default="")
    )
    op.create_table(
        "membership",
        sa.Column("cohort", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=36), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("invitation", sa.String(length=36), nullable=False, server_default=""),
        sa.ForeignKeyConstraint(["cohort"], ["cohort.id"], name=op.f("fk_membership_cohort_cohort")),
        sa.PrimaryKeyConstraint("cohort", "account", name=op.f("pk_membership")),
    )
    op.create_index(op.f("ix_membership_account"), "membership", ["account"])
    op.create_table(
        "cohort_course",
        sa.Column("cohort", sa.String(length=64), nullable=False),
        sa.Column("course", sa.String(length=100), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cohort"], ["cohort.id"], name=op.f("fk_cohort_course_cohort_cohort")),
        sa.PrimaryKeyConstraint("cohort", "course", name=op.f("pk_cohort_course")),
    )
    op.create_table(
        "invitation",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("cohort", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("token", sa.String(length=28), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["cohort"], ["cohort.id"], name=op.f("fk_invitation_cohort_cohort")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("code", name=op.f("uq_invitation_code")),
        sa.UniqueConstraint("token", name=op.f("uq_invitation_token")),
    )
    op.create_index(op.f("ix_invitation_cohort"), "invitation", ["cohort"])


def downgrade() -> None:
    op.drop_table("invitation")
    op.drop_table("cohort_course")
    op.drop_table("membership")
    op.drop_column("gathering", "organisation")
    op.drop_index(op.f("ix_cohort_organisation_id"), "cohort")
    op.drop_column("cohort", "organisation_id")
