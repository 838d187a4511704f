"""What an account showed at a look is kept with the attempt; when a lost post was sent once more, with the delivery

Revision: 0026
After: 0025

Going down drops what was seen at each look, and that a delivery was sent once more: it could then be so again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("attempts", sa.Column("evidence", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("deliveries", sa.Column("resent_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("deliveries", "resent_at")
    op.drop_column("attempts", "evidence")
