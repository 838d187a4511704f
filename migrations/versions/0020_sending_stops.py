"""Why a worker does not send, and how far the database has come

Revision: 0020
After: 0019

Going down drops `sending_stops` (which workers stood still and why) and `ledger_marks`; deliveries stay as they are.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sending_stops",
        sa.Column("worker", sa.String(80), nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("copied_at", sa.DateTime(timezone=True)),
        sa.Column(
            "released_by_id", sa.Integer(), sa.ForeignKey("users.id", name="fk_sending_stops_released_by_id_users")
        ),
        sa.Column("released_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("worker", "reason", name="pk_sending_stops"),
    )
    op.create_table(
        "ledger_marks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_marks"),
    )


def downgrade() -> None:
    op.drop_table("ledger_marks")
    op.drop_table("sending_stops")
