"""Cohorts that can be joined, invitations"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("cohort") as batch:
        batch.add_column(sa.Column("organisation_id", sa.String(length=36), nullable=True))
        batch.create_foreign_key(
            op.f("fk_cohort_organisation_id_organisation"), "organisation", ["organisation_id"], ["id"]
        )
        batch.create_index(op.f("ix_cohort_organisation_id"), ["organisation_id"])
    with op.batch_alter_table("gathering") as batch:
        batch.add_column(sa.Column("organisation", sa.String(length=36), nullable=False, server_default=""))
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
    with op.batch_alter_table("gathering") as batch:
        batch.drop_column("organisation")
    with op.batch_alter_table("cohort") as batch:
        batch.drop_index(op.f("ix_cohort_organisation_id"))
        batch.drop_constraint(op.f("fk_cohort_organisation_id_organisation"), type_="foreignkey")
        batch.drop_column("organisation_id")
