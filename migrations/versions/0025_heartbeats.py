"""A sign of life of each worker; deliveries know that they got a time of their own after an outage

Revision: 0025
After: 0024

Going down drops which worker gave a sign of life when (workers write it anew), and the mark on deliveries that got a
later time after an outage; their times stay.
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("heartbeats")
    op.create_table(
        "heartbeats",
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("host", sa.String(80), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(20), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("doing", sa.Text()),
        sa.Column("stopped_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("key", name="pk_heartbeats"),
    )
    op.add_column("deliveries", sa.Column("spaced_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("deliveries", "spaced_at")
    op.drop_table("heartbeats")
    op.create_table(
        "heartbeats",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_heartbeats"),
    )
