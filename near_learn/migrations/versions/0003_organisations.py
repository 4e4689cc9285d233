"""Organisations: of people, and of registrations; what trainers ask of answers and sections"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("region", sa.String(length=5), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("name", name=op.f("uq_organisation_name")),
    )
    op.create_index(op.f("ix_organisation_region"), "organisation", ["region"])
    with op.batch_alter_table("person") as batch:
        batch.add_column(sa.Column("organisation_id", sa.String(length=36), nullable=True))
        batch.add_column(
            sa.Column("answers_for", sa.String(length=12), nullable=False, server_default="region")
        )
        batch.create_foreign_key(
            op.f("fk_person_organisation_id_organisation"), "organisation", ["organisation_id"], ["id"]
        )
        batch.create_index(op.f("ix_person_organisation_id"), ["organisation_id"])
    with op.batch_alter_table("registration") as batch:
        batch.add_column(sa.Column("organisation", sa.String(length=64), nullable=False, server_default=""))
    with op.batch_alter_table("module_progress") as batch:
        batch.add_column(sa.Column("again", sa.JSON(), nullable=False, server_default="{}"))
    op.drop_index("ix_answer_module_question", "answer")
    op.create_index("ix_answer_module_question_attempt_at", "answer", ["module", "question", "attempt", "at"])


def downgrade() -> None:
    op.drop_index("ix_answer_module_question_attempt_at", "answer")
    op.create_index("ix_answer_module_question", "answer", ["module", "question"])
    with op.batch_alter_table("module_progress") as batch:
        batch.drop_column("again")
    with op.batch_alter_table("registration") as batch:
        batch.drop_column("organisation")
    with op.batch_alter_table("person") as batch:
        batch.drop_index(op.f("ix_person_organisation_id"))
        batch.drop_constraint(op.f("fk_person_organisation_id_organisation"), type_="foreignkey")
        batch.drop_column("answers_for")
        batch.drop_column("organisation_id")
    op.drop_index(op.f("ix_organisation_region"), "organisation")
    op.drop_table("organisation")
