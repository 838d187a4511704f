"""The ledger held against itself and the accounts: findings, and the number of the post in an attempt

Revision: 0021
After: 0020

Going down drops the findings with the notes of those who looked, and the numbers in attempts.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("attempts", sa.Column("remote_id", sa.String(length=200), nullable=True))
    op.create_table(
        "ledger_findings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("remote_id", sa.String(length=200), nullable=False),
        sa.Column("remote_url", sa.String(length=500), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("fk_ledger_findings_delivery_id_deliveries"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["settled_by_id"], ["users.id"], name=op.f("fk_ledger_findings_settled_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_findings")),
        sa.UniqueConstraint(
            "kind", "delivery_id", "remote_id", name=op.f("uq_ledger_findings_kind_delivery_id_remote_id")
        ),
    )  # fmt: skip
    op.create_index(op.f("ix_ledger_findings_delivery_id"), "ledger_findings", ["delivery_id"])
    op.create_index("ix_ledger_findings_settled_at", "ledger_findings", ["settled_at"])


def downgrade() -> None:
    op.drop_index("ix_ledger_findings_settled_at", "ledger_findings")
    op.drop_index(op.f("ix_ledger_findings_delivery_id"), "ledger_findings")
    op.drop_table("ledger_findings")
    op.drop_column("attempts", "remote_id")
