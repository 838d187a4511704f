"""Links of registrations have a number; one with a known contact waits unseen

Revision: 0017
After: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("event_registrations", sa.Column("link_no", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("event_registrations", sa.Column("shown_as", sa.String(length=20), nullable=True))


def downgrade() -> None:
    op.drop_column("event_registrations", "shown_as")
    op.drop_column("event_registrations", "link_no")
