"""Mails to an address are found by it and by the page they lead to

Revision: 0018
After: 0017
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_notices_address", "notices", ["address", "created_at"])
    op.create_index("ix_notices_path", "notices", ["path"])


def downgrade() -> None:
    op.drop_index("ix_notices_path", "notices")
    op.drop_index("ix_notices_address", "notices")
