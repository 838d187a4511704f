"""Answers that came in a burst are held

Revision: 0013
After: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "response_bursts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("mark", sa.String(length=32), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gather_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.String(length=10), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_response_bursts_decided_by_id_users")),
        sa.ForeignKeyConstraint(["wave_id"], ["survey_waves.id"], name=op.f("fk_response_bursts_wave_id_survey_waves")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response_bursts")),
    )
    op.create_index(op.f("ix_response_bursts_wave_id"), "response_bursts", ["wave_id"])
    with op.batch_alter_table("responses", schema=None) as batch_op:
        batch_op.add_column(sa.Column("held", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("burst_id", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("origin_mark", sa.String(length=32), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_responses_burst_id_response_bursts"), "response_bursts", ["burst_id"], ["id"]
        )
    with op.batch_alter_table("responses", schema=None) as batch_op:
        batch_op.alter_column("held", server_default=None)
    op.create_index(
        "ix_responses_held", "responses", ["wave_id"], sqlite_where=sa.text("held IS 1"),
        postgresql_where=sa.text("held"),
    )  # fmt: skip
    for column in (["burst_id"], ["wave_id", "origin_mark"]):
        name = f"ix_responses_{column[-1]}"
        some = sa.text(f"{column[-1]} IS NOT NULL")
        op.create_index(name, "responses", column, sqlite_where=some, postgresql_where=some)


def downgrade() -> None:
    for name in ("ix_responses_origin_mark", "ix_responses_burst_id", "ix_responses_held"):
        op.drop_index(name, "responses")
    with op.batch_alter_table("responses", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_responses_burst_id_response_bursts"), type_="foreignkey")
        batch_op.drop_column("origin_mark")
        batch_op.drop_column("burst_id")
        batch_op.drop_column("held")
    op.drop_index(op.f("ix_response_bursts_wave_id"), "response_bursts")
    op.drop_table("response_bursts")
