"""Deliveries that got a time of their own after an outage are found without walking over the others

Revision: 0027
After: 0026

Going down drops an index and no data.
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    spaced = sa.text("spaced_at IS NOT NULL")
    op.create_index(
        "ix_deliveries_spaced", "deliveries", ["outlet_id", "wake_at"], sqlite_where=spaced, postgresql_where=spaced
    )


def downgrade() -> None:
    op.drop_index("ix_deliveries_spaced", "deliveries")
