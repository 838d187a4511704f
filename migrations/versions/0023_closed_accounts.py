"""Accounts that take nothing until some time, and what was found by the checks before posts go out

Revision: 0023
After: 0022

Going down drops the pauses of accounts, so that what waited for them is tried at once, and the findings of checks;
deliveries and keys stay as they are.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

COLUMNS = ("paused_at", "resume_at", "pause_reason", "probe_id", "setbacks", "token_expires_at")


def upgrade() -> None:
    with op.batch_alter_table("outlets") as table:
        table.add_column(sa.Column("paused_at", sa.DateTime(timezone=True)))
        table.add_column(sa.Column("resume_at", sa.DateTime(timezone=True)))
        table.add_column(sa.Column("pause_reason", sa.Text()))
        table.add_column(sa.Column("probe_id", sa.Integer()))
        table.add_column(sa.Column("setbacks", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("token_expires_at", sa.DateTime(timezone=True)))
    op.create_table(
        "inspections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(40), nullable=False),
        sa.Column("outlet_id", sa.Integer(), sa.ForeignKey("outlets.id", name="fk_inspections_outlet_id_outlets"),
                  nullable=False),
        sa.Column(
            "delivery_id", sa.Integer(),
            sa.ForeignKey("deliveries.id", name="fk_inspections_delivery_id_deliveries", ondelete="CASCADE"),
        ),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("level", sa.String(10), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_inspections"),
        sa.UniqueConstraint("subject", name="uq_inspections_subject"),
    )  # fmt: skip
    op.create_index("ix_inspections_outlet_id", "inspections", ["outlet_id"])
    op.create_index("ix_inspections_delivery_id", "inspections", ["delivery_id"])


def downgrade() -> None:
    op.drop_table("inspections")
    with op.batch_alter_table("outlets") as table:
        for name in reversed(COLUMNS):
            table.drop_column(name)
