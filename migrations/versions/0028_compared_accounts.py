"""When an account's own list was last held against the ledger

Revision: 0028
After: 0027

Going down drops these times; the next hourly round writes them anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outlets", sa.Column("compared_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("outlets", "compared_at")
